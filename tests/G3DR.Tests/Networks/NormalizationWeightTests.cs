using System.Numerics;
using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Kernels.Catalogue;
using G3DR.Kernels.Convolution;
using G3DR.Tests.Support;

namespace G3DR.Tests.Networks;

/// <summary>Weight standardisation against plain loops in double precision.</summary>
public class NormalizationWeightTests
{
    private const double Epsilon = 1e-5;

    // One weight for a channel leaves nothing but epsilon; the last has the rows of the released network's widest layer.
    private static readonly (int Channels, int Length)[] s_sizes = [(1, 1), (3, 17), (17, 27), (64, 1153), (2, 13824)];

    [SkippableTheory]
    [MemberData(nameof(TestDevice.Configurations), MemberType = typeof(TestDevice))]
    public void Single_precision_agrees_with_loops_in_double_precision(string configuration)
    {
        using var device = TestDevice.Create(configuration);
        foreach ((int channels, int length) in s_sizes)
        {
            // The gradient of nearly constant rows is as large as 1 / sqrt(epsilon).
            Check<float>(device, channels, length, mean: 0, tolerance: length == 1 ? 1e-4 : 2e-6);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(TestDevice.Configurations), MemberType = typeof(TestDevice))]
    public void Double_precision_agrees_with_loops(string configuration)
    {
        using var device = TestDevice.Create(configuration);
        device.RequireFloat64();
        foreach ((int channels, int length) in s_sizes)
        {
            Check<double>(device, channels, length, mean: 0, tolerance: 1e-11);
        }
    }

    // At a mean of 10,000 float32 numbers are 0.001 apart. E[x^2] - E[x]^2 would be off by about 6 for a variance of 1/3; here the mean is off by at most its
    // rounding of 0.0005, which moves the standardised weights by 0.0009. The deviations are as accurate as any running sum of 4,608 terms.
    [SkippableTheory]
    [MemberData(nameof(TestDevice.Configurations), MemberType = typeof(TestDevice))]
    public void A_large_mean_does_not_cancel(string configuration)
    {
        using var device = TestDevice.Create(configuration);
        Check<float>(device, 5, 4608, mean: 1e4, tolerance: 1e-3);
        float[] statistics = Run(device, Draw<float>(5 * 4608, 1e4, 0), new float[5 * 4608], 5).Statistics;
        (double[] expected, _, _) = Expected(Draw<float>(5 * 4608, 1e4, 0), new float[5 * 4608], 5);
        for (int i = 1; i < expected.Length; i += 2)
        {
            Assert.Equal(expected[i], statistics[i], expected[i] * 1e-5);
        }
    }

    [Fact]
    public void Views_that_do_not_fit_are_refused()
    {
        using var device = new TestDevice();
        using MemoryBuffer<float> w = device.Accelerator.Allocate<float>(12), statistics = device.Accelerator.Allocate<float>(6);
        Assert.Contains("12 weights", Refused(() => WeightStandardization.Statistics(device, w.View, 5, Epsilon, statistics.View)), StringComparison.Ordinal);
        Assert.Contains("need 8 statistics, got 6", Refused(() => WeightStandardization.Statistics(device, w.View, 4, Epsilon, statistics.View)), StringComparison.Ordinal);
        Assert.Contains(
            "views of 12 elements", Refused(() => WeightStandardization.Apply(device, w.View, statistics.View, w.View.SubView(0, 8))), StringComparison.Ordinal);

        static string Refused(Action action) => Assert.Throws<ArgumentException>(action).Message;
    }

    private static void Check<T>(Accelerator device, int channels, int length, double mean, double tolerance)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T[] w = Draw<T>(channels * length, mean, 0), g = Draw<T>(channels * length, 0, 1);
        (double[] statistics, double[] standardized, double[] gradient) = Expected(w, g, channels);
        (T[] actualStatistics, T[] actualStandardized, T[] actualGradient) = Run(device, w, g, channels);
        AssertClose(statistics, actualStatistics, tolerance);
        AssertClose(standardized, actualStandardized, tolerance);
        AssertClose(gradient, actualGradient, tolerance);
    }

    private static T[] Draw<T>(int length, double mean, uint stream)
        where T : unmanaged, INumber<T> => [.. KernelCase.Draw(length, (-1, 1), 3, stream).Select(value => T.CreateTruncating((float)(mean + value)))];

    private static (T[] Statistics, T[] Standardized, T[] Gradient) Run<T>(Accelerator device, T[] w, T[] g, int channels)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using MemoryBuffer<T> weights = device.Allocate<T>(w.Length), result = device.Allocate<T>(w.Length);
        using MemoryBuffer<T> gradient = device.Allocate<T>(w.Length), statistics = device.Allocate<T>(2 * channels);
        weights.CopyFrom(w);
        gradient.CopyFrom(g);
        WeightStandardization.Statistics(device, weights.View, channels, Epsilon, statistics.View);
        WeightStandardization.Apply(device, weights.View, statistics.View, result.View);
        WeightStandardization.Pullback(device, weights.View, statistics.View, gradient.View);
        return (Read(statistics), Read(result), Read(gradient));

        static T[] Read(MemoryBuffer<T> buffer)
        {
            var values = new T[buffer.Length];
            buffer.CopyTo(values);
            return values;
        }
    }

    private static (double[] Statistics, double[] Standardized, double[] Gradient) Expected<T>(T[] weights, T[] gradients, int channels)
        where T : INumber<T>
    {
        int length = weights.Length / channels;
        double[] statistics = new double[2 * channels], standardized = new double[weights.Length], result = new double[weights.Length];
        for (int channel = 0; channel < channels; channel++)
        {
            double[] w = [.. weights.Skip(channel * length).Take(length).Select(double.CreateChecked)];
            double[] g = [.. gradients.Skip(channel * length).Take(length).Select(double.CreateChecked)];
            double mean = w.Average(), scale = 1 / Math.Sqrt(w.Average(value => (value - mean) * (value - mean)) + Epsilon);
            double[] what = [.. w.Select(value => (value - mean) * scale)];
            double sum = g.Average(), product = g.Zip(what, (a, b) => a * b).Average();
            (statistics[2 * channel], statistics[(2 * channel) + 1]) = (mean, scale);
            for (int k = 0; k < length; k++)
            {
                standardized[(channel * length) + k] = what[k];
                result[(channel * length) + k] = scale * (g[k] - sum - (what[k] * product));
            }
        }

        return (statistics, standardized, result);
    }

    private static void AssertClose<T>(double[] expected, T[] actual, double tolerance)
        where T : INumber<T>
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], double.CreateChecked(actual[i]), tolerance * Math.Max(1, Math.Abs(expected[i])));
        }
    }
}
