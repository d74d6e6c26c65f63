using FsCheck;
using FsCheck.Fluent;
using G3DR.Compute;
using G3DR.Kernels.Convolution;
using G3DR.Tests.Support;

namespace G3DR.Tests.Convolution;

public class WinogradTests
{
    public static TheoryData<InstructionSet, WinogradTile> Variants
    {
        get
        {
            TheoryData<InstructionSet, WinogradTile> data = [];
            foreach (InstructionSet set in InstructionSets.Supported)
            {
                data.Add(set, WinogradTile.F2);
                data.Add(set, WinogradTile.F4);
            }

            return data;
        }
    }

    // Any padding and output size, tiles over the edge on all sides, channels that fill no vector or panel.
    private static Gen<WinogradProblem> Problems =>
        from batch in Gen.Choose(1, 2)
        from height in Gen.Choose(1, 13)
        from width in Gen.Choose(1, 13)
        from inputs in Gen.Choose(1, 40)
        from outputs in Gen.Choose(1, 40)
        from padTop in Gen.Choose(0, 3)
        from padLeft in Gen.Choose(0, 3)
        from outputHeight in Gen.Choose(1, height + 3)
        from outputWidth in Gen.Choose(1, width + 3)
        from options in Gen.Choose(0, 3)
        from seed in Gen.Choose(0, int.MaxValue)
        let padded = Pad(Shape(inputs, outputs, height, width), batch, padTop, padLeft, outputHeight, outputWidth)
        select new WinogradProblem(padded, seed, bias: (options & 1) != 0, standardized: (options & 2) != 0);

    [Theory]
    [MemberData(nameof(Variants))]
    public void Random_shapes_agree_with_the_definition(InstructionSet set, WinogradTile tile)
    {
        using var device = new TestDevice(new() { Threads = 2, InstructionSet = set });
        Prop.ForAll(Problems.ToArbitrary(), problem =>
        {
            RequireClose(problem.Forward(), problem.Forward(device, tile), 3e-6 * problem.ForwardSize, $"forward of {problem}");
            RequireClose(problem.InputGradient(), problem.InputGradient(device, tile), 3e-6 * problem.InputGradientSize, $"input gradient of {problem}");
            RequireClose(problem.WeightGradient(), problem.WeightGradient(device, tile), 3e-6 * problem.WeightGradientSize, $"weight gradient of {problem}");
        }).QuickCheckThrowOnFailure();
    }

    // Those of the transforms, and those of the sums, which grow as the root of the number of channels; the direct convolution has about 9e-8 for each root.
    [Theory]
    [InlineData(WinogradTile.F2, 16)]
    [InlineData(WinogradTile.F2, 128)]
    [InlineData(WinogradTile.F2, 512)]
    [InlineData(WinogradTile.F4, 16)]
    [InlineData(WinogradTile.F4, 128)]
    [InlineData(WinogradTile.F4, 512)]
    public void Rounding_errors_stay_below_their_bound(WinogradTile tile, int channels)
    {
        using var device = new TestDevice();
        var problem = new WinogradProblem(Shape(channels, 16, 12, 12), seed: channels, bias: false, standardized: false);
        double bound = tile == WinogradTile.F2 ? 2e-7 + (4e-8 * Math.Sqrt(channels)) : 4e-7 + (9e-8 * Math.Sqrt(channels));
        RequireClose(problem.Forward(), problem.Forward(device, tile), bound * problem.ForwardSize, "forward");
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void The_number_of_threads_changes_no_bit(InstructionSet set, WinogradTile tile)
    {
        var problem = new WinogradProblem(Shape(37, 43, 30, 26), seed: 5);
        using var one = new TestDevice(new() { Threads = 1, InstructionSet = set });
        using var three = new TestDevice(new() { Threads = 3, InstructionSet = set });
        Assert.Equal(problem.Forward(one, tile), problem.Forward(three, tile));
        Assert.Equal(problem.InputGradient(one, tile), problem.InputGradient(three, tile));
        Assert.Equal(problem.WeightGradient(one, tile), problem.WeightGradient(three, tile));
    }

    // More channels than a block has on both sides, and several blocks of tiles.
    [Theory]
    [MemberData(nameof(Variants))]
    public void Weight_gradients_of_many_channels_agree_with_the_definition(InstructionSet set, WinogradTile tile)
    {
        using var device = new TestDevice(new() { Threads = 2, InstructionSet = set });
        var problem = new WinogradProblem(Shape(150, 139, 23, 18), seed: 8);
        RequireClose(problem.WeightGradient(), problem.WeightGradient(device, tile), 3e-6 * problem.WeightGradientSize, "weight gradient");
    }

    // Measured: the weights' transforms pay from some 14 x 14 pixels, and the gradient of the weights needs none.
    [Theory]
    [InlineData(128, 128, ConvolutionPass.Forward, WinogradTile.F4)]
    [InlineData(32, 512, ConvolutionPass.Forward, WinogradTile.F4)]
    [InlineData(32, 512, ConvolutionPass.WeightGradient, WinogradTile.F4)]
    [InlineData(16, 512, ConvolutionPass.InputGradient, WinogradTile.F4)]
    [InlineData(8, 512, ConvolutionPass.Forward, null)]
    [InlineData(16, 512, ConvolutionPass.WeightGradient, WinogradTile.F4)]
    [InlineData(128, 3, ConvolutionPass.Forward, null)]
    public void The_size_decides(int side, int channels, ConvolutionPass pass, WinogradTile? expected) =>
        Assert.Equal(expected, WinogradConvolution.Choose(Shape(channels, channels, side, side), pass));

    [Fact]
    public void Narrow_outputs_take_small_tiles_and_other_kernels_none()
    {
        ConvolutionShape shape = Shape(64, 64, 2, 1024);
        Assert.Equal(WinogradTile.F2, WinogradConvolution.Choose(shape, ConvolutionPass.Forward));
        Assert.Null(WinogradConvolution.Choose(shape with { StrideX = 2 }, ConvolutionPass.Forward));
    }

    [Fact]
    public void Other_kernels_are_refused()
    {
        ConvolutionShape shape = Shape(2, 3, 6, 6);
        Assert.True(WinogradConvolution.IsApplicable(shape));
        foreach (ConvolutionShape other in new[] { shape with { StrideX = 2 }, shape with { KernelHeight = 1 }, shape with { DilationY = 2 } })
        {
            Assert.False(WinogradConvolution.IsApplicable(other));
            using var device = new TestDevice();
            var cpu = (CpuAccelerator)device.Accelerator;
            ArgumentException error = Assert.Throws<ArgumentException>(
                () => WinogradConvolution.Forward(cpu, other, WinogradTile.F2, default, default, default, default, default));
            Assert.Contains("3x3 kernels with stride", error.Message, StringComparison.Ordinal);
        }
    }

    private static ConvolutionShape Shape(int inputs, int outputs, int height, int width) => new()
    {
        Batch = 1,
        InputHeight = height,
        InputWidth = width,
        InputChannels = inputs,
        OutputHeight = height,
        OutputWidth = width,
        OutputChannels = outputs,
        KernelHeight = 3,
        KernelWidth = 3,
        PadTop = 1,
        PadLeft = 1,
    };

    private static ConvolutionShape Pad(ConvolutionShape shape, int batch, int top, int left, int outputHeight, int outputWidth) =>
        shape with { Batch = batch, PadTop = top, PadLeft = left, OutputHeight = outputHeight, OutputWidth = outputWidth };

    private static void RequireClose(double[] expected, float[] actual, double tolerance, string what)
    {
        double error = WinogradProblem.Error(expected, actual);
        Assert.True(error <= tolerance, $"{what}: error {error:E2}, at most {tolerance:E2}.");
    }
}
