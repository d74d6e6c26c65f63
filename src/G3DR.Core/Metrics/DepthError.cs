using System.Numerics;

namespace G3DR.Core.Metrics;

/// <summary>Mean absolute difference between depth maps, in units of depth.</summary>
public static class DepthError
{
    /// <summary>Mean |depth - reference| over all pixels.</summary>
    /// <typeparam name="T">float or double; sums are taken in double.</typeparam>
    /// <param name="depth">One map, any layout.</param>
    /// <param name="reference">The map to compare with, of the same layout.</param>
    /// <returns>The mean; NaN if a value is NaN.</returns>
    /// <exception cref="ArgumentException">The maps are empty or of different lengths.</exception>
    public static double MeanAbsolute<T>(ReadOnlySpan<T> depth, ReadOnlySpan<T> reference)
        where T : struct, IFloatingPoint<T>
    {
        MetricGuard.SameLength(depth.Length, reference.Length);
        double sum = 0;
        for (int i = 0; i < depth.Length; i++)
            sum += Math.Abs(double.CreateChecked(depth[i]) - double.CreateChecked(reference[i]));
        return sum / depth.Length;
    }

    /// <summary>Mean |depth - reference| over the pixels of a mask.</summary>
    /// <typeparam name="T">float or double; sums are taken in double.</typeparam>
    /// <param name="depth">One map, any layout.</param>
    /// <param name="reference">The map to compare with, of the same layout.</param>
    /// <param name="mask">Which pixels count.</param>
    /// <returns>The mean; NaN if a counted value is NaN.</returns>
    /// <exception cref="ArgumentException">The inputs are empty or of different lengths, or the mask has no pixel.</exception>
    public static double MeanAbsolute<T>(ReadOnlySpan<T> depth, ReadOnlySpan<T> reference, ReadOnlySpan<bool> mask)
        where T : struct, IFloatingPoint<T>
    {
        MetricGuard.SameLength(depth.Length, reference.Length);
        MetricGuard.SameLength(depth.Length, mask.Length);
        double sum = 0;
        int count = 0;
        for (int i = 0; i < depth.Length; i++)
        {
            if (!mask[i])
                continue;
            sum += Math.Abs(double.CreateChecked(depth[i]) - double.CreateChecked(reference[i]));
            count++;
        }

        return count > 0 ? sum / count : throw new ArgumentException("The mask has no pixel; a mean needs at least one.", nameof(mask));
    }
}
