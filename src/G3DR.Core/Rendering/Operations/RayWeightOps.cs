using G3DR.Core.Tensors;
using G3DR.Kernels;
using G3DR.Kernels.Rendering;

namespace G3DR.Core.Rendering.Operations;

/// <summary>Opacities (..., S) to weights (..., S): the released code's product.</summary>
internal sealed class AlphaWeightsOp : FloatingPointOp
{
    public override string Name => "weights from alpha";

    protected override IReadOnlyList<Tensor> Forward<T>(OpContext context, IReadOnlyList<Tensor> inputs)
    {
        Tensor alpha = inputs[0];
        context.Save(alpha);
        Tensor weights = alpha.Like(alpha.Shape, Name);
        int samples = alpha.Shape[^1];
        context.Accelerator.Launch(
            RayWeights.FromAlpha, Shards.PlainExtent(alpha.Length / samples), alpha.View<T>(), weights.View<T>(), samples);
        return [weights];
    }

    protected override IReadOnlyList<Tensor?> Backward<T>(OpContext context, IReadOnlyList<Tensor?> gradients)
    {
        Tensor alpha = context.Saved[0];
        Tensor gradient = alpha.Like(alpha.Shape, Name);
        int samples = alpha.Shape[^1];
        context.Accelerator.Launch(
            RayWeights.FromAlphaGradient,
            Shards.PlainExtent(alpha.Length / samples),
            alpha.View<T>(),
            gradients[0]!.View<T>(),
            gradient.View<T>(),
            samples);
        return [gradient];
    }
}

/// <summary>Optical thicknesses (..., S) to weights (..., S): Eq. 1 of the paper.</summary>
internal sealed class ThicknessWeightsOp : FloatingPointOp
{
    public override string Name => "weights from optical thickness";

    protected override IReadOnlyList<Tensor> Forward<T>(OpContext context, IReadOnlyList<Tensor> inputs)
    {
        Tensor thickness = inputs[0];
        Tensor weights = thickness.Like(thickness.Shape, Name);
        int samples = thickness.Shape[^1];
        context.Accelerator.Launch(
            RayWeights.FromThickness, Shards.PlainExtent(thickness.Length / samples), thickness.View<T>(), weights.View<T>(), samples);
        context.Save(thickness, weights);
        return [weights];
    }

    protected override IReadOnlyList<Tensor?> Backward<T>(OpContext context, IReadOnlyList<Tensor?> gradients)
    {
        Tensor thickness = context.Saved[0];
        Tensor gradient = thickness.Like(thickness.Shape, Name);
        int samples = thickness.Shape[^1];
        context.Accelerator.Launch(
            RayWeights.FromThicknessGradient,
            Shards.PlainExtent(thickness.Length / samples),
            thickness.View<T>(),
            context.Saved[1].View<T>(),
            gradients[0]!.View<T>(),
            gradient.View<T>(),
            samples);
        return [gradient];
    }
}
