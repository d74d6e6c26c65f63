using System.Numerics;

namespace G3DR.Core.Metrics;

/// <summary>
/// Distance between a rendered depth map and a (pseudo) ground truth. The standardised distance ignores offset and
/// scale, which monocular depth does not know.
/// </summary>
public static class DepthAccuracy
{
    /// <summary>
    /// Mean squared difference after each map was reduced to mean 0 and (biased) standard deviation 1. It is
    /// 2 - 2r with the correlation r: 0 for maps equal up to offset and scale, 2 for unrelated ones. A constant map
    /// has no scale: it becomes all zeros.
    /// </summary>
    /// <typeparam name="T">float or double; sums are taken in double.</typeparam>
    /// <param name="depth">One map, any layout.</param>
    /// <param name="reference">The map to compare with, of the same layout.</param>
    /// <returns>The distance, 0 to 4.</returns>
    /// <exception cref="ArgumentException">The maps are empty or of different lengths.</exception>
    public static double StandardisedL2<T>(ReadOnlySpan<T> depth, ReadOnlySpan<T> reference)
        where T : struct, IFloatingPoint<T>
    {
        MetricGuard.SameLength(depth.Length, reference.Length);
        (double meanA, double factorA) = Standardisation(depth);
        (double meanB, double factorB) = Standardisation(reference);
        double sum = 0;
        for (int i = 0; i < depth.Length; i++)
        {
            double a = (double.CreateChecked(depth[i]) - meanA) * factorA;
            double b = (double.CreateChecked(reference[i]) - meanB) * factorB;
            sum += (a - b) * (a - b);
        }

        return sum / depth.Length;
    }

    /// <summary>Mean squared difference of the depths as they are.</summary>
    /// <typeparam name="T">float or double; sums are taken in double.</typeparam>
    /// <param name="depth">One map, any layout.</param>
    /// <param name="reference">The map to compare with, of the same layout.</param>
    /// <returns>The distance, in squared depth units.</returns>
    /// <exception cref="ArgumentException">The maps are empty or of different lengths.</exception>
    public static double RawL2<T>(ReadOnlySpan<T> depth, ReadOnlySpan<T> reference)
        where T : struct, IFloatingPoint<T> => Psnr.MeanSquaredError(depth, reference);

    /// <summary><see cref="StandardisedL2{T}"/> of each of several maps that lie one after the other.</summary>
    /// <typeparam name="T">float or double; sums are taken in double.</typeparam>
    /// <param name="depth">The maps.</param>
    /// <param name="reference">The maps to compare with, in the same order.</param>
    /// <param name="maps">How many maps the block holds.</param>
    /// <returns>One distance per map.</returns>
    /// <exception cref="ArgumentException">The lengths differ or are no positive multiple of the number of maps.</exception>
    public static double[] StandardisedL2PerMap<T>(ReadOnlySpan<T> depth, ReadOnlySpan<T> reference, int maps)
        where T : struct, IFloatingPoint<T>
    {
        MetricGuard.SameLength(depth.Length, reference.Length);
        int length = MetricGuard.MapLength(depth.Length, maps);
        double[] distances = new double[maps];
        for (int i = 0; i < maps; i++)
            distances[i] = StandardisedL2(depth.Slice(i * length, length), reference.Slice(i * length, length));
        return distances;
    }

    /// <summary><see cref="RawL2{T}"/> of each of several maps that lie one after the other.</summary>
    /// <typeparam name="T">float or double; sums are taken in double.</typeparam>
    /// <param name="depth">The maps.</param>
    /// <param name="reference">The maps to compare with, in the same order.</param>
    /// <param name="maps">How many maps the block holds.</param>
    /// <returns>One distance per map.</returns>
    /// <exception cref="ArgumentException">The lengths differ or are no positive multiple of the number of maps.</exception>
    public static double[] RawL2PerMap<T>(ReadOnlySpan<T> depth, ReadOnlySpan<T> reference, int maps)
        where T : struct, IFloatingPoint<T>
    {
        MetricGuard.SameLength(depth.Length, reference.Length);
        int length = MetricGuard.MapLength(depth.Length, maps);
        double[] distances = new double[maps];
        for (int i = 0; i < maps; i++)
            distances[i] = RawL2(depth.Slice(i * length, length), reference.Slice(i * length, length));
        return distances;
    }

    private static (double Mean, double Factor) Standardisation<T>(ReadOnlySpan<T> map)
        where T : struct, IFloatingPoint<T>
    {
        // Measured from the first value: the mean of a constant map is then exact, whatever the constant.
        double origin = double.CreateChecked(map[0]);
        double sum = 0;
        foreach (T value in map)
            sum += double.CreateChecked(value) - origin;
        double mean = origin + (sum / map.Length);

        double squares = 0;
        foreach (T value in map)
        {
            double difference = double.CreateChecked(value) - mean;
            squares += difference * difference;
        }

        return (mean, squares == 0 ? 0 : 1 / Math.Sqrt(squares / map.Length));
    }
}
