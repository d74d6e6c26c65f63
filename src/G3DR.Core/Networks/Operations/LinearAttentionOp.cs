using System.Numerics;
using G3DR.Core.Tensors;
using G3DR.Kernels.Attention;

namespace G3DR.Core.Networks.Operations;

/// <summary>Linear attention of packed queries, keys and values; saves them, statistics of the keys, and the contexts.</summary>
internal sealed class LinearAttentionOp(LinearAttentionShape shape) : TensorOp
{
    public override string Name => "linear attention";

    public override IReadOnlyList<Tensor> Forward(OpContext context, IReadOnlyList<Tensor> inputs) =>
        inputs[0].DType == DType.Float32 ? Forward<float>(context, inputs[0]) : Forward<double>(context, inputs[0]);

    public override IReadOnlyList<Tensor?> Backward(OpContext context, IReadOnlyList<Tensor?> gradients) =>
        gradients[0]!.DType == DType.Float32 ? Backward<float>(context, gradients[0]!) : Backward<double>(context, gradients[0]!);

    private Tensor[] Forward<T>(OpContext context, Tensor qkv)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Tensor y = qkv.Like([shape.Batch, shape.Length, shape.Channels], Name);
        Tensor statistics = qkv.Like([2, shape.Batch, shape.Channels], Name), contexts = qkv.Like([shape.Batch, shape.Channels, shape.Depth], Name);
        LinearAttentionKernels.Forward(context.Accelerator, shape, qkv.View<T>(), statistics.View<T>(), contexts.View<T>(), y.View<T>());
        context.Save(qkv, statistics, contexts);
        return [y];
    }

    private Tensor[] Backward<T>(OpContext context, Tensor cotangent)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        IReadOnlyList<Tensor> saved = context.Saved;
        Tensor gradient = saved[0].Like(saved[0].Shape, Name);
        LinearAttentionKernels.Backward(
            context.Accelerator, shape, saved[0].View<T>(), saved[1].View<T>(), saved[2].View<T>(), cotangent.View<T>(), gradient.View<T>());
        return [gradient];
    }
}
