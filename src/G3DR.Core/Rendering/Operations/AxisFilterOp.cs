using System.Numerics;
using G3DR.Core.Tensors;
using G3DR.Kernels.Resampling;

namespace G3DR.Core.Rendering.Operations;

/// <summary>Applies a linear filter along one axis; the gradient is the transposed filter.</summary>
internal sealed class AxisFilterOp(AxisFilter filter, int axis) : FloatingPointOp
{
    public override string Name => "axis filter";

    protected override IReadOnlyList<Tensor> Forward<T>(OpContext context, IReadOnlyList<Tensor> inputs) => [Apply<T>(inputs[0], filter)];

    protected override IReadOnlyList<Tensor?> Backward<T>(OpContext context, IReadOnlyList<Tensor?> gradients) =>
        [Apply<T>(gradients[0]!, filter.Transpose())];

    private Tensor Apply<T>(Tensor input, AxisFilter map)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int[] sizes = input.Shape.ToArray();
        sizes[axis] = map.Outputs;
        Tensor output = input.Like(sizes, Name);
        AxisFilterKernel.Run(input.Accelerator, map, input.View<T>(), output.View<T>(), input.Shape.DenseStrides()[axis]);
        return output;
    }
}
