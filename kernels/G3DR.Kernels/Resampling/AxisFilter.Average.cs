using G3DR.Kernels.Pooling;

namespace G3DR.Kernels.Resampling;

/// <content>Filters that average windows.</content>
public sealed partial class AxisFilter
{
    /// <summary>Means of windows. Averages over rectangles are means along one axis of means along the other.</summary>
    /// <param name="axis">Windows and what their sums are divided by.</param>
    public static AxisFilter Average(AverageAxis axis)
    {
        PoolingAxis windows = axis.Windows;
        var taps = new Taps(windows.Inputs);
        for (int i = 0; i < windows.Outputs; i++)
        {
            int first = windows.FirstInside(i), end = windows.EndInside(i), start = windows.Start(i);
            // What lies beyond the padding, in a last window with a ceiling, never counts.
            int padded = Math.Min(start + windows.Count(i), windows.Inputs + windows.Padding) - start;
            int divisor = axis.Divisor ?? (axis.CountPadding ? padded : end - first);
            for (int k = first; k < end; k++)
            {
                taps.Add(start + k, 1.0 / divisor);
            }

            taps.EndOutput();
        }

        return taps.ToFilter();
    }
}
