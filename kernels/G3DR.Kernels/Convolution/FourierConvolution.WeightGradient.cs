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
        FourierRows data = new(0, plan.Band, shape.InputChannels), gradients = new(0, plan.Band, shape.OutputChannels);
        var result = FourierResult.OfChannels(shape.InputChannels, shape.OutputChannels, width);
        using MemoryBuffer<float> dataMemory = device.Allocate<float>(plan.GroupFrequencies * data.FrequencyStep);
        using MemoryBuffer<float> gradientMemory = device.Allocate<float>(plan.GroupFrequencies * gradients.FrequencyStep);
        using MemoryBuffer<float> resultMemory = device.Allocate<float>(FourierTile.Frequencies * result.FrequencyStep);
        data = data with { Data = (nint)dataMemory.View.Pointer };
        gradients = gradients with { Data = (nint)gradientMemory.View.Pointer };
        TiledPicture input = plan.Input(shape, x.Pointer), gradient = plan.Output(shape, dy.Pointer);
        for (int first = 0; first < plan.Tiles; first += plan.Band)
        {
            int count = Math.Min(plan.Band, plan.Tiles - first);
            for (int group = 0; group < plan.Groups; group++)
            {
                FourierColumns columns = plan.Group(group);
                device.Launch(new FourierTiles(device, input, first, columns, data), count);
                device.Launch(new FourierTiles(device, gradient, first, columns, gradients), count);
                result = result with { Data = (nint)(resultMemory.View.Pointer + (columns.Start * result.FrequencyStep)) };
                device.Launch(
                    new FourierProducts(device, data, gradients, result, shape.InputChannels, count, overRows: true, accumulate: first > 0), columns.Count);
            }
        }

        int shards = Shards.Count(shape.OutputChannels, width) * Shards.Count(shape.InputChannels, FourierWeightTotals.Depth);
        result = result with { Data = (nint)resultMemory.View.Pointer };
        device.Launch(new FourierWeightTotals(device, TapConvolution.Forward(shape), result, dw.Pointer), shards);
    }
}
