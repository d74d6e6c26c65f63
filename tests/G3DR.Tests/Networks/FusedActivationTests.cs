using G3DR.Core.Networks;
using G3DR.Core.Tensors;
using G3DR.Kernels.Normalization;
using G3DR.Tests.Support;

namespace G3DR.Tests.Networks;

/// <summary>Activations and residuals that convolutions and linear maps apply in the pass that writes the result: the same as in passes of their own.</summary>
public class FusedActivationTests
{
    /// <summary>Pictures, output channels, side of the kernel and groups: each algorithm of the processor, whole and cut tiles and panels.</summary>
    private static readonly (int[] Pictures, int Outputs, int Kernel, int Groups)[] s_convolutions =
    [
        ([1, 32, 32, 32], 33, 3, 1), ([1, 44, 46, 40], 33, 3, 1), ([1, 7, 9, 5], 19, 3, 1), ([2, 4, 4, 64], 80, 1, 1), ([1, 40, 40, 8], 8, 7, 1), ([1, 6, 7, 6], 6, 3, 3),
        ([1, 9, 9, 12], 12, 3, 12),
    ];

    [SkippableTheory]
    [MemberData(nameof(TestDevice.Configurations), MemberType = typeof(TestDevice))]
    public void A_convolution_with_what_follows_is_the_same_in_one_pass(string configuration)
    {
        using var device = TestDevice.Create(configuration);
        foreach ((int[] pictures, int outputs, int kernel, int groups) in s_convolutions)
        {
            using var scope = TensorScope.Begin(device);
            Tensor x = Tensor.Normal(device, pictures, 1), weight = Tensor.Normal(device, [outputs, pictures[3] / groups, kernel, kernel], 2);
            Tensor bias = Tensor.Normal(device, [outputs], 3), residual = Tensor.Normal(device, [.. pictures.AsSpan()[..3], outputs], 4);
            var options = new Conv2dOptions { Padding = kernel / 2, Groups = groups };
            Tensor plain = Functional.Conv2d(x, weight, bias, options);
            foreach (Activation activation in Enum.GetValues<Activation>())
            {
                Tensor expected = Apply(plain, activation);
                Conv2dOptions active = options with { Activation = activation };
                Assert.Equal(expected.ToSingles(), Functional.Conv2d(x, weight, bias, active).ToSingles());
                Assert.Equal((expected + residual).ToSingles(), Functional.Conv2d(x, weight, bias, active, residual).ToSingles());
            }
        }
    }

    [SkippableTheory]
    [MemberData(nameof(TestDevice.Configurations), MemberType = typeof(TestDevice))]
    public void A_linear_map_with_what_follows_is_the_same_in_one_pass(string configuration)
    {
        using var device = TestDevice.Create(configuration);
        using var scope = TensorScope.Begin(device);
        foreach ((int rows, int outputs, int inputs) in ((int, int, int)[])[(1, 70, 33), (2, 5, 600), (17, 67, 20), (40, 6, 3)])
        {
            Tensor x = Tensor.Normal(device, [1, rows, inputs], 1), weight = Tensor.Normal(device, [outputs, inputs], 2);
            Tensor bias = Tensor.Normal(device, [outputs], 3), residual = Tensor.Normal(device, [1, rows, outputs], 4), plain = Functional.Linear(x, weight, bias);
            foreach (Activation activation in Enum.GetValues<Activation>())
            {
                Tensor expected = Apply(plain, activation);
                Assert.Equal(expected.ToSingles(), Functional.Linear(x, weight, bias, activation).ToSingles());
                Assert.Equal((expected + residual).ToSingles(), Functional.Linear(x, weight, bias, activation, residual).ToSingles());
            }
        }
    }

    [SkippableTheory]
    [MemberData(nameof(TestDevice.Configurations), MemberType = typeof(TestDevice))]
    public void Gradients_are_those_of_separate_passes(string configuration)
    {
        using var device = TestDevice.Create(configuration);
        foreach (Activation activation in Enum.GetValues<Activation>())
        {
            foreach (bool added in (bool[])[false, true])
            {
                Assert.Equal(Gradients(device, activation, added, fused: false), Gradients(device, activation, added, fused: true));
            }
        }
    }

    [Fact]
    public void Gradients_are_those_of_the_value()
    {
        using var device = new TestDevice();
        foreach (Activation activation in Enum.GetValues<Activation>())
        {
            using var scope = TensorScope.Begin(device);
            Tensor x = Draw([2, 3, 4, 3], 1), weight = Draw([5, 3, 3, 3], 2), bias = Draw([5], 3), residual = Draw([2, 3, 4, 5], 4), matrix = Draw([5, 3], 5);
            var options = new Conv2dOptions { Padding = 1, Activation = activation };
            GradientChecker.Check(t => Functional.Conv2d(t[0], t[1], t[2], options, t[3]), [x, weight, bias, residual]).ThrowIfFailed();
            GradientChecker.Check(t => Functional.Linear(t[0], t[1], t[2], activation, t[3]), [x, matrix, bias, residual]).ThrowIfFailed();
            GradientChecker.Check(t => Functional.Linear(t[0], t[1], activation: activation), [x, matrix]).ThrowIfFailed();
        }

        Tensor Draw(Shape shape, ulong seed) => Tensor.Normal(device, shape, seed, dtype: DType.Float64);
    }

    [Fact]
    public void Bits_do_not_depend_on_threads()
    {
        using TestDevice one = new(new() { Threads = 1 }), three = new(new() { Threads = 3 });
        Assert.Equal(Results(one), Results(three));

        static float[][] Results(TestDevice device)
        {
            using var scope = TensorScope.Begin(device);
            List<float[]> results = [];
            foreach ((int rows, int inputs, int outputs) in ((int, int, int)[])[(2, 300, 900), (40, 1200, 600), (300, 40, 600)])
            {
                Tensor x = Tensor.Normal(device, [rows, inputs], 1), weight = Tensor.Normal(device, [outputs, inputs], 2);
                results.Add(Functional.Linear(x, weight, activation: Activation.Gelu).ToSingles());
            }

            foreach ((int channels, int outputs, int groups) in ((int, int, int)[])[(144, 144, 1), (40, 2, 1), (40, 40, 40)])
            {
                Tensor x = Tensor.Normal(device, [1, 17, 19, channels], 1), weight = Tensor.Normal(device, [outputs, channels / groups, 3, 3], 2);
                x.RequiresGrad = true;
                Tensor y = Functional.Conv2d(x, weight, null, new() { Padding = 1, Groups = groups, Activation = Activation.Relu });
                y.Sum().Backward();
                results.AddRange([y.ToSingles(), x.Grad!.ToSingles()]);
            }

            return [.. results];
        }
    }

    [Fact]
    public void A_residual_of_another_shape_is_refused()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor x = Tensor.Ones(device, [1, 4, 4, 2]), wrong = Tensor.Ones(device, [1, 4, 4, 2]);
        Assert.Contains("residual of shape (1, 4, 4, 3)", Message(() => Functional.Conv2d(x, Tensor.Ones(device, [3, 2, 1, 1]), residual: wrong)), StringComparison.Ordinal);
        Assert.Contains("residual of shape (1, 4, 4, 3)", Message(() => Functional.Linear(x, Tensor.Ones(device, [3, 2]), residual: wrong)), StringComparison.Ordinal);

        static string Message(Action act) => Assert.Throws<ArgumentException>(act).Message;
    }

    private static float[][] Gradients(TestDevice device, Activation activation, bool added, bool fused)
    {
        using var scope = TensorScope.Begin(device);
        Tensor x = Tensor.Normal(device, [2, 5, 6, 3], 1), weight = Tensor.Normal(device, [4, 3, 3, 3], 2), bias = Tensor.Normal(device, [4], 3);
        Tensor residual = Tensor.Normal(device, [2, 5, 6, 7], 4), matrix = Tensor.Normal(device, [7, 4], 5);
        Tensor[] leaves = added ? [x, weight, bias, matrix, residual] : [x, weight, bias, matrix];
        foreach (Tensor leaf in leaves)
        {
            leaf.RequiresGrad = true;
        }

        var options = new Conv2dOptions { Padding = 1 };
        Tensor y;
        if (fused)
        {
            Tensor hidden = Functional.Conv2d(x, weight, bias, options with { Activation = activation });
            y = Functional.Linear(hidden, matrix, null, activation, added ? residual : null);
        }
        else
        {
            y = Apply(Functional.Linear(Apply(Functional.Conv2d(x, weight, bias, options), activation), matrix), activation);
            y = added ? y + residual : y;
        }

        y.Backward(Tensor.Normal(device, y.Shape, 6));
        return [y.ToSingles(), .. leaves.Select(leaf => leaf.Grad!.ToSingles())];
    }

    private static Tensor Apply(Tensor x, Activation activation) => activation switch
    {
        Activation.None => x,
        Activation.Relu => x.Relu(),
        Activation.Silu => x.Silu(),
        Activation.Gelu => x.Gelu(),
        Activation.GeluTanh => x.GeluTanh(),
        Activation.QuickGelu => x.QuickGelu(),
        _ => throw new ArgumentOutOfRangeException(nameof(activation)),
    };
}
