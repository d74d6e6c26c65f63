using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Kernels.MatMul;

namespace G3DR.Kernels.Convolution;

/// <content>The passes of a convolution.</content>
public static partial class ConvolutionTiles
{
    // Narrower products leave most of a tile empty, shorter ones most of a slice.
    private const int Narrow = 4, Short = 8;

    /// <summary>Weights in the order of the gathered matrix, standardised.</summary>
    /// <param name="i">Element of the packed weights.</param>
    /// <param name="weight">Weights.</param>
    /// <param name="statistics">Mean and scale for each output channel, or empty.</param>
    /// <param name="packed">(taps, input channels, output channels), or (taps, output channels, input channels) for the input's gradient.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="ofInput">Whether the result is the input's gradient.</param>
    [Kernel]
    public static void PackWeights(
        Index1D i, ArrayView<float> weight, ArrayView<float> statistics, ArrayView<float> packed, ConvolutionShape shape, bool ofInput)
    {
        int columns = ofInput ? shape.InputChannels : shape.OutputChannels, rows = ofInput ? shape.OutputChannels : shape.InputChannels;
        int column = i.X % columns, row = i.X / columns % rows, tap = i.X / columns / rows;
        int output = ofInput ? row : column, input = ofInput ? column : row;
        float value = weight[((((long)output * shape.InputChannels) + input) * shape.Taps) + tap];
        packed[i] = statistics.Length == 0 ? value : (value - statistics[2L * output]) * statistics[(2L * output) + 1];
    }

    /// <summary>Adds the parts of cut sums in order and puts them where the checkpoint has them.</summary>
    /// <param name="i">Element of <paramref name="dw"/>.</param>
    /// <param name="partials">Parts (parts, output channels, taps, input channels).</param>
    /// <param name="dw">Gradient of the weights.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="parts">Number of parts.</param>
    [Kernel]
    public static void AddWeightParts(Index1D i, ArrayView<float> partials, ArrayView<float> dw, ConvolutionShape shape, int parts)
    {
        int tap = i.X % shape.Taps, pair = i.X / shape.Taps;
        long from = ((((long)(pair / shape.InputChannels) * shape.Taps) + tap) * shape.InputChannels) + (pair % shape.InputChannels);
        float sum = partials[from];
        for (int part = 1; part < parts; part++)
        {
            sum += partials[(part * dw.Length) + from];
        }

        dw[i] = sum;
    }

    /// <summary>Whether tiles are worth their while.</summary>
    /// <param name="device">Where to run.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="pass">What is computed.</param>
    public static bool IsSuited(Accelerator device, in ConvolutionShape shape, ConvolutionPass pass)
    {
        if (device is CpuAccelerator || shape.Groups != 1)
        {
            return false;
        }

        MatMulShape product = Product(shape, pass);
        return product.N > Narrow && product.K > Short && product.M > Narrow;
    }

    /// <summary>y = conv(x, weight) + bias, of one group; see <see cref="ConvolutionKernels"/>.</summary>
    public static void Forward(
        Accelerator device,
        in ConvolutionShape shape,
        ArrayView<float> x,
        ArrayView<float> weight,
        ArrayView<float> bias,
        ArrayView<float> statistics,
        ArrayView<float> y) => RunPixels(device, shape, ConvolutionPass.Forward, x, weight, bias, statistics, y);

    /// <summary>dx, of one group; see <see cref="ConvolutionKernels.InputGradient"/>.</summary>
    public static void InputGradient(
        Accelerator device, in ConvolutionShape shape, ArrayView<float> dy, ArrayView<float> weight, ArrayView<float> statistics, ArrayView<float> dx) =>
        RunPixels(device, shape, ConvolutionPass.InputGradient, dy, weight, default, statistics, dx);

    /// <summary>dw, of one group; see <see cref="ConvolutionKernels.WeightGradient"/>.</summary>
    public static void WeightGradient(Accelerator device, in ConvolutionShape shape, ArrayView<float> x, ArrayView<float> dy, ArrayView<float> dw)
    {
        RequireOneGroup(shape);
        MatMulShape product = Product(shape, ConvolutionPass.WeightGradient);
        var plan = MatMulPlan.ForTiles(product, 1);
        using MemoryBuffer<float> partials = device.Allocate<float>(dw.Length * plan.Parts);
        device.LaunchGroups(
            ComputeWeights,
            new Index3D(plan.Groups, plan.Parts, 1),
            x,
            dy,
            partials.View,
            PictureGather.OfInput(shape),
            product.M,
            product.N,
            product.K,
            plan.Depth);
        device.Launch(AddWeightParts, Shards.PlainExtent(dw.Length), partials.View, dw, shape, plan.Parts);
    }

    private static void RunPixels(
        Accelerator device,
        in ConvolutionShape shape,
        ConvolutionPass pass,
        ArrayView<float> source,
        ArrayView<float> weight,
        ArrayView<float> bias,
        ArrayView<float> statistics,
        ArrayView<float> result)
    {
        RequireOneGroup(shape);
        bool ofInput = pass == ConvolutionPass.InputGradient;
        MatMulShape product = Product(shape, pass);
        var plan = MatMulPlan.ForTiles(product, 1);
        using MemoryBuffer<float> packed = device.Allocate<float>(weight.Length);
        using MemoryBuffer<float>? partials = plan.Parts > 1 ? device.Allocate<float>(result.Length * plan.Parts) : null;
        device.Launch(PackWeights, Shards.PlainExtent(weight.Length), weight, statistics, packed.View, shape, ofInput);
        device.LaunchGroups(
            ComputePixels,
            new Index3D(plan.Groups, plan.Parts, 1),
            source,
            packed.View,
            bias,
            partials?.View ?? result,
            ofInput ? PictureGather.OfOutput(shape) : PictureGather.OfInput(shape),
            product.M,
            product.N,
            product.K,
            plan.Depth);
        if (partials is not null)
        {
            device.Launch(MatMulKernels.AddParts, Shards.PlainExtent(result.Length), partials.View, result, plan.Parts);
        }
    }

    // The matrix product that a pass of a convolution of one group is.
    private static MatMulShape Product(in ConvolutionShape shape, ConvolutionPass pass) => pass switch
    {
        ConvolutionPass.Forward => new(checked((int)shape.OutputPixels), shape.OutputChannels, checked(shape.Taps * shape.InputChannels)),
        ConvolutionPass.InputGradient => new(
            checked(shape.Batch * shape.InputHeight * shape.InputWidth), shape.InputChannels, checked(shape.Taps * shape.OutputChannels)),
        _ => new(shape.OutputChannels, checked(shape.Taps * shape.InputChannels), checked((int)shape.OutputPixels)),
    };

    private static void RequireOneGroup(in ConvolutionShape shape)
    {
        if (shape.Groups != 1)
        {
            throw new ArgumentException($"Tiles compute convolutions of one group, this one has {shape.Groups}.");
        }
    }
}
