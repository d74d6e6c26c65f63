using G3DR.Compute;

namespace G3DR.Kernels.Diagnostics;

/// <summary>What a device reaches at best: the yardstick for all other kernels.</summary>
public static class PeakKernels
{
    /// <summary>Independent chains of an item: more than latency times throughput of current devices, fewer than the registers of an item.</summary>
    public const int Chains = 16;

    /// <summary>Copies one element.</summary>
    [Kernel]
    public static void Copy(Index1D i, ArrayView<float> source, ArrayView<float> destination) => destination[i] = source[i];

    /// <summary>Fused multiply-adds on numbers that stay in registers: <see cref="Chains"/> times <paramref name="rounds"/> for an item.</summary>
    /// <param name="i">Item.</param>
    /// <param name="ends">Takes the last number of every chain, (items, <see cref="Chains"/>): so no compiler can leave a chain out.</param>
    /// <param name="rounds">Links of each chain.</param>
    /// <param name="factor">Factor below 1, so that the chains stay finite.</param>
    /// <param name="term">What each link adds.</param>
    [Kernel]
    public static void MultiplyAdds(Index1D i, ArrayView<float> ends, int rounds, float factor, float term)
    {
        Span<float> chains = stackalloc float[Chains];
        for (int chain = 0; chain < Chains; chain++)
        {
            chains[chain] = i.X + chain;
        }

        for (int round = 0; round < rounds; round++)
        {
            for (int chain = 0; chain < Chains; chain++)
            {
                chains[chain] = XMath.FusedMultiplyAdd(chains[chain], factor, term);
            }
        }

        for (int chain = 0; chain < Chains; chain++)
        {
            ends[((long)i.X * Chains) + chain] = chains[chain];
        }
    }
}
