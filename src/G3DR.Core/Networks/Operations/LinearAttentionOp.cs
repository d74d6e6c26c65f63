using G3DR.Core.Tensors;
using G3DR.Kernels.Attention;

namespace G3DR.Core.Networks.Operations;

/// <summary>Linear attention of packed queries, keys and values; saves them, statistics of the keys, and the contexts.</summary>
internal sealed class LinearAttentionOp(LinearAttentionShape shape) : FloatingPointOp
{
    public override string Name => "linear attention";

    protected override IReadOnlyList<Tensor> Forward<T>(OpContext context, IReadOnlyList<Tensor> inputs)
    {
        Tensor qkv = inputs[0];
        Tensor y = qkv.Like([shape.Batch, shape.Length, shape.Channels], Name);
        Tensor statistics = qkv.Like([2, shape.Batch, shape.Channels], Name), contexts = qkv.Like([shape.Batch, shape.Channels, shape.Depth], Name);
        LinearAttentionKernels.Forward(context.Accelerator, shape, qkv.View<T>(), statistics.View<T>(), contexts.View<T>(), y.View<T>());
        context.Save(qkv, statistics, contexts);
        return [y];
    }

    protected override IReadOnlyList<Tensor?> Backward<T>(OpContext context, IReadOnlyList<Tensor?> gradients)
    {
        IReadOnlyList<Tensor> saved = context.Saved;
        Tensor gradient = saved[0].Like(saved[0].Shape, Name);
        LinearAttentionKernels.Backward(
            context.Accelerator, shape, saved[0].View<T>(), saved[1].View<T>(), saved[2].View<T>(), gradients[0]!.View<T>(), gradient.View<T>());
        return [gradient];
    }
}
