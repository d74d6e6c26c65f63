using G3DR.Compute;
using G3DR.Core.Tensors;
using G3DR.Kernels.Rendering;

namespace G3DR.Core.Rendering.Operations;

/// <summary>Opacities (..., S) to weights (..., S): the released code's product.</summary>
internal sealed class AlphaWeightsOp : RenderingOp
{
    public override string Name => "weights from alpha";

    protected override IReadOnlyList<Tensor> Forward<T>(OpContext context, IReadOnlyList<Tensor> inputs)
    {
        Tensor alpha = inputs[0];
        context.Save(alpha);
        Tensor weights = alpha.Like(alpha.Shape, Name);
        ArrayView<T> source = alpha.View<T>(), target = weights.View<T>();
        int samples = alpha.Shape[^1];
        Launch(context.Accelerator, alpha.Length / samples, samples, i => RayWeights.FromAlpha(i, source, target, samples));
        return [weights];
    }

    protected override IReadOnlyList<Tensor?> Backward<T>(OpContext context, IReadOnlyList<Tensor?> gradients)
    {
        Tensor alpha = context.Saved[0];
        Tensor gradient = alpha.Like(alpha.Shape, Name);
        ArrayView<T> source = alpha.View<T>(), cotangent = gradients[0]!.View<T>(), target = gradient.View<T>();
        int samples = alpha.Shape[^1];
        Launch(
            context.Accelerator, alpha.Length / samples, 2L * samples, i => RayWeights.FromAlphaGradient(i, source, cotangent, target, samples));
        return [gradient];
    }
}

/// <summary>Optical thicknesses (..., S) to weights (..., S): Eq. 1 of the paper.</summary>
internal sealed class ThicknessWeightsOp : RenderingOp
{
    public override string Name => "weights from optical thickness";

    protected override IReadOnlyList<Tensor> Forward<T>(OpContext context, IReadOnlyList<Tensor> inputs)
    {
        Tensor thickness = inputs[0];
        Tensor weights = thickness.Like(thickness.Shape, Name);
        ArrayView<T> source = thickness.View<T>(), target = weights.View<T>();
        int samples = thickness.Shape[^1];
        Launch(context.Accelerator, thickness.Length / samples, 8L * samples, i => RayWeights.FromThickness(i, source, target, samples));
        context.Save(thickness, weights);
        return [weights];
    }

    protected override IReadOnlyList<Tensor?> Backward<T>(OpContext context, IReadOnlyList<Tensor?> gradients)
    {
        Tensor thickness = context.Saved[0];
        Tensor gradient = thickness.Like(thickness.Shape, Name);
        ArrayView<T> source = thickness.View<T>(), weights = context.Saved[1].View<T>();
        ArrayView<T> cotangent = gradients[0]!.View<T>(), target = gradient.View<T>();
        int samples = thickness.Shape[^1];
        Launch(
            context.Accelerator,
            thickness.Length / samples,
            8L * samples,
            i => RayWeights.FromThicknessGradient(i, source, weights, cotangent, target, samples));
        return [gradient];
    }
}
