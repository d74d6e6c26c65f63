using G3DR.Compute;
using G3DR.Kernels.Convolution;

namespace G3DR.Kernels.Catalogue;

/// <summary>
/// A pass of a convolution: (pictures, height, width, input channels, output channels, kernel height, kernel width), then as far as they are not 1 the stride, the
/// dilation and the groups, then as far as they do not keep the size the paddings (top, left, bottom, right). Weights are standardised on the way, outputs begin at a bias.
/// </summary>
internal sealed class ConvolutionWorkload(ConvolutionPass pass) : KernelWorkload
{
    // Positions of the inputs of a case; those that a pass does not read are there too.
    private const int X = 0, Weight = 1, OutputGradient = 2, Bias = 3, Statistics = 4;

    private delegate void ForwardMethod<TDevice>(
        TDevice device,
        in ConvolutionShape shape,
        ArrayView<float> x,
        ArrayView<float> weight,
        ArrayView<float> bias,
        ArrayView<float> statistics,
        ArrayView<float> y);

    private delegate void InputGradientMethod<TDevice>(
        TDevice device, in ConvolutionShape shape, ArrayView<float> dy, ArrayView<float> weight, ArrayView<float> statistics, ArrayView<float> dx);

    private delegate void WeightGradientMethod<TDevice>(TDevice device, in ConvolutionShape shape, ArrayView<float> x, ArrayView<float> dy, ArrayView<float> dw);

    private delegate bool Existence(in ConvolutionShape shape);

    public override string Op => pass switch
    {
        ConvolutionPass.Forward => "conv2d",
        ConvolutionPass.InputGradient => "conv2d input gradient",
        _ => "conv2d weight gradient",
    };

    public override IReadOnlyList<KernelVariant> Variants =>
    [
        KernelVariant.Plain(RunPlain),
        KernelVariant.Simd("direct", Direct()),
        KernelVariant.Simd("winograd2", Winograd(WinogradTile.F2)),

        // Rounding errors of a tile of 36 products go into each of its sums, however few terms these have.
        KernelVariant.Simd("winograd4", Winograd(WinogradTile.F4)) with { ErrorFactor = 2 },
        KernelVariant.Simd("fourier", Fourier()),
        KernelVariant.Grouped(
            "tiled", With(ConvolutionTiles.Forward, ConvolutionTiles.InputGradient, ConvolutionTiles.WeightGradient, (in ConvolutionShape shape) => shape.Groups == 1)),
    ];

    // Kernels of 1, 3 and 7, strides, dilations, groups up to one channel each, paddings that differ, channels around vector and panel boundaries.
    public override IReadOnlyList<WorkloadSize> TestSizes { get; } =
    [
        new(1, 1, 1, 1, 1, 1, 1), new(1, 9, 7, 17, 33, 1, 1), new(2, 16, 17, 3, 17, 3, 3), new(1, 12, 12, 33, 17, 3, 3), new(1, 13, 11, 3, 5, 7, 7),
        new(2, 9, 10, 17, 3, 3, 3, 2), new(1, 11, 12, 3, 17, 3, 3, 1, 2), new(1, 8, 8, 6, 10, 3, 3, 1, 1, 2), new(2, 7, 9, 17, 17, 3, 3, 1, 1, 17),
        new(1, 8, 9, 3, 33, 3, 2, 2, 1, 1, 2, 0, 1, 3), new(1, 4, 4, 64, 80, 3, 3), new(1, 15, 15, 1, 1, 4, 4, 4, 1, 1, 0, 0, 0, 0),

        // Single channels with a stride, results of two channels, and so many channels for few tiles that shards own panels of transformed weights.
        new(2, 9, 11, 35, 35, 3, 3, 2, 1, 35), new(1, 7, 9, 37, 2, 3, 3), new(1, 9, 9, 133, 131, 3, 3),
    ];

    // Groups of items take convolutions of one group of channels: one tile and several, whole and cut sums.
    public override IReadOnlyList<WorkloadSize> EmulatorSizes { get; } =
    [
        new(1, 1, 1, 1, 1, 1, 1), new(2, 3, 4, 3, 5, 3, 3), new(1, 6, 11, 3, 2, 3, 3), new(1, 3, 3, 5, 66, 1, 1), new(1, 5, 5, 2, 3, 3, 3, 2, 1, 1, 0, 2, 1, 1),
        new(1, 3, 3, 3, 3, 2, 3, 1, 2), new(1, 2, 2, 66, 66, 3, 3), new(1, 18, 32, 1, 1, 1, 1),
    ];

    public override IReadOnlyList<WorkloadSize> BenchSizes { get; } =
    [
        new(1, 128, 128, 128, 128, 3, 3), new(1, 64, 64, 256, 256, 3, 3), new(1, 16, 16, 512, 512, 3, 3), new(1, 128, 128, 260, 128, 7, 7),
        new(1, 128, 128, 128, 384, 1, 1),
    ];

    // As for matrix products; standardised weights are up to 2.25 times as large as the operands there.
    public override double Tolerance(WorkloadSize size)
    {
        ConvolutionShape shape = ShapeOf(size);
        long terms = pass switch
        {
            ConvolutionPass.Forward => (long)shape.Taps * shape.GroupInputChannels,
            ConvolutionPass.InputGradient => (long)shape.Taps * shape.GroupOutputChannels,
            _ => shape.OutputPixels,
        };
        return 1.35e-7 * Math.Max(8, terms);
    }

    public override double Flops(WorkloadSize size) => ShapeOf(size).Flops;

    public override double Bytes(WorkloadSize size)
    {
        ConvolutionShape shape = ShapeOf(size);
        return sizeof(float) * (double)(shape.InputLength + shape.WeightLength + shape.OutputLength);
    }

    public override KernelCase Prepare(Accelerator device, WorkloadSize size, ulong seed)
    {
        ConvolutionShape shape = ShapeOf(size);
        float[] statistics = KernelCase.Draw(2L * shape.OutputChannels, (0.5, 1.5), seed, 4);
        for (int channel = 0; channel < shape.OutputChannels; channel++)
        {
            statistics[2 * channel] -= 1f;
        }

        return new(
            device,
            size,
            [
                KernelCase.Draw(shape.InputLength, (-1, 1), seed, 0),
                KernelCase.Draw(shape.WeightLength, (-1, 1), seed, 1),
                KernelCase.Draw(shape.OutputLength, (-1, 1), seed, 2),
                KernelCase.Draw(shape.OutputChannels, (-1, 1), seed, 3),
                statistics,
            ],
            pass switch
            {
                ConvolutionPass.Forward => shape.OutputLength,
                ConvolutionPass.InputGradient => shape.InputLength,
                _ => shape.WeightLength,
            });
    }

    public override IReadOnlyList<double[]> Reference(KernelCase prepared)
    {
        ConvolutionShape shape = ShapeOf(prepared.Size);
        var reference = new ConvolutionReference(shape, prepared.Inputs[Weight], prepared.Inputs[Statistics]);
        return
        [
            pass switch
            {
                ConvolutionPass.Forward => reference.Forward(prepared.Inputs[X], prepared.Inputs[Bias]),
                ConvolutionPass.InputGradient => reference.InputGradient(prepared.Inputs[OutputGradient]),
                _ => reference.WeightGradient(prepared.Inputs[X], prepared.Inputs[OutputGradient]),
            },
        ];
    }

    private static ConvolutionShape ShapeOf(WorkloadSize size)
    {
        int[] axes = size.Axes;
        int stride = Axis(7, 1), dilation = Axis(8, 1), reachY = (axes[5] - 1) * dilation, reachX = (axes[6] - 1) * dilation;
        int top = Axis(10, reachY / 2), left = Axis(11, reachX / 2), bottom = Axis(12, reachY - top), right = Axis(13, reachX - left);
        return new()
        {
            Batch = axes[0],
            InputHeight = axes[1],
            InputWidth = axes[2],
            InputChannels = axes[3],
            OutputHeight = ((axes[1] + top + bottom - reachY - 1) / stride) + 1,
            OutputWidth = ((axes[2] + left + right - reachX - 1) / stride) + 1,
            OutputChannels = axes[4],
            KernelHeight = axes[5],
            KernelWidth = axes[6],
            StrideY = stride,
            StrideX = stride,
            DilationY = dilation,
            DilationX = dilation,
            PadTop = top,
            PadLeft = left,
            Groups = Axis(9, 1),
        };

        int Axis(int axis, int otherwise) => axis < axes.Length ? axes[axis] : otherwise;
    }

    private Action<KernelCase> Direct() => OnProcessor(DirectConvolution.Forward, DirectConvolution.InputGradient, DirectConvolution.WeightGradient);

    private Action<KernelCase> Fourier() => OnProcessor(
        FourierConvolution.Forward, FourierConvolution.InputGradient, FourierConvolution.WeightGradient, FourierConvolution.IsApplicable, Direct());

    private Action<KernelCase> OnProcessor(
        ForwardMethod<CpuAccelerator> forward,
        InputGradientMethod<CpuAccelerator> inputGradient,
        WeightGradientMethod<CpuAccelerator> weightGradient,
        Existence? exists = null,
        Action<KernelCase>? otherwise = null) => With(
        (Accelerator device, in ConvolutionShape shape, ArrayView<float> x, ArrayView<float> w, ArrayView<float> bias, ArrayView<float> statistics, ArrayView<float> y) =>
            forward(Shards.RequireCpu(device), shape, x, w, bias, statistics, y),
        (Accelerator device, in ConvolutionShape shape, ArrayView<float> dy, ArrayView<float> w, ArrayView<float> statistics, ArrayView<float> dx) =>
            inputGradient(Shards.RequireCpu(device), shape, dy, w, statistics, dx),
        (Accelerator device, in ConvolutionShape shape, ArrayView<float> x, ArrayView<float> dy, ArrayView<float> dw) =>
            weightGradient(Shards.RequireCpu(device), shape, x, dy, dw),
        exists,
        otherwise);

    private Action<KernelCase> Winograd(WinogradTile tile) => OnProcessor(
        (CpuAccelerator device, in ConvolutionShape shape, ArrayView<float> x, ArrayView<float> w, ArrayView<float> bias, ArrayView<float> statistics, ArrayView<float> y) =>
            WinogradConvolution.Forward(device, shape, tile, x, w, bias, statistics, y),
        (CpuAccelerator device, in ConvolutionShape shape, ArrayView<float> dy, ArrayView<float> w, ArrayView<float> statistics, ArrayView<float> dx) =>
            WinogradConvolution.InputGradient(device, shape, tile, dy, w, statistics, dx),
        (CpuAccelerator device, in ConvolutionShape shape, ArrayView<float> x, ArrayView<float> dy, ArrayView<float> dw) =>
            WinogradConvolution.WeightGradient(device, shape, tile, x, dy, dw),
        WinogradConvolution.IsApplicable,
        Direct());

    private void RunPlain(KernelCase prepared) =>
        With(ConvolutionKernels.RunPlainForward, ConvolutionKernels.RunPlainInputGradient, ConvolutionKernels.RunPlainWeightGradient)(prepared);

    // Runs the pass by one of three methods, or otherwise (by plain kernels) for sizes that these do not exist for.
    private Action<KernelCase> With(
        ForwardMethod<Accelerator> forward,
        InputGradientMethod<Accelerator> inputGradient,
        WeightGradientMethod<Accelerator> weightGradient,
        Existence? exists = null,
        Action<KernelCase>? otherwise = null) => c =>
    {
        ConvolutionShape shape = ShapeOf(c.Size);
        if (exists?.Invoke(shape) == false)
        {
            (otherwise ?? RunPlain)(c);
            return;
        }

        switch (pass)
        {
            case ConvolutionPass.Forward:
                forward(c.Device, shape, c.Input(X), c.Input(Weight), c.Input(Bias), c.Input(Statistics), c.Output(0));
                break;
            case ConvolutionPass.InputGradient:
                inputGradient(c.Device, shape, c.Input(OutputGradient), c.Input(Weight), c.Input(Statistics), c.Output(0));
                break;
            default:
                weightGradient(c.Device, shape, c.Input(X), c.Input(OutputGradient), c.Output(0));
                break;
        }
    };
}
