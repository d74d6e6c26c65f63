using G3DR.Compute;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;
using G3DR.Kernels.Catalogue;
using G3DR.Kernels.Normalization;
using G3DR.Tests.Support;

namespace G3DR.Tests.Networks;

/// <summary>Values of the normalisations against plain loops, running statistics, and what is refused.</summary>
public class NormalizationTests
{
    // At a mean of 10,000 float32 numbers are 0.001 apart. E[x^2] - E[x]^2 would be off by about 6 for a variance of 1/3. Here the mean is rounded by 0.0005 at most, which
    // moves results by 0.0009, and nothing else is off by more than 0.0001.
    [SkippableTheory]
    [MemberData(nameof(TestDevice.Configurations), MemberType = typeof(TestDevice))]
    public void A_large_mean_does_not_cancel(string configuration)
    {
        using var device = TestDevice.Create(configuration);
        using var scope = TensorScope.Begin(device);
        foreach ((int positions, int channels, int groups) in ((int, int, int)[])[(4096, 17, 17), (1024, 64, 4), (300, 3, 1)])
        {
            float[] x = Draw(2 * positions * channels, 1e4);
            double[] expected = Normalized(x, positions, channels, groups);
            AssertClose(expected, Functional.GroupNorm(Tensor.FromArray(device, x, [2, positions, channels]), groups), 1e-3);
        }

        float[] rows = Draw(7 * 1025, 1e4);
        AssertClose(Normalized(rows, 1, 1025, 1), Functional.LayerNorm(Tensor.FromArray(device, rows, [7, 1025])), 1e-3);
    }

    [SkippableTheory]
    [MemberData(nameof(TestDevice.Configurations), MemberType = typeof(TestDevice))]
    public void Equal_elements_give_zero(string configuration)
    {
        using var device = TestDevice.Create(configuration);
        using var scope = TensorScope.Begin(device);
        Tensor x = Tensor.Full(device, [2, 5, 6], 0.1f);
        Assert.All(Functional.GroupNorm(x, 2).ToSingles(), value => Assert.Equal(0f, value, 1e-5f));
        Assert.All(Functional.LayerNorm(x).ToSingles(), value => Assert.Equal(0f, value, 1e-5f));
    }

    [Fact]
    public void Threads_and_calls_give_the_same_bits()
    {
        float[][] results = [.. ((int[])[1, 2, 4]).Select(threads =>
        {
            using var device = new TestDevice(new AcceleratorOptions { Threads = threads });
            using var scope = TensorScope.Begin(device);
            Tensor x = Tensor.Normal(device, [1, 64, 64, 48], seed: 4), weight = Tensor.Normal(device, [48], seed: 5);
            (x.RequiresGrad, weight.RequiresGrad) = (true, true);
            Tensor y = Functional.LayerNorm(Functional.GroupNorm(x, 8, weight, activation: Activation.Silu), weight);
            Tensor[] gradients = Autograd.Gradients([y], [Tensor.Normal(device, y.Shape, seed: 6)], [x, weight]);
            return (float[])[.. y.ToSingles(), .. gradients[0].ToSingles(), .. gradients[1].ToSingles()];
        })];
        Assert.Equal(results[0], results[1]);
        Assert.Equal(results[0], results[2]);
    }

    // By hand: mean 2, biased variance 2/3, unbiased 1, so the running mean is 0.9 * 1 + 0.1 * 2 and the running variance 0.9 * 4 + 0.1 * 1.
    [SkippableTheory]
    [MemberData(nameof(TestDevice.Configurations), MemberType = typeof(TestDevice))]
    public void Training_moves_the_running_statistics(string configuration)
    {
        using var device = TestDevice.Create(configuration);
        using var scope = TensorScope.Begin(device);
        Tensor x = Tensor.FromArray(device, [1f, 2f, 3f], [3, 1]);
        Tensor mean = Tensor.FromArray(device, [1f], [1]), variance = Tensor.FromArray(device, [4f], [1]);
        float[] trained = Functional.BatchNorm(x, mean, variance, epsilon: 0f, training: true).ToSingles();
        Assert.Equal(-Math.Sqrt(1.5), trained[0], 1e-6);
        Assert.Equal(Math.Sqrt(1.5), trained[2], 1e-6);
        Assert.Equal(1.1, mean.ToSingles()[0], 1e-6);
        Assert.Equal(3.7, variance.ToSingles()[0], 1e-6);
        Assert.Equal((3 - 1.1) / Math.Sqrt(3.7), Functional.BatchNorm(x, mean, variance, epsilon: 0f).ToSingles()[2], 1e-6);
        Assert.Equal(3.7, variance.ToSingles()[0], 1e-6);
    }

    [Fact]
    public void The_gradient_of_a_residual_is_that_of_the_result()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor x = Tensor.Normal(device, [1, 8, 4], seed: 1), residual = Tensor.Normal(device, [1, 8, 4], seed: 2), g = Tensor.Normal(device, [1, 8, 4], seed: 3);
        residual.RequiresGrad = true;
        Tensor y = Functional.GroupNorm(x, 2, activation: Activation.Relu, residual: residual);
        Assert.Equal(g.ToSingles(), Autograd.Gradients([y], [g], [residual])[0].ToSingles());
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor x = Tensor.Zeros(device, [2, 3, 6]), six = Tensor.Zeros(device, [6]), five = Tensor.Zeros(device, [5]), flat = Tensor.Zeros(device, [6]);
        AssertRefused("divides the 6 channels", () => Functional.GroupNorm(x, 4));
        AssertRefused("weight of shape (6), got zeros (5)", () => Functional.GroupNorm(x, 2, five));
        AssertRefused("scaleShift of shape (2, 12), got zeros (6)", () => Functional.GroupNorm(x, 2, scaleShift: six));
        AssertRefused("residual of shape (2, 3, 6)", () => Functional.GroupNorm(x, 2, residual: six));
        AssertRefused("(N, ..., C), got zeros (6)", () => Functional.GroupNorm(flat, 2));
        AssertRefused("bias of shape (6), got zeros (5)", () => Functional.LayerNorm(x, six, five));
        AssertRefused("runningVar of shape (6), got zeros (5)", () => Functional.BatchNorm(x, six, five));
        AssertRefused("both the running mean", () => Functional.BatchNorm(x, six, null));
        AssertRefused("more than one element", () => Functional.BatchNorm(Tensor.Zeros(device, [1, 6]), six, six, training: true));

        static void AssertRefused(string message, Func<Tensor> call) =>
            Assert.Contains(message, Assert.Throws<ArgumentException>(call).Message, StringComparison.Ordinal);
    }

    private static float[] Draw(int length, double mean) => [.. KernelCase.Draw(length, (-1, 1), 3, 0).Select(value => (float)(mean + value))];

    private static double[] Normalized(float[] x, int positions, int channels, int groups)
    {
        double[] y = new double[x.Length];
        int width = channels / groups, sample = positions * channels;
        for (int group = 0; group < x.Length / sample * groups; group++)
        {
            int first = (group / groups * sample) + (group % groups * width);
            int[] members = [.. Enumerable.Range(0, positions * width).Select(k => first + (k / width * channels) + (k % width))];
            double mean = members.Average(at => (double)x[at]), variance = members.Average(at => Math.Pow(x[at] - mean, 2));
            foreach (int at in members)
            {
                y[at] = (x[at] - mean) / Math.Sqrt(variance + 1e-5);
            }
        }

        return y;
    }

    private static void AssertClose(double[] expected, Tensor actual, double tolerance)
    {
        float[] values = actual.ToSingles();
        Assert.Equal(expected.Length, values.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], values[i], tolerance);
        }
    }
}
