using System.Numerics;

namespace G3DR.Core.Tensors;

/// <summary>An operation written once for both element types.</summary>
internal abstract class FloatingPointOp : TensorOp
{
    public sealed override IReadOnlyList<Tensor> Forward(OpContext context, IReadOnlyList<Tensor> inputs) =>
        inputs[0].DType == DType.Float32 ? Forward<float>(context, inputs) : Forward<double>(context, inputs);

    public sealed override IReadOnlyList<Tensor?> Backward(OpContext context, IReadOnlyList<Tensor?> gradients) =>
        gradients.First(g => g is not null)!.DType == DType.Float32 ? Backward<float>(context, gradients) : Backward<double>(context, gradients);

    protected abstract IReadOnlyList<Tensor> Forward<T>(OpContext context, IReadOnlyList<Tensor> inputs)
        where T : unmanaged, IFloatingPointIeee754<T>;

    protected virtual IReadOnlyList<Tensor?> Backward<T>(OpContext context, IReadOnlyList<Tensor?> gradients)
        where T : unmanaged, IFloatingPointIeee754<T> => throw new GradientNotDefinedException(Name);
}

/// <summary>An operation whose result is a constant for gradients: distances of samples, positions, kernel values.</summary>
internal abstract class ConstantOp : FloatingPointOp
{
    public sealed override bool InputHasGradient(int input) => false;

    public sealed override bool OutputHasGradient(int output) => false;
}
