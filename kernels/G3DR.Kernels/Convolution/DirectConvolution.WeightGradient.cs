using G3DR.Compute;
using G3DR.Compute.Memory;

namespace G3DR.Kernels.Convolution;

/// <content>The gradient of the weights.</content>
public static partial class DirectConvolution
{
    /// <summary>dw = gradient of the weights (with respect to the weights in use, where they are standardised).</summary>
    /// <param name="cpu">Where to run.</param>
    /// <param name="shape">Sizes of the forward pass.</param>
    /// <param name="x">Input of the forward pass.</param>
    /// <param name="dy">Gradient of the output.</param>
    /// <param name="dw">Gradient of the weights, in their layout.</param>
    public static unsafe void WeightGradient(
        CpuAccelerator cpu, in ConvolutionShape shape, ArrayView<float> x, ArrayView<float> dy, ArrayView<float> dw)
    {
        if (shape.WeightLength == 0 || shape.OutputPixels == 0)
        {
            cpu.Clear(dw);
            return;
        }

        var plan = new WeightGradientPlan(TapConvolution.Forward(shape).Flattened(), 2 * Lanes(cpu));
        using MemoryBuffer<float> copy = cpu.Allocate<float>(plan.Tiles.WholeCopyLength), sums = cpu.Allocate<float>(plan.SumsLength);
        fixed (long* tapOffsets = plan.Tiles.InputOffsets(), rowOffsets = plan.RowOffsets())
        {
            var input = new DirectInput(plan.Tiles, x.Pointer, copy.View.Pointer);
            cpu.Launch(input, input.CopyShards);
            var operands = new WeightGradientOperands(plan, input, dy.Pointer, dw.Pointer, tapOffsets, rowOffsets);
            if (plan.Tiles.OwnsPanels)
            {
                cpu.Launch(new OwnedWeightGradient(cpu, operands), shape.Groups * plan.Panels);
                return;
            }

            cpu.Launch(new WeightGradientSums(cpu, operands, sums.View.Pointer), shape.Groups * plan.Parts);
            cpu.Launch(new WeightGradientTotals(cpu, operands, sums.View.Pointer), shape.Groups * plan.Panels);
        }
    }
}
