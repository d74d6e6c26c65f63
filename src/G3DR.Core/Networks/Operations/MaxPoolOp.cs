using G3DR.Core.Tensors;
using G3DR.Kernels.Pooling;

namespace G3DR.Core.Networks.Operations;

/// <summary>The largest element of each window; the gradient goes to the first of equal ones.</summary>
internal sealed class MaxPoolOp(string name, PoolingAxis rows, PoolingAxis columns) : FloatingPointOp
{
    public override string Name => name;

    protected override IReadOnlyList<Tensor> Forward<T>(OpContext context, IReadOnlyList<Tensor> inputs)
    {
        Tensor x = inputs[0];
        Shape shape = [x.Shape[0], rows.Outputs, columns.Outputs, x.Shape[3]];
        Tensor y = x.Like(shape, Name);
        // Numbers of elements of a window are exact in either type.
        Tensor? places = context.IsRecorded ? x.Like(shape, Name) : null;
        if (y.Length > 0)
        {
            MaxPoolingKernels.Forward(x.Accelerator, rows, columns, x.Shape[3], x.View<T>(), y.View<T>(), places is null ? default : places.View<T>());
        }

        if (places is not null)
        {
            context.Save(places);
        }

        return [y];
    }

    protected override IReadOnlyList<Tensor?> Backward<T>(OpContext context, IReadOnlyList<Tensor?> gradients)
    {
        Tensor places = context.Saved[0], g = gradients[0]!;
        Tensor dx = g.Like(context.InputShapes[0], Name);
        if (dx.Length > 0)
        {
            MaxPoolingKernels.Backward(g.Accelerator, rows, columns, g.Shape[3], places.View<T>(), g.View<T>(), dx.View<T>());
        }

        return [dx];
    }
}
