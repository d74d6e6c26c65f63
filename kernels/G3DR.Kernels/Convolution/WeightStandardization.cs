using System.Numerics;
using G3DR.Compute;
using G3DR.Kernels.Normalization;

namespace G3DR.Kernels.Convolution;

/// <summary>
/// Weight standardisation (Qiao et al., "Micro-batch training with batch-channel normalization and weight standardization", arXiv:1903.10520): each output channel
/// of a convolution's weights (Co, Ci/groups, Kh, Kw) is brought to mean 0 and variance 1 over its other axes, with the biased variance.
/// </summary>
public static class WeightStandardization
{
    /// <summary>Mean and 1 / sqrt(var + epsilon) of each output channel.</summary>
    /// <typeparam name="T"><c>float</c> or <c>double</c>.</typeparam>
    /// <param name="device">Where to run.</param>
    /// <param name="w">Weights (Co, ...), the output channel first.</param>
    /// <param name="outputChannels">Co.</param>
    /// <param name="epsilon">Added to the variance; 1e-5 in the released network.</param>
    /// <param name="statistics">Results (Co, 2).</param>
    /// <exception cref="ArgumentException">The views do not fit.</exception>
    public static void Statistics<T>(Accelerator device, ArrayView<T> w, int outputChannels, double epsilon, ArrayView<T> statistics)
        where T : unmanaged, IFloatingPointIeee754<T> => RowNormalization.Statistics(device, w, RowLength(w.Length, outputChannels), epsilon, statistics);

    /// <summary>result = (w - mean) / sqrt(var + epsilon).</summary>
    /// <typeparam name="T"><c>float</c> or <c>double</c>.</typeparam>
    /// <param name="device">Where to run.</param>
    /// <param name="w">Weights (Co, ...), the output channel first.</param>
    /// <param name="statistics">What <see cref="Statistics"/> gave (Co, 2).</param>
    /// <param name="result">Standardised weights (Co, ...); may be the memory of <paramref name="w"/>.</param>
    /// <exception cref="ArgumentException">The views do not fit.</exception>
    public static void Apply<T>(Accelerator device, ArrayView<T> w, ArrayView<T> statistics, ArrayView<T> result)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        RowNormalization.Apply(device, w, statistics, default, default, RowLength(w.Length, statistics.Length / 2), result);

    /// <summary>
    /// Takes a gradient back through the standardisation: with what = (w - mean) rstd it is rstd (g - mean(g) - what mean(g what)), means over an output channel.
    /// </summary>
    /// <typeparam name="T"><c>float</c> or <c>double</c>.</typeparam>
    /// <param name="device">Where to run.</param>
    /// <param name="w">Weights (Co, ...), the output channel first.</param>
    /// <param name="statistics">What <see cref="Statistics"/> gave (Co, 2).</param>
    /// <param name="gradient">Gradient of the standardised weights (Co, ...), replaced by that of the weights.</param>
    /// <exception cref="ArgumentException">The views do not fit.</exception>
    public static void Pullback<T>(Accelerator device, ArrayView<T> w, ArrayView<T> statistics, ArrayView<T> gradient)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        RowNormalization.Backward(device, w, statistics, default, gradient, RowLength(w.Length, statistics.Length / 2), gradient, default, default);

    private static int RowLength(long weights, long outputChannels) => outputChannels > 0 && weights > 0 && weights % outputChannels == 0
        ? checked((int)(weights / outputChannels))
        : throw new ArgumentException($"{weights} weights cannot be dealt out to {outputChannels} output channels.");
}
