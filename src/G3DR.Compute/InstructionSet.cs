using System.Runtime.Intrinsics.X86;

namespace G3DR.Compute;

/// <summary>Width of the vector code that the processor back end runs. All widths give results within the stated tolerances of each other.</summary>
public enum InstructionSet
{
    /// <summary>The widest that this processor has.</summary>
    Auto,

    /// <summary>128-bit vectors: SSE, AdvSimd, or whatever the framework maps them to.</summary>
    Vector128,

    /// <summary>256-bit vectors: AVX2 with FMA.</summary>
    Avx2,

    /// <summary>512-bit vectors: AVX-512F.</summary>
    Avx512,
}

/// <summary>What this processor supports.</summary>
public static class InstructionSets
{
    /// <summary>The widest supported set.</summary>
    public static InstructionSet Best =>
        Avx512F.IsSupported ? InstructionSet.Avx512 : Avx2.IsSupported && Fma.IsSupported ? InstructionSet.Avx2 : InstructionSet.Vector128;

    /// <summary>All supported sets, narrowest first.</summary>
    public static IReadOnlyList<InstructionSet> Supported =>
        [.. new[] { InstructionSet.Vector128, InstructionSet.Avx2, InstructionSet.Avx512 }.Where(set => set <= Best)];

    /// <summary>Resolves <see cref="InstructionSet.Auto"/> and refuses what the processor lacks.</summary>
    /// <exception cref="NotSupportedException">The processor lacks the set.</exception>
    public static InstructionSet Resolve(InstructionSet wanted)
    {
        if (wanted > Best)
        {
            throw new NotSupportedException($"This processor has no {wanted}; the widest it has is {Best}.");
        }

        return wanted == InstructionSet.Auto ? Best : wanted;
    }
}
