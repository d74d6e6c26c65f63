using System.Numerics;
using G3DR.Core.Tensors;
using G3DR.Kernels.Normalization;

namespace G3DR.Core.Networks;

/// <summary>Layer normalisation over the last axis. Inputs: x, weight or none, bias or none.</summary>
internal sealed class LayerNormTensorOp(OptionalInputs inputs, float epsilon) : TensorOp
{
    public override string Name => "layer_norm";

    public override IReadOnlyList<Tensor> Forward(OpContext context, IReadOnlyList<Tensor> present) =>
        present[0].DType == DType.Float32 ? Forward<float>(context, present) : Forward<double>(context, present);

    public override IReadOnlyList<Tensor?> Backward(OpContext context, IReadOnlyList<Tensor?> gradients) =>
        gradients[0]!.DType == DType.Float32 ? Backward<float>(context, gradients[0]!) : Backward<double>(context, gradients[0]!);

    private IReadOnlyList<Tensor> Forward<T>(OpContext context, IReadOnlyList<Tensor> present)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Tensor x = present[0];
        int count = x.Shape[^1];
        Tensor y = x.Like(x.Shape, Name), statistics = x.Like([checked((int)(x.Length / count)), 2], Name);
        RowNormalization.Forward(
            x.Accelerator, x.View<T>(), inputs.View<T>(present, 1), inputs.View<T>(present, 2), count, epsilon, statistics.View<T>(), y.View<T>());
        context.Save([statistics, .. present]);
        return [y];
    }

    private Tensor?[] Backward<T>(OpContext context, Tensor g)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Tensor[] saved = [.. context.Saved];
        Tensor statistics = saved[0];
        Tensor[] present = saved[1..];
        Tensor? dx = inputs.Gradient(context, g, 0, Name), weight = inputs.Gradient(context, g, 1, Name), bias = inputs.Gradient(context, g, 2, Name);
        RowNormalization.Backward(
            g.Accelerator,
            present[0].View<T>(),
            statistics.View<T>(),
            inputs.View<T>(present, 1),
            g.View<T>(),
            g.Shape[^1],
            dx.OptionalView<T>(),
            weight.OptionalView<T>(),
            bias.OptionalView<T>());
        return inputs.OfPresent(dx, weight, bias);
    }
}
