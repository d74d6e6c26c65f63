using System.Numerics;

namespace G3DR.Core.Metrics;

/// <summary>Parameters of <see cref="Ssim"/>; the defaults are those of the paper.</summary>
public sealed record SsimOptions
{
    /// <summary>Distance between the smallest and the largest possible value: 1 for pictures in [0,1], 2 for [-1,1].</summary>
    public double DataRange { get; init; } = 1;

    /// <summary>Side of the square window, in pixels; odd.</summary>
    public int WindowSize { get; init; } = 11;

    /// <summary>Standard deviation of the Gaussian window, in pixels.</summary>
    public double Sigma { get; init; } = 1.5;

    /// <summary>K1 of the paper: steadies the luminance term in dark windows.</summary>
    public double K1 { get; init; } = 0.01;

    /// <summary>K2 of the paper: steadies the contrast term in flat windows.</summary>
    public double K2 { get; init; } = 0.03;
}

/// <summary>
/// Structural similarity of Wang, Bovik, Sheikh and Simoncelli, "Image quality assessment: from error visibility to
/// structural similarity", IEEE TIP 13(4), 2004. Only windows that lie inside the picture count, as in the authors'
/// ssim_index.m and in scikit-image; variances are those of the weighted window (biased).
/// </summary>
public static class Ssim
{
    // The five weighted means per window: a, b, a^2, b^2, ab.
    private const int Moments = 5;

    /// <summary>Mean of the SSIM index over all windows, then over the channels.</summary>
    /// <typeparam name="T">float or double; all arithmetic is in double.</typeparam>
    /// <param name="a">One picture: height, width, channels, channels fastest.</param>
    /// <param name="b">The other, of the same size.</param>
    /// <param name="height">Rows, at least the window's size.</param>
    /// <param name="width">Columns, at least the window's size.</param>
    /// <param name="channels">Values per pixel, each compared on its own.</param>
    /// <param name="options">Window and constants; null for those of the paper.</param>
    /// <returns>1 for identical pictures, less otherwise, negative for inverted structure.</returns>
    /// <exception cref="ArgumentException">A length is not height x width x channels, or the picture is smaller than the window.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size or an option is out of range.</exception>
    public static double Compute<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, int height, int width, int channels, SsimOptions? options = null)
        where T : struct, IFloatingPoint<T>
    {
        options ??= new SsimOptions();
        double[] window = GaussianWindow(options);
        CheckSizes(a.Length, b.Length, height, width, channels, options.WindowSize);
        double sum = 0;
        for (int channel = 0; channel < channels; channel++)
            sum += ChannelMean(a, b, height, width, channels, channel, window, options);
        return sum / channels;
    }

    private static double ChannelMean<T>(
        ReadOnlySpan<T> a, ReadOnlySpan<T> b, int height, int width, int channels, int channel, double[] window, SsimOptions options)
        where T : struct, IFloatingPoint<T>
    {
        int size = window.Length;
        int columns = width - size + 1;
        // The window is separable: rows are filtered once and kept until the last window that needs them is done.
        double[][] ring = new double[size][];
        for (int i = 0; i < size; i++)
            ring[i] = new double[columns * Moments];

        double[] means = new double[Moments];
        double sum = 0;
        for (int y = 0; y < height; y++)
        {
            int row = y * width;
            FilterRow(a, b, row, channels, channel, window, ring[y % size]);
            if (y < size - 1)
                continue;
            for (int x = 0; x < columns; x++)
            {
                Array.Clear(means);
                for (int j = 0; j < size; j++)
                {
                    double weight = window[j];
                    ReadOnlySpan<double> filtered = ring[(y - size + 1 + j) % size].AsSpan(x * Moments, Moments);
                    for (int m = 0; m < Moments; m++)
                        means[m] += weight * filtered[m];
                }

                sum += Index(means, options);
            }
        }

        return sum / ((double)columns * (height - size + 1));
    }

    private static void FilterRow<T>(
        ReadOnlySpan<T> a, ReadOnlySpan<T> b, int row, int channels, int channel, double[] window, double[] filtered)
        where T : struct, IFloatingPoint<T>
    {
        Array.Clear(filtered);
        for (int x = 0; x < filtered.Length / Moments; x++)
        {
            Span<double> target = filtered.AsSpan(x * Moments, Moments);
            for (int j = 0; j < window.Length; j++)
            {
                int index = ((row + x + j) * channels) + channel;
                double p = double.CreateChecked(a[index]);
                double q = double.CreateChecked(b[index]);
                double weight = window[j];
                target[0] += weight * p;
                target[1] += weight * q;
                target[2] += weight * p * p;
                target[3] += weight * q * q;
                target[4] += weight * p * q;
            }
        }
    }

    /// <summary>Equation 13 of the paper, for one window.</summary>
    private static double Index(double[] means, SsimOptions options)
    {
        double c1 = Square(options.K1 * options.DataRange);
        double c2 = Square(options.K2 * options.DataRange);
        double productOfMeans = means[0] * means[1];
        double squaresOfMeans = Square(means[0]) + Square(means[1]);
        double covariance = means[4] - productOfMeans;
        double variances = means[2] + means[3] - squaresOfMeans;
        return ((2 * productOfMeans) + c1) * ((2 * covariance) + c2) / ((squaresOfMeans + c1) * (variances + c2));
    }

    private static double[] GaussianWindow(SsimOptions options)
    {
        if (options.WindowSize < 1 || options.WindowSize % 2 == 0)
            throw new ArgumentOutOfRangeException(nameof(options), options.WindowSize, "The window size must be odd and positive.");
        MetricGuard.PositiveFinite(options.Sigma, nameof(options));
        MetricGuard.PositiveFinite(options.DataRange, nameof(options));
        MetricGuard.PositiveFinite(options.K1, nameof(options));
        MetricGuard.PositiveFinite(options.K2, nameof(options));
        double[] window = new double[options.WindowSize];
        for (int i = 0; i < window.Length; i++)
            window[i] = Math.Exp(-Square(i - (window.Length / 2)) / (2 * Square(options.Sigma)));
        double sum = window.Sum();
        for (int i = 0; i < window.Length; i++)
            window[i] /= sum;
        return window;
    }

    private static void CheckSizes(int a, int b, int height, int width, int channels, int window)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        Int128 expected = (Int128)height * width * channels;
        if (a != expected || b != expected)
            throw new ArgumentException($"Pictures of {height} x {width} x {channels} need {expected} values, got {a} and {b}.");
        if (height < window || width < window)
            throw new ArgumentException($"A picture of {height} x {width} pixels is smaller than the window of {window} x {window}.");
    }

    private static double Square(double x) => x * x;
}
