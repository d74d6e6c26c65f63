using G3DR.Compute;
using G3DR.Core.Tensors;
using G3DR.Kernels;
using G3DR.Kernels.Rendering;

namespace G3DR.Core.Rendering.Operations;

/// <summary>Planes (N, 3, H, W, C) and points (N, M, 3) to features (N, 3, M, C). The points are constants for gradients, as in the released code.</summary>
internal sealed class PlaneSampleOp(PlaneAxes axes, double boxSize) : FloatingPointOp
{
    public override string Name => "plane sampling";

    public override bool InputHasGradient(int input) => input == 0;

    protected override IReadOnlyList<Tensor> Forward<T>(OpContext context, IReadOnlyList<Tensor> inputs)
    {
        Tensor planes = inputs[0], points = inputs[1];
        context.Save(points);
        PlaneSamplingShape shape = Sizes(planes.Shape, points.Shape);
        Tensor features = planes.Like([planes.Shape[0], 3, shape.Points, shape.Channels], Name);
        context.Accelerator.Launch(
            PlaneSampling.Sample,
            Shards.PlainExtent(3L * planes.Shape[0] * shape.Points),
            planes.View<T>(),
            points.View<T>(),
            features.View<T>(),
            shape,
            T.CreateTruncating(2 / boxSize));
        return [features];
    }

    protected override IReadOnlyList<Tensor?> Backward<T>(OpContext context, IReadOnlyList<Tensor?> gradients)
    {
        Tensor points = context.Saved[0];
        PlaneSamplingShape shape = Sizes(context.InputShapes[0], points.Shape);
        Tensor gradient = points.Like(context.InputShapes[0], Name);
        ArrayView<T> target = gradient.View<T>(), at = points.View<T>(), source = gradients[0]!.View<T>();
        T scale = T.CreateTruncating(2 / boxSize);
        if (context.Accelerator is CpuAccelerator)
        {
            context.Accelerator.Launch(
                PlaneSampling.Gradient, Shards.PlainExtent(3L * points.Shape[0] * shape.ChannelGroups), target, at, source, shape, scale);
        }
        else
        {
            PlaneSampling.GradientBySorting(context.Accelerator, target, at, source, shape, scale);
        }

        return [gradient, null];
    }

    private PlaneSamplingShape Sizes(Shape planes, Shape points) => new(planes[2], planes[3], planes[4], points[1], axes);
}

/// <summary>Points (N, M, 3) to plane coordinates (N, 3, M, 2).</summary>
internal sealed class PlaneCoordinatesOp(PlaneAxes axes, double boxSize) : ConstantOp
{
    public override string Name => "plane coordinates";

    protected override IReadOnlyList<Tensor> Forward<T>(OpContext context, IReadOnlyList<Tensor> inputs)
    {
        Tensor points = inputs[0];
        Tensor coordinates = points.Like([points.Shape[0], 3, points.Shape[1], 2], Name);
        context.Accelerator.Launch(
            PlaneSampling.Coordinates,
            Shards.PlainExtent(coordinates.Length / 2),
            points.View<T>(),
            coordinates.View<T>(),
            new PlaneSamplingShape(0, 0, 0, points.Shape[1], axes),
            T.CreateTruncating(2 / boxSize));
        return [coordinates];
    }
}
