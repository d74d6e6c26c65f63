using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Kernels.MatMul;

namespace G3DR.Kernels.Convolution;

/// <summary>
/// Convolutions of 3x3 kernels with stride 1 by Winograd's minimal filtering (Lavin and Gray, "Fast algorithms for convolutional neural networks", CVPR 2016), on
/// the processor's vectors in float32. Tiles of the input and the weights are transformed so that a few multiplications for each pair of channels make a whole
/// tile of outputs; these are matrix products over channels, one for each position of a transformed tile. Results depend on the sizes and the
/// instruction set only, not on the number of threads.
/// </summary>
public static unsafe partial class WinogradConvolution
{
    /// <summary>Whether the algorithm exists for a convolution: 3x3 kernel, stride, dilation and groups of one.</summary>
    /// <param name="shape">Sizes of the convolution.</param>
    public static bool IsApplicable(in ConvolutionShape shape) => shape is
    {
        KernelHeight: 3, KernelWidth: 3, StrideY: 1, StrideX: 1, DilationY: 1, DilationX: 1, Groups: 1
    };

    /// <summary>
    /// The tile that makes a pass fastest, or null where the direct convolution is. Measured: transforming a weight costs as much as the products of some
    /// hundred pixels save, which the gradient of the weights need not do, and transforming a pixel as much as those of some channels.
    /// </summary>
    /// <param name="shape">Sizes of the convolution.</param>
    /// <param name="pass">What is computed.</param>
    public static WinogradTile? Choose(in ConvolutionShape shape, ConvolutionPass pass)
    {
        const int LeastChannels = 16;
        int leastPixels = pass == ConvolutionPass.WeightGradient ? 256 : 128;
        const double WeightSmall = 300, WeightLarge = 400;
        long channels = (long)shape.InputChannels * shape.OutputChannels / Math.Max(1, shape.InputChannels + shape.OutputChannels);
        if (!IsApplicable(shape) || shape.OutputPixels < leastPixels || channels < LeastChannels)
        {
            return null;
        }

        // Products for each pair of channels; tiles that reach over the edge count whole, and transforms take some of what is saved. The gradient of the weights
        // transforms as many weights, but only once they are summed.
        WinogradPlan small = WinogradPlan.For(shape, WinogradTile.F2), large = WinogradPlan.For(shape, WinogradTile.F4);
        bool transforms = pass != ConvolutionPass.WeightGradient;
        double costSmall = (1.5 * small.Positions * small.Tiles) + (transforms ? WeightSmall : 0);
        double costLarge = (1.6 * large.Positions * large.Tiles) + (transforms ? WeightLarge : 0);
        double direct = 9.0 * shape.OutputPixels;
        if (costLarge < Math.Min(costSmall, direct))
        {
            return WinogradTile.F4;
        }

        return costSmall < direct ? WinogradTile.F2 : null;
    }

    /// <summary>y = activation(x * weight + bias) + residual.</summary>
    /// <param name="device">Where to run.</param>
    /// <param name="shape">Sizes of the convolution.</param>
    /// <param name="tile">Kind of tile.</param>
    /// <param name="x">Input.</param>
    /// <param name="weight">Weights.</param>
    /// <param name="bias">One number for each output channel, or empty.</param>
    /// <param name="statistics">Mean and reciprocal deviation of the weights of each output channel, which are standardised by them; or empty.</param>
    /// <param name="epilogue">What follows the convolution.</param>
    /// <param name="y">Output.</param>
    /// <exception cref="ArgumentException">The algorithm does not exist for the shape.</exception>
    public static void Forward(
        CpuAccelerator device,
        in ConvolutionShape shape,
        WinogradTile tile,
        ArrayView<float> x,
        ArrayView<float> weight,
        ArrayView<float> bias,
        ArrayView<float> statistics,
        Epilogue<float> epilogue,
        ArrayView<float> y)
    {
        RequireApplicable(shape);
        Run(device, shape, tile, x, WeightSource.Of(shape, weight, statistics, swapped: false), bias, epilogue, y);
    }

    /// <summary>y = x * weight + bias.</summary>
    /// <inheritdoc cref="Forward(CpuAccelerator, in ConvolutionShape, WinogradTile, ArrayView{float}, ArrayView{float}, ArrayView{float}, ArrayView{float}, Epilogue{float}, ArrayView{float})"/>
    public static void Forward(
        CpuAccelerator device,
        in ConvolutionShape shape,
        WinogradTile tile,
        ArrayView<float> x,
        ArrayView<float> weight,
        ArrayView<float> bias,
        ArrayView<float> statistics,
        ArrayView<float> y) => Forward(device, shape, tile, x, weight, bias, statistics, default, y);

    /// <summary>Gradient of the input.</summary>
    /// <param name="device">Where to run.</param>
    /// <param name="shape">Sizes of the convolution.</param>
    /// <param name="tile">Kind of tile.</param>
    /// <param name="dy">Gradient of the output.</param>
    /// <param name="weight">Weights.</param>
    /// <param name="statistics">Mean and reciprocal deviation of the weights of each output channel, which are standardised by them; or empty.</param>
    /// <param name="dx">Result.</param>
    /// <exception cref="ArgumentException">The algorithm does not exist for the shape.</exception>
    public static void InputGradient(
        CpuAccelerator device,
        in ConvolutionShape shape,
        WinogradTile tile,
        ArrayView<float> dy,
        ArrayView<float> weight,
        ArrayView<float> statistics,
        ArrayView<float> dx)
    {
        RequireApplicable(shape);
        Run(device, shape.Mirrored(), tile, dy, WeightSource.Of(shape, weight, statistics, swapped: true), default, default, dx);
    }

    private static void Run(
        CpuAccelerator device,
        in ConvolutionShape shape,
        WinogradTile tile,
        ArrayView<float> x,
        in WeightSource weights,
        ArrayView<float> bias,
        Epilogue<float> epilogue,
        ArrayView<float> y)
    {
        if (shape.OutputLength == 0)
        {
            return;
        }

        if (tile == WinogradTile.F2)
        {
            Run<WinogradF2.Data, WinogradF2.Weight, WinogradF2.Result>(device, shape, WinogradPlan.For(shape, tile), x, weights, bias, epilogue, y);
        }
        else
        {
            Run<WinogradF4.Data, WinogradF4.Weight, WinogradF4.Result>(device, shape, WinogradPlan.For(shape, tile), x, weights, bias, epilogue, y);
        }
    }

    private static void Run<TData, TWeight, TResult>(
        CpuAccelerator device,
        in ConvolutionShape shape,
        WinogradPlan plan,
        ArrayView<float> x,
        in WeightSource weights,
        ArrayView<float> bias,
        Epilogue<float> epilogue,
        ArrayView<float> y)
        where TData : struct, IWinogradTransform
        where TWeight : struct, IWinogradTransform
        where TResult : struct, IWinogradResult
    {
        int width = 2 * DirectConvolution.Lanes(device);
        TiledPicture input = plan.Input(shape, x.Pointer), output = plan.Output(shape, y.Pointer);
        float* offsets = bias.Length == 0 ? null : bias.Pointer;
        var end = RowEpilogue.Of(epilogue, y);
        if (WinogradOwned<TWeight, TResult>.IsSuited(shape, plan))
        {
            using MemoryBuffer<float> data = device.Allocate<float>((long)plan.Positions * plan.Tiles * WinogradPlan.RowStep(shape.InputChannels));
            float* transformed = data.View.Pointer;
            device.Launch(new WinogradTiles<TData>(device, plan, input, transformed), plan.Tiles);
            var owned = new WinogradOwned<TWeight, TResult>(device, plan, weights, transformed, shape.InputChannels, offsets, end, output);
            device.Launch(owned, Shards.Count(shape.OutputChannels, width));
            return;
        }

        using MemoryBuffer<float> panels = device.Allocate<float>(plan.Positions * WinogradPlan.PanelStep(width, shape.InputChannels, shape.OutputChannels));
        int shards = Shards.Count(shape.OutputChannels, width) * Shards.Count(shape.InputChannels, WinogradWeights<TWeight>.Depth);
        device.Launch(new WinogradWeights<TWeight>(weights, panels.View.Pointer), shards);
        device.Launch(new WinogradForward<TData, TResult>(device, plan, input, output, offsets, end, panels.View.Pointer), plan.Blocks);
    }

    private static void RequireApplicable(in ConvolutionShape shape)
    {
        if (!IsApplicable(shape))
        {
            throw new ArgumentException($"Winograd's algorithms are for 3x3 kernels with stride, dilation and groups of one, got {shape}.", nameof(shape));
        }
    }
}
