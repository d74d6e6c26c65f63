using G3DR.Compute;
using G3DR.Compute.Memory;

namespace G3DR.Kernels.Convolution;

/// <content>The gradient of the weights.</content>
public static unsafe partial class WinogradConvolution
{
    /// <summary>Gradient of the weights (with respect to the weights in use, where they are standardised).</summary>
    /// <param name="device">Where to run.</param>
    /// <param name="shape">Sizes of the convolution.</param>
    /// <param name="tile">Kind of tile.</param>
    /// <param name="x">Input.</param>
    /// <param name="dy">Gradient of the output.</param>
    /// <param name="dw">Result.</param>
    /// <exception cref="ArgumentException">The algorithm does not exist for the shape.</exception>
    public static void WeightGradient(
        CpuAccelerator device, in ConvolutionShape shape, WinogradTile tile, ArrayView<float> x, ArrayView<float> dy, ArrayView<float> dw)
    {
        RequireApplicable(shape);
        if (shape.WeightLength == 0 || shape.OutputPixels == 0)
        {
            device.Clear(dw);
        }
        else if (tile == WinogradTile.F2)
        {
            WeightGradient<WinogradF2.Data, WinogradF2.ResultAdjoint, WinogradF2.WeightAdjoint>(device, shape, tile, x, dy, dw);
        }
        else
        {
            WeightGradient<WinogradF4.Data, WinogradF4.ResultAdjoint, WinogradF4.WeightAdjoint>(device, shape, tile, x, dy, dw);
        }
    }

    private static void WeightGradient<TData, TResultAdjoint, TWeightAdjoint>(
        CpuAccelerator device, in ConvolutionShape shape, WinogradTile tile, ArrayView<float> x, ArrayView<float> dy, ArrayView<float> dw)
        where TData : struct, IWinogradTransform
        where TResultAdjoint : struct, IWinogradTransform
        where TWeightAdjoint : struct, IWinogradTransform
    {
        var plan = WinogradWeightGradientPlan.For(shape, tile);
        int width = 2 * DirectConvolution.Lanes(device), panels = Shards.Count(shape.OutputChannels, width);
        using MemoryBuffer<float> sums = device.Allocate<float>(9L * plan.Parts * panels * shape.InputChannels * width);
        TiledPicture input = plan.Tiles.Input(shape, x.Pointer), gradient = plan.Tiles.Output(shape, dy.Pointer);
        device.Launch(
            new WinogradWeightGradient<TData, TResultAdjoint, TWeightAdjoint>(device, plan, input, gradient, sums.View.Pointer), plan.ShardCount);
        device.Launch(new WinogradWeightTotals(device, TapConvolution.Forward(shape), plan.Parts, sums.View.Pointer, dw.Pointer), panels);
    }
}
