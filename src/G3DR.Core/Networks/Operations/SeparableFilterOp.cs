using System.Numerics;
using G3DR.Core.Tensors;
using G3DR.Kernels.Resampling;

namespace G3DR.Core.Networks.Operations;

/// <summary>A filter along the rows' and one along the columns' axis of pictures: resizing and averaging. The gradient goes through the adjoint filters.</summary>
internal sealed class SeparableFilterOp(string name, IAxisRule rows, IAxisRule columns) : FloatingPointOp
{
    public override string Name => name;

    protected override IReadOnlyList<Tensor> Forward<T>(OpContext context, IReadOnlyList<Tensor> inputs) => [Filter<T>(inputs[0], adjoint: false)];

    protected override IReadOnlyList<Tensor?> Backward<T>(OpContext context, IReadOnlyList<Tensor?> gradients) => [Filter<T>(gradients[0]!, adjoint: true)];

    private Tensor Filter<T>(Tensor x, bool adjoint)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        AxisFilterCache filters = x.Accelerator.State<AxisFilterCache>();
        AxisFilter down = filters.Get(rows, adjoint), along = filters.Get(columns, adjoint);
        Tensor y = x.Like([x.Shape[0], down.Outputs, along.Outputs, x.Shape[3]], Name);
        if (y.Length > 0)
        {
            ResizeKernels.Run(x.Accelerator, down, along, x.Shape[3], x.View<T>(), y.View<T>());
        }

        return y;
    }
}
