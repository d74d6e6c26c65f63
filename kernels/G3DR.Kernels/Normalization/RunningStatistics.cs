using System.Numerics;
using G3DR.Compute;

namespace G3DR.Kernels.Normalization;

/// <summary>Running means and variances of batch normalisation.</summary>
public static class RunningStatistics
{
    /// <summary>Moves the running numbers of a channel towards those of a batch.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="channel">Channel.</param>
    /// <param name="statistics">Mean and biased variance of the batch (channels, 2).</param>
    /// <param name="mean">Running means (channels), updated.</param>
    /// <param name="variance">Running unbiased variances (channels), updated.</param>
    /// <param name="momentum">Weight of the batch.</param>
    /// <param name="unbias">n / (n - 1) for n elements of a channel.</param>
    [Kernel]
    public static void UpdatePlain<T>(Index1D channel, ArrayView<T> statistics, ArrayView<T> mean, ArrayView<T> variance, T momentum, T unbias)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        long at = 2L * channel.X;
        mean[channel] = ((T.One - momentum) * mean[channel]) + (momentum * statistics[at]);
        variance[channel] = ((T.One - momentum) * variance[channel]) + (momentum * unbias * statistics[at + 1]);
    }

    /// <summary>Puts the running mean and variance of a channel side by side, as <see cref="GroupNormKernels"/> reads statistics.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="channel">Channel.</param>
    /// <param name="mean">Running means (channels).</param>
    /// <param name="variance">Running variances (channels).</param>
    /// <param name="statistics">Results (channels, 2).</param>
    [Kernel]
    public static void PairPlain<T>(Index1D channel, ArrayView<T> mean, ArrayView<T> variance, ArrayView<T> statistics)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        statistics[2L * channel.X] = mean[channel];
        statistics[(2L * channel.X) + 1] = variance[channel];
    }

    /// <summary>Moves running numbers towards those of a batch.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="device">Where to run.</param>
    /// <param name="statistics">Mean and biased variance of the batch (channels, 2).</param>
    /// <param name="mean">Running means (channels), updated.</param>
    /// <param name="variance">Running unbiased variances (channels), updated.</param>
    /// <param name="momentum">Weight of the batch.</param>
    /// <param name="count">Elements of a channel in the batch, at least 2.</param>
    public static void Update<T>(Accelerator device, ArrayView<T> statistics, ArrayView<T> mean, ArrayView<T> variance, double momentum, long count)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        device.Launch(
            UpdatePlain,
            Shards.PlainExtent(mean.Length),
            statistics,
            mean,
            variance,
            T.CreateTruncating(momentum),
            T.CreateTruncating(count / (count - 1.0)));

    /// <summary>Puts running means and variances side by side.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="device">Where to run.</param>
    /// <param name="mean">Running means (channels).</param>
    /// <param name="variance">Running variances (channels).</param>
    /// <param name="statistics">Results (channels, 2).</param>
    public static void Pair<T>(Accelerator device, ArrayView<T> mean, ArrayView<T> variance, ArrayView<T> statistics)
        where T : unmanaged, IFloatingPointIeee754<T> => device.Launch(PairPlain, Shards.PlainExtent(mean.Length), mean, variance, statistics);
}
