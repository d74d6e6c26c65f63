namespace G3DR.Core.Tensors;

/// <summary>The same elements under another shape; memory is shared.</summary>
internal sealed class ReshapeTensorOp(Shape shape) : TensorOp
{
    public override string Name => "reshape";

    public override IReadOnlyList<Tensor> Forward(OpContext context, IReadOnlyList<Tensor> inputs) => [inputs[0].Alias(shape, Name)];

    public override IReadOnlyList<Tensor?> Backward(OpContext context, IReadOnlyList<Tensor?> gradients) =>
        [gradients[0]!.Alias(context.InputShapes[0], Name)];
}
