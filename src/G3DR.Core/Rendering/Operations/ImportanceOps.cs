using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Core.Tensors;
using G3DR.Kernels.Rendering;

namespace G3DR.Core.Rendering.Operations;

/// <summary>Interval weights (..., S - 1) to blurred weights of the same shape.</summary>
internal sealed class SmoothWeightsOp : ConstantOp
{
    public override string Name => "smooth weights";

    protected override IReadOnlyList<Tensor> Forward<T>(OpContext context, IReadOnlyList<Tensor> inputs)
    {
        Tensor smooth = inputs[0].Like(inputs[0].Shape, Name);
        ArrayView<T> weights = inputs[0].View<T>(), target = smooth.View<T>();
        int intervals = inputs[0].Shape[^1];
        Launch(context.Accelerator, smooth.Length, 1, i => ImportanceDistances.Smooth(i, weights, target, intervals));
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
        ArrayView<T> at = edges.View<T>(), weight = weights.View<T>(), u = uniforms.View<T>(), table = cumulative.View, target = draws.View<T>();
        Launch(context.Accelerator, rays, (8L * shape.Draws) + (2 * bins), i => ImportanceDistances.Draw(i, at, weight, u, table, target, shape));
        return [draws];
    }
}
