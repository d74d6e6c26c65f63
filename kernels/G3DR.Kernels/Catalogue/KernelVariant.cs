using G3DR.Compute;

namespace G3DR.Kernels.Catalogue;

/// <summary>One implementation of an operation. The last variant of a workload that a device supports is the one to time on it.</summary>
/// <param name="Name"><c>plain</c>, <c>simd</c>, <c>grouped</c>, or what tells it apart.</param>
/// <param name="IsSupported">Whether it is a sensible choice for a device.</param>
/// <param name="Run">Computes the outputs of a case. A processor returns when they are there, other devices when the work is handed over.</param>
public sealed record KernelVariant(string Name, Func<Accelerator, bool> IsSupported, Action<KernelCase> Run)
{
    /// <summary>
    /// Whether it needs groups of items that share memory. Only devices other than the processor support it; the processor's emulator runs it too, far too
    /// slowly for anything but tests at <see cref="KernelWorkload.EmulatorSizes"/>.
    /// </summary>
    public bool NeedsGroups { get; private init; }

    /// <summary>Whether it computes with vectors of the processor: tests run it on every instruction set of the machine.</summary>
    public bool UsesVectors { get; private init; }

    /// <summary>
    /// How many times the errors may be those that the workload allows: more than one for algorithms that do not follow the definition and whose rounding errors
    /// have a bound of their own.
    /// </summary>
    public double ErrorFactor { get; init; } = 1;

    /// <summary>A variant of plain kernels, which every device runs.</summary>
    public static KernelVariant Plain(Action<KernelCase> run) => new("plain", _ => true, run);

    /// <summary>A variant on the vectors of the processor.</summary>
    public static KernelVariant Simd(Action<KernelCase> run) => Simd("simd", run);

    /// <summary>One of several variants on the vectors of the processor.</summary>
    /// <param name="name">What tells it apart.</param>
    /// <param name="run">Computes the outputs of a case.</param>
    public static KernelVariant Simd(string name, Action<KernelCase> run) => new(name, device => device is CpuAccelerator, run) { UsesVectors = true };

    /// <summary>A variant of kernels marked <see cref="GroupKernelAttribute"/>.</summary>
    /// <param name="name">What tells it apart.</param>
    /// <param name="run">Computes the outputs of a case.</param>
    public static KernelVariant Grouped(string name, Action<KernelCase> run) =>
        new(name, device => device is not CpuAccelerator, run) { NeedsGroups = true };
}
