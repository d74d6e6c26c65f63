using System.Numerics;

namespace G3DR.Core.Metrics;

/// <summary>Peak signal-to-noise ratio, in decibels.</summary>
public static class Psnr
{
    /// <summary>
    /// 10 log10(range^2 / mean squared difference), over all values of both pictures together. Identical pictures
    /// give positive infinity, NaN in a picture gives NaN.
    /// </summary>
    /// <typeparam name="T">float or double; sums are taken in double.</typeparam>
    /// <param name="a">One picture, any layout.</param>
    /// <param name="b">The other, of the same layout.</param>
    /// <param name="dataRange">Distance between the smallest and the largest possible value: 1 for pictures in [0,1], 2 for [-1,1].</param>
    /// <returns>Decibels.</returns>
    /// <exception cref="ArgumentException">The pictures are empty or of different lengths.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The range is not a positive number.</exception>
    public static double Compute<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, double dataRange = 1)
        where T : struct, IFloatingPoint<T>
    {
        MetricGuard.PositiveFinite(dataRange, nameof(dataRange));
        double error = MeanSquaredError(a, b);
        // Not 20 log10(range) - 10 log10(error): with error 0 this quotient is infinity as it should be.
        return 10 * Math.Log10(dataRange * dataRange / error);
    }

    /// <summary>Mean of the squared differences.</summary>
    /// <typeparam name="T">float or double; sums are taken in double.</typeparam>
    /// <param name="a">One picture, any layout.</param>
    /// <param name="b">The other, of the same layout.</param>
    /// <returns>The mean, in squared units of the values.</returns>
    /// <exception cref="ArgumentException">The pictures are empty or of different lengths.</exception>
    public static double MeanSquaredError<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b)
        where T : struct, IFloatingPoint<T>
    {
        MetricGuard.SameLength(a.Length, b.Length);
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            double difference = double.CreateChecked(a[i]) - double.CreateChecked(b[i]);
            sum += difference * difference;
        }

        return sum / a.Length;
    }
}
