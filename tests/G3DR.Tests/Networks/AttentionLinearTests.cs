using G3DR.Compute;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;
using G3DR.Tests.Support;

namespace G3DR.Tests.Networks;

/// <summary>Linear attention as a tensor operation, beside the kernels' parity with their reference.</summary>
public class AttentionLinearTests
{
    public static TheoryData<string> Configurations => TestDevice.Configurations;

    [Fact]
    public void Gradients_are_those_of_the_value()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        foreach (int length in (int[])[1, 7, 530])
        {
            GradientChecker.Check(t => Functional.LinearAttention(t[0], 2), [Draw(device, 1, length, 18)]).ThrowIfFailed();
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Configurations))]
    public void Values_and_gradients_are_those_of_the_composed_operations(string configuration)
    {
        using var device = TestDevice.Create(configuration);
        using var scope = TensorScope.Begin(device);
        foreach ((int batch, int length, int heads, int depth) in ((int, int, int, int)[])[(1, 1, 1, 1), (2, 37, 3, 5), (1, 700, 2, 32), (2, 70, 1, 40)])
        {
            Tensor qkv = Tensor.Normal(device, [batch, length, 3 * heads * depth], 3);
            qkv.RequiresGrad = true;
            Tensor fused = Functional.LinearAttention(qkv, heads), composed = Composed(qkv, heads);
            AssertClose(composed, fused, 2e-6);
            Tensor g = Tensor.Normal(device, fused.Shape, 5);
            AssertClose(Autograd.Gradients([composed], [g], [qkv])[0], Autograd.Gradients([fused], [g], [qkv])[0], 1e-5);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Configurations))]
    public void Large_keys_do_not_overflow(string configuration)
    {
        using var device = TestDevice.Create(configuration);
        using var scope = TensorScope.Begin(device);
        Tensor qkv = Tensor.Normal(device, [1, 1200, 24], 3) * 500;
        AssertClose(Composed(qkv, 2), Functional.LinearAttention(qkv, 2), 2e-4);
    }

    [Fact]
    public void The_mean_of_equal_values_is_the_value_over_the_length()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        const int Length = 600, Depth = 4;

        // Weights of queries sum to 1 / sqrt(D), those of keys to 1, values are divided by L: with values of L everything becomes 1 / sqrt(4).
        Tensor qk = Tensor.Normal(device, [1, Length, 4 * Depth], 3), v = Tensor.Full(device, [1, Length, 2 * Depth], Length);
        float[] y = Functional.LinearAttention(Tensor.Concat([qk, v], axis: 2), 2).ToSingles();
        Assert.All(y, value => Assert.Equal(0.5f, value, 2e-6f));
    }

    [Fact]
    public void Threads_do_not_change_the_bits()
    {
        float[][] Run(int threads)
        {
            using var device = new TestDevice(new AcceleratorOptions { Threads = threads });
            using var scope = TensorScope.Begin(device);
            Tensor qkv = Tensor.Normal(device, [1, 2000, 24], 3);
            qkv.RequiresGrad = true;
            Tensor y = Functional.LinearAttention(qkv, 2);
            return [y.ToSingles(), Autograd.Gradients([y], [Tensor.Normal(device, y.Shape, 5)], [qkv])[0].ToSingles()];
        }

        Assert.Equal(Run(1), Run(3));
    }

    [Fact]
    public void Wrong_shapes_are_named()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        string message = Assert.Throws<ArgumentException>(() => Functional.LinearAttention(Draw(device, 1, 4, 6), 4)).Message;
        Assert.Contains("(1, 4, 6)", message, StringComparison.Ordinal);
    }

    private static Tensor Draw(Accelerator device, params int[] shape) => Tensor.Normal(device, new(shape), 3, dtype: DType.Float64);

    private static Tensor Composed(Tensor qkv, int heads)
    {
        int channels = qkv.Shape[2] / 3, depth = channels / heads, length = qkv.Shape[1];
        Tensor Part(int part) => qkv.Slice(2, part * channels, channels).Reshape(qkv.Shape[0], length, heads, depth).Permute(0, 2, 3, 1);
        Tensor q = Part(0).Softmax(-2) * (1 / Math.Sqrt(depth)), k = Part(1).Softmax(-1), v = Part(2) * (1.0 / length);
        Tensor context = k.MatMul(v.Transpose());
        return context.Transpose().MatMul(q).Permute(0, 3, 1, 2).Reshape(qkv.Shape[0], length, channels);
    }

    private static void AssertClose(Tensor expected, Tensor actual, double tolerance)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        Assert.InRange(expected.ToDoubles().Zip(actual.ToDoubles(), (a, b) => Math.Abs(a - b)).Max(), 0, tolerance);
    }
}
