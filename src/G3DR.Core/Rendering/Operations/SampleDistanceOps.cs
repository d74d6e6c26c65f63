using G3DR.Compute;
using G3DR.Core.Tensors;
using G3DR.Kernels.Rendering;

namespace G3DR.Core.Rendering.Operations;

/// <summary>Origins and directions (..., 3) to nearest and farthest distances (...) in the box.</summary>
internal sealed class RayLimitsOp(double boxSize) : ConstantOp
{
    public override string Name => "ray limits";

    protected override IReadOnlyList<Tensor> Forward<T>(OpContext context, IReadOnlyList<Tensor> inputs)
    {
        Shape shape = inputs[0].Shape.AsSpan()[..^1].ToArray();
        Tensor near = inputs[0].Like(shape, Name), far = inputs[0].Like(shape, Name);
        ArrayView<T> origins = inputs[0].View<T>(), directions = inputs[1].View<T>(), nears = near.View<T>(), fars = far.View<T>();
        T half = T.CreateTruncating(boxSize / 2);
        Launch(context.Accelerator, near.Length, 8, i => RayDistances.Limits(i, origins, directions, nears, fars, half));
        return [near, far];
    }
}

/// <summary>The released code's repair of rays that miss the box: near = smallest, far = largest near of all rays that hit (sic).</summary>
internal sealed class RepairLimitsOp : ConstantOp
{
    public override string Name => "repair of ray limits";

    protected override IReadOnlyList<Tensor> Forward<T>(OpContext context, IReadOnlyList<Tensor> inputs)
    {
        Tensor near = inputs[0].Clone(), far = inputs[1].Clone();
        ArrayView<T> nears = near.View<T>(), fars = far.View<T>();
        T smallest = T.PositiveInfinity, largest = T.NegativeInfinity;
        for (long ray = 0; ray < nears.Length; ray++)
        {
            if (fars[ray] > nears[ray])
            {
                smallest = T.Min(smallest, nears[ray]);
                largest = T.Max(largest, nears[ray]);
            }
        }

        // Where no ray hits there is nothing to repair with.
        for (long ray = 0; ray < nears.Length && smallest <= largest; ray++)
        {
            if (!(fars[ray] > nears[ray]))
            {
                (nears[ray], fars[ray]) = (smallest, largest);
            }
        }

        return [near, far];
    }
}

/// <summary>Nearest and farthest distances (...) and random numbers (..., S) to distances (..., S).</summary>
internal sealed class SpreadOp(SpreadRule rule) : ConstantOp
{
    public override string Name => "coarse distances";

    protected override IReadOnlyList<Tensor> Forward<T>(OpContext context, IReadOnlyList<Tensor> inputs)
    {
        Tensor noise = inputs[2];
        Tensor distances = noise.Like(noise.Shape, Name);
        ArrayView<T> near = inputs[0].View<T>(), far = inputs[1].View<T>(), random = noise.View<T>(), target = distances.View<T>();
        int samples = noise.Shape[^1];
        int steps = rule == SpreadRule.Bins ? samples : Math.Max(samples - 1, 1);
        Action<Index1D> kernel = rule == SpreadRule.Disparity
            ? i => RayDistances.SpreadDisparity(i, near, far, random, target, samples)
            : i => RayDistances.Spread(i, near, far, random, target, samples, steps);
        Launch(context.Accelerator, distances.Length, 1, kernel);
        return [distances];
    }
}

/// <summary>How <see cref="SpreadOp"/> places samples.</summary>
internal enum SpreadRule
{
    /// <summary>Steps of (far - near) / (S - 1), each sample up to one step on.</summary>
    Stratified,

    /// <summary>The same in inverse distance.</summary>
    Disparity,

    /// <summary>One sample in each of S equal bins.</summary>
    Bins,
}

/// <summary>Surface distances (...) to K distances around each (..., K).</summary>
internal sealed class AroundSurfaceOp(int samples, double reach) : ConstantOp
{
    public override string Name => "distances around the surface";

    protected override IReadOnlyList<Tensor> Forward<T>(OpContext context, IReadOnlyList<Tensor> inputs)
    {
        Tensor distances = inputs[0].Like([.. inputs[0].Shape.AsSpan(), samples], Name);
        ArrayView<T> surface = inputs[0].View<T>(), target = distances.View<T>();
        T distance = T.CreateTruncating(reach);
        Launch(context.Accelerator, distances.Length, 1, i => RayDistances.AroundSurface(i, surface, target, samples, distance));
        return [distances];
    }
}

/// <summary>Origins (N, R, 3), directions (N, R, 3) and distances (N, R, S) to points (N, R S, 3).</summary>
internal sealed class RayPointsOp : ConstantOp
{
    public override string Name => "ray points";

    protected override IReadOnlyList<Tensor> Forward<T>(OpContext context, IReadOnlyList<Tensor> inputs)
    {
        Tensor distances = inputs[2];
        int samples = distances.Shape[2];
        Tensor points = distances.Like([distances.Shape[0], checked(distances.Shape[1] * samples), 3], Name);
        ArrayView<T> origins = inputs[0].View<T>(), directions = inputs[1].View<T>(), t = distances.View<T>(), target = points.View<T>();
        Launch(context.Accelerator, distances.Length, 3, i => RayDistances.Points(i, origins, directions, t, target, samples));
        return [points];
    }
}
