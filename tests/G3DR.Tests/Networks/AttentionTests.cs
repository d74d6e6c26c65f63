using FsCheck;
using FsCheck.Fluent;
using G3DR.Compute;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;
using G3DR.Tests.Support;

namespace G3DR.Tests.Networks;

/// <summary>Scaled dot-product attention as a tensor operation, beside the kernels' parity with their reference.</summary>
public class AttentionTests
{
    private static readonly AttentionOptions s_twoHeads = new() { Heads = 2 };

    public static TheoryData<string> Configurations => TestDevice.Configurations;

    [Fact]
    public void Gradients_are_those_of_the_value()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor q = Draw(device, 0, 2, 5, 6), k = Draw(device, 1, 2, 7, 6), v = Draw(device, 2, 2, 7, 8);
        GradientChecker.Check(t => Functional.Attention(t[0], t[1], t[2], s_twoHeads), [q, k, v]).ThrowIfFailed();
        GradientChecker.Check(t => Functional.Attention(t[0], t[1], t[2], s_twoHeads with { Causal = true, Scale = 0.7f }), [q, k, v]).ThrowIfFailed();
        Tensor mask = Mask(device, 2, 2, 5, 7);
        GradientChecker.Check(t => Functional.Attention(t[0], t[1], t[2], s_twoHeads with { Mask = mask }), [q, k, v]).ThrowIfFailed();
    }

    [Fact]
    public void Gradients_of_packed_operands_are_those_of_the_value()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor qkv = Draw(device, 0, 2, 6, 18);
        GradientChecker.Check(t => Functional.SelfAttention(t[0], s_twoHeads), [qkv]).ThrowIfFailed();
        GradientChecker.Check(t => Functional.SelfAttention(t[0], s_twoHeads with { Mask = Mask(device, 1, 1, 6, 6) }), [qkv]).ThrowIfFailed();
    }

    [Theory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(2, 2, 5, 7)]
    [InlineData(1, 2, 1, 7)]
    [InlineData(2, 1, 1, 1)]
    public void Values_are_those_of_the_matrices(int maskBatch, int maskHeads, int maskRows, int keys)
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor q = Draw(device, 0, 2, 5, 6), k = Draw(device, 1, 2, keys, 6), v = Draw(device, 2, 2, keys, 8);
        Tensor mask = Mask(device, maskBatch, maskHeads, maskRows, keys);
        AssertClose(Naive(q, k, v, 2, mask), Functional.Attention(q, k, v, s_twoHeads with { Mask = mask }), 1e-12);
    }

    [Fact]
    public void Any_sizes_agree_with_the_matrices()
    {
        Gen<(int N, int H, int L, int S, int D, int E, int Seed)> sizes =
            from n in Gen.Choose(1, 2)
            from h in Gen.Choose(1, 3)
            from l in Gen.Choose(1, 150)
            from s in Gen.Choose(1, 150)
            from d in Gen.Choose(1, 40)
            from e in Gen.Choose(1, 40)
            from seed in Gen.Choose(0, 1000)
            select (n, h, l, s, d, e, seed);
        using var device = new TestDevice();
        Prop.ForAll(sizes.ToArbitrary(), c =>
        {
            using var scope = TensorScope.Begin(device);
            Tensor q = Draw(device, (uint)c.Seed, c.N, c.L, c.H * c.D);
            Tensor k = Draw(device, (uint)c.Seed + 1001, c.N, c.S, c.H * c.D), v = Draw(device, (uint)c.Seed + 2002, c.N, c.S, c.H * c.E);
            Tensor y = Functional.Attention(q.ToType(DType.Float32), k.ToType(DType.Float32), v.ToType(DType.Float32), new() { Heads = c.H });
            return Largest(Naive(q, k, v, c.H, null), y) < 5e-6;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_order_of_the_keys_does_not_matter() => Prop.ForAll(
        Gen.Choose(0, 1_000_000).ToArbitrary(),
        seed =>
        {
            using var device = new TestDevice();
            using var scope = TensorScope.Begin(device);
            Tensor q = Draw(device, (uint)seed, 1, 9, 8), k = Draw(device, (uint)seed + 1, 1, 70, 8), v = Draw(device, (uint)seed + 2, 1, 70, 8);
            int[] order = [.. Enumerable.Range(0, 70)];
            new Random(seed).Shuffle(order);
            return Largest(Functional.Attention(q, k, v, s_twoHeads), Functional.Attention(q, k.Gather(1, order), v.Gather(1, order), s_twoHeads)) < 1e-12;
        }).QuickCheckThrowOnFailure();

    [SkippableTheory]
    [MemberData(nameof(Configurations))]
    public void Causal_is_a_mask(string configuration)
    {
        using var device = TestDevice.Create(configuration);
        using var scope = TensorScope.Begin(device);
        foreach ((int rows, int keys) in ((int, int)[])[(70, 70), (40, 90), (90, 40)])
        {
            float[] hidden = new float[rows * keys];
            for (int i = 0; i < hidden.Length; i++)
            {
                hidden[i] = i % keys > i / keys ? float.NegativeInfinity : 0;
            }

            Tensor mask = Tensor.FromArray(device, hidden, [1, 1, rows, keys]);
            Tensor[] inputs = [Leaf(device, 0, 1, rows, 6), Leaf(device, 1, 1, keys, 6), Leaf(device, 2, 1, keys, 4)];
            Tensor causal = Functional.Attention(inputs[0], inputs[1], inputs[2], s_twoHeads with { Causal = true });
            Tensor masked = Functional.Attention(inputs[0], inputs[1], inputs[2], s_twoHeads with { Mask = mask });
            AssertClose(causal, masked, 2e-6);
            Tensor g = Tensor.Normal(device, causal.Shape, 5);
            Tensor[] first = Autograd.Gradients([causal], [g], inputs), second = Autograd.Gradients([masked], [g], inputs);
            for (int i = 0; i < first.Length; i++)
            {
                AssertClose(first[i], second[i], 5e-6);
            }
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Configurations))]
    public void Weights_sum_to_one(string configuration)
    {
        using var device = TestDevice.Create(configuration);
        using var scope = TensorScope.Begin(device);
        Tensor q = Leaf(device, 0, 2, 33, 10), k = Leaf(device, 1, 2, 67, 10), ones = Tensor.Ones(device, [2, 67, 4]);
        float[] y = Functional.Attention(q, k, ones, s_twoHeads).ToSingles();
        Assert.All(y, value => Assert.Equal(1f, value, 2e-6f));
    }

    [SkippableTheory]
    [MemberData(nameof(Configurations))]
    public void A_query_without_keys_gives_zeros(string configuration)
    {
        using var device = TestDevice.Create(configuration);
        using var scope = TensorScope.Begin(device);
        const int Rows = 5, Keys = 70, Blind = 3;
        float[] hidden = new float[Rows * Keys];
        Array.Fill(hidden, float.NegativeInfinity, Blind * Keys, Keys);

        // Another query sees nothing in the first block of keys.
        Array.Fill(hidden, float.NegativeInfinity, 0, Keys - 1);
        Tensor mask = Tensor.FromArray(device, hidden, [1, 1, Rows, Keys]);
        Tensor[] inputs = [Leaf(device, 0, 1, Rows, 6), Leaf(device, 1, 1, Keys, 6), Leaf(device, 2, 1, Keys, 6)];
        Tensor y = Functional.Attention(inputs[0], inputs[1], inputs[2], s_twoHeads with { Mask = mask });
        float[] values = y.ToSingles(), last = inputs[2].ToSingles()[^6..];
        Assert.All(values[(Blind * 6)..((Blind + 1) * 6)], value => Assert.Equal(0f, value));
        Assert.All(values, value => Assert.True(float.IsFinite(value)));
        Assert.Equal(last, values[..6]);
        Tensor[] gradients = Autograd.Gradients([y], [Tensor.Normal(device, y.Shape, 5)], inputs);
        Assert.All(gradients.SelectMany(gradient => gradient.ToSingles()), value => Assert.True(float.IsFinite(value)));
        Assert.All(gradients[0].ToSingles()[(Blind * 6)..((Blind + 1) * 6)], value => Assert.Equal(0f, value));
    }

    [Fact]
    public void Large_scores_do_not_overflow()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor q = Leaf(device, 0, 1, 40, 6) * 1000, k = Leaf(device, 1, 1, 90, 6) * 1000, v = Leaf(device, 2, 1, 90, 6);
        Tensor expected = Naive(q.ToType(DType.Float64), k.ToType(DType.Float64), v.ToType(DType.Float64), 2, null);

        // Scores of about a million have errors of about 0.1; where two are that near to each other weights differ, so most elements are compared.
        float[] y = Functional.Attention(q, k, v, s_twoHeads).ToSingles();
        Assert.All(y, value => Assert.True(float.IsFinite(value)));
        double[] reference = expected.ToDoubles();
        Assert.True(y.Where((value, i) => Math.Abs(value - reference[i]) < 1e-3).Count() > 0.95 * y.Length);
    }

    [Fact]
    public void Threads_do_not_change_the_bits()
    {
        float[][] Run(int threads)
        {
            using var device = new TestDevice(new AcceleratorOptions { Threads = threads });
            using var scope = TensorScope.Begin(device);
            Tensor qkv = Leaf(device, 0, 1, 300, 24);
            Tensor y = Functional.SelfAttention(qkv, s_twoHeads);
            return [y.ToSingles(), Autograd.Gradients([y], [Tensor.Normal(device, y.Shape, 5)], [qkv])[0].ToSingles()];
        }

        Assert.Equal(Run(1), Run(3));
    }

    [Fact]
    public void Wrong_shapes_are_named()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor x = Leaf(device, 0, 1, 4, 6);
        Assert.Contains("(1, 4, 6)", Assert.Throws<ArgumentException>(() => Functional.Attention(x, x, x, new() { Heads = 4 })).Message, StringComparison.Ordinal);
        Assert.Contains("(2, 4, 6)", Message(() => Functional.Attention(x, Leaf(device, 0, 2, 4, 6), x, s_twoHeads)), StringComparison.Ordinal);
        Assert.Contains("(1, 3, 6)", Message(() => Functional.Attention(x, x, Leaf(device, 0, 1, 3, 6), s_twoHeads)), StringComparison.Ordinal);
        Assert.Contains("(1, 4, 6)", Message(() => Functional.SelfAttention(x, new() { Heads = 4 })), StringComparison.Ordinal);
        Assert.Contains("(3, 4)", Message(() => Functional.Attention(x, x, x, s_twoHeads with { Mask = Leaf(device, 0, 3, 4) })), StringComparison.Ordinal);
        Assert.Contains("(1, 1, 3, 4)", Message(() => Functional.Attention(x, x, x, s_twoHeads with { Mask = Leaf(device, 0, 1, 1, 3, 4) })), StringComparison.Ordinal);
        Assert.Contains("head", Message(() => Functional.SelfAttention(x, new() { Heads = 0 })), StringComparison.Ordinal);
    }

    private static string Message(Func<object> action) => Assert.Throws<ArgumentException>(action).Message;

    private static Tensor Draw(Accelerator device, uint stream, params int[] shape) => Tensor.Normal(device, new(shape), 3, stream, DType.Float64);

    private static Tensor Leaf(Accelerator device, uint stream, params int[] shape)
    {
        Tensor x = Tensor.Normal(device, new(shape), 3, stream);
        x.RequiresGrad = true;
        return x;
    }

    // Some keys hidden, the first never.
    private static Tensor Mask(Accelerator device, params int[] shape)
    {
        double[] values = Draw(device, 9, shape).ToDoubles();
        return Tensor.FromArray(device, [.. values.Select((value, i) => i % shape[^1] > 0 && value < -0.5 ? double.NegativeInfinity : value)], new(shape));
    }

    private static Tensor Naive(Tensor q, Tensor k, Tensor v, int heads, Tensor? mask)
    {
        Tensor Split(Tensor x) => x.Reshape(x.Shape[0], x.Shape[1], heads, x.Shape[2] / heads).Permute(0, 2, 1, 3);
        Tensor scores = Split(q).MatMul(Split(k).Transpose()) * (1 / Math.Sqrt(q.Shape[2] / heads));
        Tensor y = (mask is null ? scores : scores + mask).Softmax().MatMul(Split(v));
        return y.Permute(0, 2, 1, 3).Reshape(q.Shape[0], q.Shape[1], v.Shape[2]);
    }

    private static double Largest(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        return expected.ToDoubles().Zip(actual.ToDoubles(), (a, b) => Math.Abs(a - b)).Max();
    }

    private static void AssertClose(Tensor expected, Tensor actual, double tolerance) => Assert.InRange(Largest(expected, actual), 0, tolerance);
}
