using G3DR.Compute;
using G3DR.Core.Tensors;
using G3DR.Kernels.Attention;

namespace G3DR.Core.Networks.Operations;

/// <summary>Scaled dot-product attention of queries, keys and values, as three tensors or one packed tensor, and a mask if there is one.</summary>
internal sealed class AttentionOp(AttentionShape shape, double scale, bool packed, bool masked) : FloatingPointOp
{
    private int Operands => packed ? 1 : 3;

    public override string Name => "attention";

    public override bool InputHasGradient(int input) => input < Operands;

    protected override IReadOnlyList<Tensor> Forward<T>(OpContext context, IReadOnlyList<Tensor> inputs)
    {
        Tensor y = inputs[0].Like([shape.Batch, shape.Rows, shape.ResultStep], Name);
        Tensor logSum = inputs[0].Like([shape.Batch, shape.Heads, shape.Rows], Name);
        AttentionKernels.Forward(context.Accelerator, shape, scale, Inputs<T>(inputs), new(y.View<T>(), logSum.View<T>()));
        context.Save([.. inputs, y, logSum]);
        return [y];
    }

    protected override IReadOnlyList<Tensor?> Backward<T>(OpContext context, IReadOnlyList<Tensor?> gradients)
    {
        IReadOnlyList<Tensor> saved = context.Saved;
        Tensor[] results = [.. saved.Take(Operands).Select(input => input.Like(input.Shape, Name))];
        ArrayView<T>[] views = Views<T>(results);
        AttentionKernels.Backward(
            context.Accelerator,
            shape,
            scale,
            Inputs<T>(saved),
            new(saved[^2].View<T>(), saved[^1].View<T>()),
            gradients[0]!.View<T>(),
            new AttentionGradients<T>(views[0], views[1], views[2]));
        if (masked)
        {
            return [.. results, null];
        }

        return results;
    }

    private AttentionInputs<T> Inputs<T>(IReadOnlyList<Tensor> tensors)
        where T : unmanaged
    {
        ArrayView<T>[] views = Views<T>(tensors);
        return new(views[0], views[1], views[2], masked ? tensors[Operands].View<T>() : default);
    }

    private ArrayView<T>[] Views<T>(IReadOnlyList<Tensor> tensors)
        where T : unmanaged
    {
        ArrayView<T> first = tensors[0].View<T>();
        int channels = shape.Heads * shape.Depth;
        return packed
            ? [first, first.SubView(channels, first.Length - channels), first.SubView(2 * channels, first.Length - (2 * channels))]
            : [first, tensors[1].View<T>(), tensors[2].View<T>()];
    }
}
