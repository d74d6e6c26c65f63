using FsCheck;
using FsCheck.Fluent;
using G3DR.Compute;
using G3DR.Kernels.Convolution;
using G3DR.Tests.Support;

namespace G3DR.Tests.Convolution;

/// <summary>Convolutions by Fourier transforms against the definition in double precision.</summary>
public class FourierTests
{
    public static TheoryData<InstructionSet> Sets => [.. InstructionSets.Supported];

    // Kernels up to 9 x 9, any padding and output size, tiles over the edge on all sides, channels that fill no vector or panel.
    private static Gen<ConvolutionInputs> Problems =>
        from batch in Gen.Choose(1, 2)
        from height in Gen.Choose(1, 20)
        from width in Gen.Choose(1, 20)
        from inputs in Gen.Choose(1, 35)
        from outputs in Gen.Choose(1, 35)
        from kernelHeight in Gen.Choose(1, 9)
        from kernelWidth in Gen.Choose(1, 9)
        from padTop in Gen.Choose(0, 10)
        from padLeft in Gen.Choose(0, 10)
        from outputHeight in Gen.Choose(1, height + 10)
        from outputWidth in Gen.Choose(1, width + 10)
        from options in Gen.Choose(0, 3)
        from seed in Gen.Choose(0, int.MaxValue)
        let square = Shape(inputs, outputs, height, kernelHeight)
        let wide = square with { InputWidth = width, KernelWidth = kernelWidth, Batch = batch }
        let padded = wide with { PadTop = padTop, PadLeft = padLeft, OutputHeight = outputHeight, OutputWidth = outputWidth }
        select new ConvolutionInputs(padded, seed, withBias: (options & 1) != 0, standardized: (options & 2) != 0);

    [Theory]
    [MemberData(nameof(Sets))]
    public void Random_shapes_agree_with_the_definition(InstructionSet set)
    {
        using var device = new TestDevice(new() { Threads = 2, InstructionSet = set });
        Prop.ForAll(Problems.ToArbitrary(), inputs => RequireClose(inputs, device)).QuickCheckThrowOnFailure();
    }

    // What is in memory at a time: all frequencies, a third of them, a ninth of them, and tiles in several bands.
    [Theory]
    [InlineData(1, 20, 20, 40)]
    [InlineData(3, 400, 150, 12)]
    [InlineData(9, 520, 500, 8)]
    [InlineData(1, 1, 600, 140)]
    public void Groups_of_frequencies_and_bands_of_tiles_agree_with_the_definition(int groups, int inputChannels, int outputChannels, int side)
    {
        using var device = new TestDevice();
        ConvolutionShape shape = Shape(inputChannels, outputChannels, side, 5);
        FourierPlan plan = FourierPlan.ForOutput(shape);
        Assert.Equal(groups, plan.Groups);
        Assert.Equal(side == 140, plan.Band < plan.Tiles);
        RequireClose(new(shape, seed: 3), device);
    }

    // Those of the transforms, and those of the sums over channels, which grow as the root of their number. By definition sums run over taps too: 3.6e-7 here for
    // 256 channels, where the direct convolution has about 2e-6.
    [Theory]
    [InlineData(8)]
    [InlineData(64)]
    [InlineData(256)]
    public void Rounding_errors_stay_below_their_bound(int channels)
    {
        using var device = new TestDevice();
        var inputs = new ConvolutionInputs(Shape(channels, 16, 20, 7), seed: channels, withBias: false, standardized: false);
        (double[] expected, _, _) = NaiveConvolution.AllPasses(inputs);
        RequireClose(expected, Run(inputs, device)[0], (1.5e-7 + (2e-8 * Math.Sqrt(channels))) * Size(inputs.X, inputs.Weight, 49 * channels), "output");
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void The_number_of_threads_changes_no_bit(InstructionSet set)
    {
        var inputs = new ConvolutionInputs(Shape(37, 43, 33, 7) with { Batch = 2 }, seed: 5);
        using var one = new TestDevice(new() { Threads = 1, InstructionSet = set });
        using var three = new TestDevice(new() { Threads = 3, InstructionSet = set });
        Assert.Equal(Run(inputs, one), Run(inputs, three));
    }

    // Measured; small kernels have faster algorithms, few pixels do not pay for the transforms of many weights.
    [Theory]
    [InlineData(260, 128, 128, 7, true)]
    [InlineData(128, 128, 64, 5, true)]
    [InlineData(128, 128, 32, 7, true)]
    [InlineData(128, 128, 32, 5, false)]
    [InlineData(32, 32, 128, 5, false)]
    [InlineData(128, 128, 128, 3, false)]
    [InlineData(128, 128, 8, 7, false)]
    [InlineData(3, 3, 128, 5, false)]
    [InlineData(512, 512, 128, 7, false)]
    public void The_size_decides(int inputChannels, int outputChannels, int side, int kernel, bool expected) =>
        Assert.Equal(expected, FourierConvolution.Choose(Shape(inputChannels, outputChannels, side, kernel)));

    [Fact]
    public void Exact_devices_compute_by_definition()
    {
        var inputs = new ConvolutionInputs(Shape(64, 64, 64, 7), seed: 1);
        using var fast = new TestDevice();
        using var exact = new TestDevice(new() { Threads = 2, Exact = true });
        Assert.True(FourierConvolution.Choose(inputs.Shape));
        Assert.Equal(Run(inputs, fast), Dispatched(inputs, fast));
        Assert.Equal(inputs.Run((CpuAccelerator)exact.Accelerator, DirectConvolution.Forward, DirectConvolution.InputGradient, DirectConvolution.WeightGradient), Dispatched(inputs, exact));
    }

    [Fact]
    public void Other_kernels_are_refused()
    {
        ConvolutionShape shape = Shape(2, 3, 20, 9);
        Assert.True(FourierConvolution.IsApplicable(shape));
        using var device = new TestDevice();
        foreach (ConvolutionShape other in new[] { shape with { StrideX = 2 }, shape with { KernelHeight = 10 }, shape with { DilationY = 2 } })
        {
            Assert.False(FourierConvolution.IsApplicable(other));
            ArgumentException error = Assert.Throws<ArgumentException>(
                () => FourierConvolution.Forward((CpuAccelerator)device.Accelerator, other, default, default, default, default, default));
            Assert.Contains("kernels of at most 9 x 9", error.Message, StringComparison.Ordinal);
        }
    }

    private static IReadOnlyList<float[]> Run(ConvolutionInputs inputs, TestDevice device) => inputs.Run(
        (CpuAccelerator)device.Accelerator, FourierConvolution.Forward, FourierConvolution.InputGradient, FourierConvolution.WeightGradient);

    private static IReadOnlyList<float[]> Dispatched(ConvolutionInputs inputs, TestDevice device) => inputs.Run(
        (CpuAccelerator)device.Accelerator, ConvolutionKernels.Forward, ConvolutionKernels.InputGradient, ConvolutionKernels.WeightGradient);

    private static void RequireClose(ConvolutionInputs inputs, TestDevice device)
    {
        ConvolutionShape s = inputs.Shape;
        IReadOnlyList<float[]> actual = Run(inputs, device);
        (double[] y, double[] dx, double[] dw) = NaiveConvolution.AllPasses(inputs);
        double bias = inputs.Bias.Length == 0 ? 0 : 1, weight = Rms(inputs.Weight) * (inputs.Statistics.Length == 0 ? 1 : 2);
        RequireClose(y, actual[0], 1e-6 * (bias + (Rms(inputs.X) * weight * Math.Sqrt(s.Taps * s.InputChannels))), $"output of {s}");
        RequireClose(dx, actual[1], 1e-6 * Rms(inputs.OutputGradient) * weight * Math.Sqrt(s.Taps * s.OutputChannels), $"input gradient of {s}");
        RequireClose(dw, actual[2], 1e-6 * Size(inputs.X, inputs.OutputGradient, s.OutputPixels), $"weight gradient of {s}");
    }

    private static void RequireClose(double[] expected, float[] actual, double tolerance, string what)
    {
        double error = Rms([.. expected.Zip(actual, (e, a) => (float)(a - e))]);
        Assert.True(error <= tolerance, $"{what}: error {error:E2}, at most {tolerance:E2}.");
    }

    // Size of sums of products of independent numbers, whatever cancels in a small problem.
    private static double Size(float[] left, float[] right, double terms) => Rms(left) * Rms(right) * Math.Sqrt(terms);

    private static double Rms(float[] values) => Math.Sqrt(values.Average(value => (double)value * value));

    private static ConvolutionShape Shape(int inputs, int outputs, int side, int kernel) => new()
    {
        Batch = 1,
        InputHeight = side,
        InputWidth = side,
        InputChannels = inputs,
        OutputHeight = side,
        OutputWidth = side,
        OutputChannels = outputs,
        KernelHeight = kernel,
        KernelWidth = kernel,
        PadTop = kernel / 2,
        PadLeft = kernel / 2,
    };
}
