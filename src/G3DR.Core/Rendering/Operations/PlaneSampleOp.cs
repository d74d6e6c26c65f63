using G3DR.Compute;
using G3DR.Core.Tensors;
using G3DR.Kernels.Rendering;

namespace G3DR.Core.Rendering.Operations;

/// <summary>Planes (N, 3, H, W, C) and points (N, M, 3) to features (N, 3, M, C). The points are constants for gradients, as in the released code.</summary>
internal sealed class PlaneSampleOp(PlaneAxes axes, double boxSize) : RenderingOp
{
    public override string Name => "plane sampling";

    public override bool InputHasGradient(int input) => input == 0;

    protected override IReadOnlyList<Tensor> Forward<T>(OpContext context, IReadOnlyList<Tensor> inputs)
    {
        Tensor planes = inputs[0], points = inputs[1];
        context.Save(points);
        PlaneSamplingShape shape = Sizes(planes.Shape, points.Shape);
        Tensor features = planes.Like([planes.Shape[0], 3, shape.Points, shape.Channels], Name);
        ArrayView<T> source = planes.View<T>(), at = points.View<T>(), target = features.View<T>();
        T scale = T.CreateTruncating(2 / boxSize);
        Launch(
            context.Accelerator, 3L * planes.Shape[0] * shape.Points, 4L * shape.Channels, i => PlaneSampling.Sample(i, source, at, target, shape, scale));
        return [features];
    }

    protected override IReadOnlyList<Tensor?> Backward<T>(OpContext context, IReadOnlyList<Tensor?> gradients)
    {
        Tensor points = context.Saved[0];
        PlaneSamplingShape shape = Sizes(context.InputShapes[0], points.Shape);
        Tensor gradient = points.Like(context.InputShapes[0], Name);
        ArrayView<T> target = gradient.View<T>(), at = points.View<T>(), source = gradients[0]!.View<T>();
        T scale = T.CreateTruncating(2 / boxSize);
        long work = ((long)shape.Height * shape.Width) + (4L * shape.Points * Math.Min(shape.Channels, PlaneSampling.ChannelsPerGroup));
        Launch(
            context.Accelerator,
            3L * points.Shape[0] * shape.ChannelGroups,
            work,
            i => PlaneSampling.Gradient(i, target, at, source, shape, scale));
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
        ArrayView<T> at = points.View<T>(), target = coordinates.View<T>();
        T scale = T.CreateTruncating(2 / boxSize);
        var shape = new PlaneSamplingShape(0, 0, 0, points.Shape[1], axes);
        Launch(context.Accelerator, coordinates.Length / 2, 1, i => PlaneSampling.Coordinates(i, at, target, shape, scale));
        return [coordinates];
    }
}
