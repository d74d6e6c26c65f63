using G3DR.Kernels.Elementwise;
using G3DR.Kernels.Reductions;

namespace G3DR.Core.Tensors;

/// <summary>Sum over axes, which stay with length 1.</summary>
internal sealed class SumTensorOp(int[] axes) : TensorOp
{
    public override string Name => "sum";

    public override IReadOnlyList<Tensor> Forward(OpContext context, IReadOnlyList<Tensor> inputs) =>
        [Reducing.Fold<SumReduction>(inputs[0], axes, Name)];

    public override IReadOnlyList<Tensor?> Backward(OpContext context, IReadOnlyList<Tensor?> gradients) =>
        [Copying.BroadcastTo(gradients[0]!, context.InputShapes[0])];
}

/// <summary>Largest or smallest element over axes, which stay with length 1. Elements that tie share the gradient equally.</summary>
internal sealed class ExtremumTensorOp<TOp>(int[] axes) : TensorOp
    where TOp : struct, IReduceOp
{
    public override string Name => TOp.Name;

    public override IReadOnlyList<Tensor> Forward(OpContext context, IReadOnlyList<Tensor> inputs)
    {
        Tensor y = Reducing.Fold<TOp>(inputs[0], axes, Name);
        context.Save(inputs[0], y);
        return [y];
    }

    public override IReadOnlyList<Tensor?> Backward(OpContext context, IReadOnlyList<Tensor?> gradients)
    {
        Tensor ties = Broadcasting.Evaluate<ForwardOf<Equal>>(Name, context.Saved[0], context.Saved[1]);
        Tensor count = Reducing.Fold<SumReduction>(ties, axes, Name);
        Tensor share = Broadcasting.Evaluate<ForwardOf<Divide>>(Name, gradients[0]!, count);
        return [Broadcasting.Evaluate<ForwardOf<Multiply>>(Name, ties, share)];
    }
}
