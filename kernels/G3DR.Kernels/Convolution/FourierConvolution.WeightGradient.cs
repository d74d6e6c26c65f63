using G3DR.Compute;
using G3DR.Compute.Memory;

namespace G3DR.Kernels.Convolution;

/// <content>The gradient of the weights.</content>
public static unsafe partial class FourierConvolution
{
    /// <summary>Gradient of the weights (with respect to the weights in use, where they are standardised).</summary>
    /// <param name="device">Where to run.</param>
    /// <param name="shape">Sizes of the convolution.</param>
    /// <param name="x">Input.</param>
    /// <param name="dy">Gradient of the output.</param>
    /// <param name="dw">Result.</param>
    /// <exception cref="ArgumentException">The algorithm does not exist for the shape.</exception>
    public static void WeightGradient(CpuAccelerator device, in ConvolutionShape shape, ArrayView<float> x, ArrayView<float> dy, ArrayView<float> dw)
    {
        RequireApplicable(shape);
        if (shape.WeightLength == 0 || shape.OutputPixels == 0)
        {
            device.Clear(dw);
            return;
        }

        var plan = FourierPlan.ForWeights(shape);
        int width = 2 * DirectConvolution.Lanes(device);
        var sizes = FourierProduct.OfChannels(shape.InputChannels, shape.OutputChannels, plan.Band, width);
        var panels = new FourierPanels(0, plan.Band, shape.OutputChannels, width);
        using MemoryBuffer<float> data = device.Allocate<float>(plan.GroupFrequencies * sizes.FrequencyStep);
        using MemoryBuffer<float> packed = device.Allocate<float>(plan.GroupFrequencies * panels.FrequencyStep);
        using MemoryBuffer<float> products = device.Allocate<float>(FourierTile.Frequencies * sizes.ResultFrequencyStep);
        TiledPicture input = plan.Input(shape, x.Pointer), gradient = plan.Output(shape, dy.Pointer);
        for (int first = 0; first < plan.Tiles; first += plan.Band)
        {
            int count = Math.Min(plan.Band, plan.Tiles - first);
            panels = panels with { Data = (nint)packed.View.Pointer, Depth = count };
            for (int group = 0; group < plan.Groups; group++)
            {
                FourierColumns columns = plan.Group(group);
                device.Launch(new FourierInputs(input, first, columns, data.View.Pointer, sizes.FrequencyStep), count);
                device.Launch(new FourierGradients(gradient, first, columns, panels), count);
                float* result = products.View.Pointer + (columns.Start * sizes.ResultFrequencyStep);
                device.Launch(new FourierProducts(sizes, data.View.Pointer, panels, result, accumulate: first > 0), columns.Count);
            }
        }

        int shards = panels.Panels * Shards.Count(shape.InputChannels, FourierWeightTotals.Depth);
        device.Launch(new FourierWeightTotals(device, TapConvolution.Forward(shape), sizes, products.View.Pointer, dw.Pointer), shards);
    }
}
