using G3DR.Compute.Memory;
using G3DR.Core.Tensors;
using G3DR.Kernels;
using G3DR.Kernels.Rendering;

namespace G3DR.Core.Rendering.Operations;

/// <summary>Interval weights (..., S - 1) to blurred weights of the same shape.</summary>
internal sealed class SmoothWeightsOp : ConstantOp
{
    public override string Name => "smooth weights";

    protected override IReadOnlyList<Tensor> Forward<T>(OpContext context, IReadOnlyList<Tensor> inputs)
    {
        Tensor smooth = inputs[0].Like(inputs[0].Shape, Name);
        context.Accelerator.Launch(
            ImportanceDistances.Smooth, Shards.PlainExtent(smooth.Length), inputs[0].View<T>(), smooth.View<T>(), inputs[0].Shape[^1]);
        return [smooth];
    }
}

/// <summary>Bin edges (..., E), weights (..., W) and uniform numbers (..., K) to draws (..., K).</summary>
internal sealed class DrawDistancesOp(int bins, int weightOffset) : ConstantOp
{
    public override string Name => "importance distances";

    protected override IReadOnlyList<Tensor> Forward<T>(OpContext context, IReadOnlyList<Tensor> inputs)
    {
        Tensor edges = inputs[0], weights = inputs[1], uniforms = inputs[2];
        Tensor draws = uniforms.Like(uniforms.Shape, Name);
        var shape = new DistributionShape(bins, uniforms.Shape[^1], edges.Shape[^1], weights.Shape[^1], weightOffset);
        long rays = uniforms.Length / shape.Draws;
        using MemoryBuffer<T> cumulative = context.Accelerator.Allocate<T>(checked(rays * (bins + 1)));
        context.Accelerator.Launch(
            ImportanceDistances.Draw,
            Shards.PlainExtent(rays),
            edges.View<T>(),
            weights.View<T>(),
            uniforms.View<T>(),
            cumulative.View,
            draws.View<T>(),
            shape);
        return [draws];
    }
}
