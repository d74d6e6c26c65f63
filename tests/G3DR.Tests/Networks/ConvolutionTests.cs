using FsCheck;
using FsCheck.Fluent;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;
using G3DR.Tests.Support;

namespace G3DR.Tests.Networks;

/// <summary>Convolutions and transposed convolutions against their definition, in all passes.</summary>
public class ConvolutionTests
{
    [SkippableTheory]
    [MemberData(nameof(TestDevice.Configurations), MemberType = typeof(TestDevice))]
    public void Values_and_gradients_are_those_of_the_definition(string configuration)
    {
        using var device = TestDevice.Create(configuration);
        Prop.ForAll(ConvolutionCase.All.ToArbitrary(), sizes => CheckForward(device, sizes, DType.Float32)).QuickCheckThrowOnFailure();
    }

    // Patches that fill a picture and that do not, single channels with a stride and other paddings, results of few channels; channels around vector boundaries.
    [SkippableTheory]
    [MemberData(nameof(TestDevice.Configurations), MemberType = typeof(TestDevice))]
    public void Special_algorithms_agree_with_the_definition(string configuration)
    {
        using var device = TestDevice.Create(configuration);
        ConvolutionCase[] cases =
        [
            new([2, 8, 6, 5], [70, 5, 4, 2], new() { Stride = (4, 2) }),
            new([2, 9, 8, 3], [7, 3, 2, 3], new() { Stride = (2, 3) }),
            new([2, 7, 12, 35], [35, 1, 3, 3], new() { Stride = (2, 1), Padding = new(1, 0, 2, 1), Groups = 35 }),
            new([1, 8, 9, 3], [3, 1, 5, 1], new() { Dilation = (1, 2), Stride = (1, 2), Groups = 3, Padding = new(2, 1, 0, 0) }),
            new([1, 6, 11, 37], [2, 37, 3, 3], new() { Padding = 1 }),
            new([2, 5, 7, 16], [1, 16, 1, 1], new()),
        ];
        foreach (ConvolutionCase sizes in cases)
        {
            CheckForward(device, sizes, DType.Float32);
        }
    }

    [SkippableTheory]
    [InlineData("plain")]
    [InlineData(TestDevice.OpenCl)]
    public void Values_and_gradients_in_double_precision_are_those_of_the_definition(string configuration)
    {
        using var device = TestDevice.Create(configuration);
        device.RequireFloat64();
        Prop.ForAll(ConvolutionCase.All.ToArbitrary(), sizes => CheckForward(device, sizes, DType.Float64)).QuickCheckThrowOnFailure();
    }

    [SkippableTheory]
    [MemberData(nameof(TestDevice.Configurations), MemberType = typeof(TestDevice))]
    public void Transposed_convolution_is_the_adjoint(string configuration)
    {
        using var device = TestDevice.Create(configuration);
        Prop.ForAll(ConvolutionCase.All.ToArbitrary(), sizes =>
        {
            using var scope = TensorScope.Begin(device);
            Tensor x = Tensor.Normal(device, sizes.Y, 1), w = Tensor.Normal(device, sizes.Weight, 2), g = Tensor.Normal(device, sizes.X, 3);
            (x.RequiresGrad, w.RequiresGrad) = (true, true);
            Tensor y = Functional.ConvTranspose2d(x, w, options: sizes.Transposed);
            Assert.Equal(sizes.X, y.Shape);
            y.Backward(g);
            sizes.InputGradient(x.ToDoubles(), w.ToDoubles()).AssertClose(y, $"{sizes}: output");
            sizes.Forward(g.ToDoubles(), w.ToDoubles()).AssertClose(x.Grad!, $"{sizes}: gradient of the input");
            sizes.WeightGradient(g.ToDoubles(), x.ToDoubles()).AssertClose(w.Grad!, $"{sizes}: gradient of the weights");
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Inner_products_agree_between_convolution_and_its_transpose() => Prop.ForAll(ConvolutionCase.All.ToArbitrary(), sizes =>
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor x = Tensor.Normal(device, sizes.X, 1, dtype: DType.Float64), y = Tensor.Normal(device, sizes.Y, 2, dtype: DType.Float64);
        Tensor w = Tensor.Normal(device, sizes.Weight, 3, dtype: DType.Float64);
        double forth = (Functional.Conv2d(x, w, options: sizes.Options) * y).Sum().Item();
        double back = (x * Functional.ConvTranspose2d(y, w, options: sizes.Transposed)).Sum().Item();
        Assert.Equal(forth, back, 1e-11 * Math.Max(1, Math.Sqrt(x.Length * (double)w.Length)));
    }).QuickCheckThrowOnFailure();

    [SkippableTheory]
    [MemberData(nameof(TestDevice.Configurations), MemberType = typeof(TestDevice))]
    public void Standardised_weights_are_those_of_the_definition(string configuration)
    {
        using var device = TestDevice.Create(configuration);
        Prop.ForAll(ConvolutionCase.All.ToArbitrary(), sizes =>
        {
            // Weights of one element have no variance, and 1 / sqrt(epsilon) would enlarge rounding.
            const float epsilon = 1e-1f;
            using var scope = TensorScope.Begin(device);
            Tensor x = Tensor.Normal(device, sizes.X, 1), w = Tensor.Normal(device, sizes.Weight, 2) + 0.5;
            Tensor rows = w.Reshape(sizes.Weight[0], -1);
            Tensor centred = rows - rows.Mean([1], keepDims: true);
            Tensor standard = centred * (centred.Square().Mean([1], keepDims: true) + epsilon).Rsqrt();
            Tensor y = Functional.Conv2d(x, w, options: sizes.Options with { WeightStandardization = epsilon });
            Tensor expected = Functional.Conv2d(x, standard.Reshape(sizes.Weight), options: sizes.Options);
            double largest = expected.Abs().Max().Item();
            Assert.True((y - expected).Abs().Max().Item() <= 2e-5 * Math.Max(1, largest), $"{sizes}: outputs differ.");
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(1, null)]
    [InlineData(2, null)]
    [InlineData(1, 1e-3f)]
    [InlineData(2, 1e-3f)]
    public void Gradients_of_convolution_are_those_of_its_value(int groups, float? epsilon)
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        var options = new Conv2dOptions { Stride = (2, 1), Dilation = (1, 2), Padding = new(1, 0, 2, 1), Groups = groups, WeightStandardization = epsilon };
        Tensor x = Draw(device, [2, 5, 6, 4], 1), w = Draw(device, [6, 4 / groups, 3, 2], 2), b = Draw(device, [6], 3);
        GradientChecker.Check(t => Functional.Conv2d(t[0], t[1], t[2], options), [x, w, b]).ThrowIfFailed();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Gradients_of_transposed_convolution_are_those_of_its_value(int groups)
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        var options = new ConvTranspose2dOptions { Stride = (2, 1), Dilation = (1, 3), Padding = new(1, 0, 0, 1), OutputPadding = (1, 2), Groups = groups };
        Tensor x = Draw(device, [2, 3, 4, 4], 1), w = Draw(device, [4, 6 / groups, 3, 2], 2), b = Draw(device, [6], 3);
        GradientChecker.Check(t => Functional.ConvTranspose2d(t[0], t[1], t[2], options), [x, w, b]).ThrowIfFailed();
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor x = Tensor.Ones(device, [1, 4, 5, 6]);
        Expect("conv2d: weights (8, 3, 3, 3) in 1 group(s) read 3 channels, the input (1, 4, 5, 6) has 6.", () => Convolve([8, 3, 3, 3]));
        Expect("the 7 output channels of weights (7, 3, 3, 3) cannot be cut into 2 groups", () => Convolve([7, 3, 3, 3], new() { Groups = 2 }));
        Expect("the kernel of weights (8, 6, 5, 1) with dilation (1, 1) is larger than the input (1, 4, 5, 6)", () => Convolve([8, 6, 5, 1]));
        Expect("weights must have four axes", () => Convolve([8, 6, 3]));
        Expect("stride (0, 1)", () => Convolve([8, 6, 1, 1], new() { Stride = (0, 1) }));
        Expect("padding (0, -1, 0, 0) must not be negative", () => Convolve([8, 6, 1, 1], new() { Padding = new(0, -1, 0, 0) }));
        Expect("conv2d: the bias must be (8)", () => Functional.Conv2d(x, Tensor.Ones(device, [8, 6, 1, 1]), Tensor.Ones(device, [6])));
        Expect("the input must be pictures (N, H, W, C)", () => Functional.Conv2d(Tensor.Ones(device, [4, 5, 6]), Tensor.Ones(device, [8, 6, 1, 1])));
        Expect("conv_transpose2d: weights (8, 6, 3, 3) read 8 channels", () => Transpose([8, 6, 3, 3]));
        Expect("output padding (1, 0) must be at least 0 and below stride (1, 1)", () => Transpose([6, 8, 3, 3], new() { OutputPadding = (1, 0) }));
        Expect("padding (9, 9, 9, 9) leaves nothing of the output", () => Transpose([6, 8, 3, 3], new() { Padding = 9 }));
        Expect("conv_transpose2d: the bias must be (8)", () => Functional.ConvTranspose2d(x, Tensor.Ones(device, [6, 8, 1, 1]), Tensor.Ones(device, [6])));

        Tensor Convolve(Shape weight, Conv2dOptions? options = null) => Functional.Conv2d(x, Tensor.Ones(device, weight), options: options);
        Tensor Transpose(Shape weight, ConvTranspose2dOptions? options = null) => Functional.ConvTranspose2d(x, Tensor.Ones(device, weight), options: options);
    }

    private static void Expect(string message, Func<Tensor> run) => Assert.Contains(message, Assert.Throws<ArgumentException>(run).Message, StringComparison.Ordinal);

    private static Tensor Draw(TestDevice device, Shape shape, ulong seed) => Tensor.Normal(device, shape, seed, dtype: DType.Float64);

    private static void CheckForward(TestDevice device, ConvolutionCase sizes, DType dtype)
    {
        using var scope = TensorScope.Begin(device);
        Tensor x = Tensor.Normal(device, sizes.X, 1, dtype: dtype), w = Tensor.Normal(device, sizes.Weight, 2, dtype: dtype);
        Tensor b = Tensor.Normal(device, [sizes.Weight[0]], 3, dtype: dtype), g = Tensor.Normal(device, sizes.Y, 4, dtype: dtype);
        (x.RequiresGrad, w.RequiresGrad, b.RequiresGrad) = (true, true, true);
        Tensor y = Functional.Conv2d(x, w, b, sizes.Options);
        Assert.Equal(sizes.Y, y.Shape);
        y.Backward(g);
        ConvolutionCase.Sums output = sizes.Forward(x.ToDoubles(), w.ToDoubles());
        double[] bias = b.ToDoubles(), dy = g.ToDoubles();
        var sums = new ConvolutionCase.Sums(bias.Length);
        for (int i = 0; i < y.Length; i++)
        {
            output.Add(i, bias[i % bias.Length]);
            sums.Add(i % bias.Length, dy[i]);
        }

        output.AssertClose(y, $"{sizes}: output");
        sizes.InputGradient(dy, w.ToDoubles()).AssertClose(x.Grad!, $"{sizes}: gradient of the input");
        sizes.WeightGradient(x.ToDoubles(), dy).AssertClose(w.Grad!, $"{sizes}: gradient of the weights");
        sums.AssertClose(b.Grad!, $"{sizes}: gradient of the bias");
    }
}
