using G3DR.Core.Networks;
using G3DR.Core.Tensors;

namespace G3DR.Core.Depth;

/// <summary>What happens around the merge network: its inputs have its size and fill its range.</summary>
/// <param name="merge">The merge network.</param>
internal sealed class MapMerger(IDepthMerge merge)
{
    // Values that differ by less of their size differ by rounding alone.
    private const double Rounding = 1e-6;

    /// <summary>A map (1, H, W, 1) in the size of the merge network.</summary>
    public Tensor Fit(Tensor map) => Resize(map, merge.Side, merge.Side);

    /// <summary>Cubic convolution, as OpenCV's.</summary>
    public static Tensor Resize(Tensor map, int width, int height) =>
        map.Shape[1] == height && map.Shape[2] == width ? map : Functional.Resize2d(map, height, width, ResizeMode2d.Bicubic);

    /// <summary>Merges two maps of its size.</summary>
    /// <param name="overall">The map with the right overall shape.</param>
    /// <param name="details">The map with details.</param>
    /// <returns>The map (1, side, side, 1) in [0, 1].</returns>
    public Tensor Merge(Tensor overall, Tensor details)
    {
        using var scope = TensorScope.Begin(overall.Accelerator);
        Tensor pair = Tensor.Concat([Spread(overall).Affine(2, -1), Spread(details).Affine(2, -1)], axis: -1);
        return scope.Keep(merge.Merge(pair).Affine(0.5, 0.5));
    }

    /// <summary>A map moved and scaled to fill [0, 1]; one half everywhere if it is constant up to rounding.</summary>
    /// <exception cref="InvalidOperationException">A value is not finite.</exception>
    public static Tensor Spread(Tensor map)
    {
        using Tensor min = map.Min(), max = map.Max();
        (double low, double high) = (min.ToDoubles()[0], max.ToDoubles()[0]);
        if (!double.IsFinite(low) || !double.IsFinite(high))
        {
            throw new InvalidOperationException("A depth map has values that are not finite: the weights of the network or of the merge network are damaged.");
        }

        double range = high - low;
        if (range <= Rounding * Math.Max(Math.Abs(low), Math.Abs(high)))
        {
            return Tensor.Full(map.Accelerator, map.Shape, 0.5, map.DType);
        }

        // The difference first: it is small where the values are close to each other.
        using Tensor difference = map - low;
        return difference / range;
    }

    /// <summary>Scale and offset that bring values closest to others, by least squares.</summary>
    public static (double Scale, double Offset) FitLine(ReadOnlySpan<float> values, ReadOnlySpan<float> targets)
    {
        double meanValue = Mean(values), meanTarget = Mean(targets), variance = 0, covariance = 0;
        for (int i = 0; i < values.Length; i++)
        {
            double difference = values[i] - meanValue;
            variance += difference * difference;
            covariance += difference * (targets[i] - meanTarget);
        }

        double scale = variance > 0 ? covariance / variance : 0;
        return (scale, meanTarget - (scale * meanValue));
    }

    private static double Mean(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (float value in values)
        {
            sum += value;
        }

        return sum / values.Length;
    }
}
