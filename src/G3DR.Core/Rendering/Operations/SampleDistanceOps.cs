using G3DR.Compute;
using G3DR.Core.Tensors;
using G3DR.Kernels;
using G3DR.Kernels.Reductions;
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
        context.Accelerator.Launch(
            RayDistances.Limits,
            Shards.PlainExtent(near.Length),
            inputs[0].View<T>(),
            inputs[1].View<T>(),
            near.View<T>(),
            far.View<T>(),
            T.CreateTruncating(boxSize / 2));
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
        if (near.Length == 0)
        {
            return [near, far];
        }

        Accelerator device = context.Accelerator;
        Index1D rays = Shards.PlainExtent(near.Length);
        Tensor low = near.Like([rays.X], Name), high = near.Like([rays.X], Name);
        device.Launch(RayDistances.NearOfHits, rays, near.View<T>(), far.View<T>(), low.View<T>(), high.View<T>());
        Tensor smallest = Reducing.Fold<MinReduction>(low, [0], Name), largest = Reducing.Fold<MaxReduction>(high, [0], Name);
        device.Launch(RayDistances.RepairMisses, rays, near.View<T>(), far.View<T>(), smallest.View<T>(), largest.View<T>());
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
        Index1D extent = Shards.PlainExtent(distances.Length);
        if (rule == SpreadRule.Disparity)
        {
            context.Accelerator.Launch(RayDistances.SpreadDisparity, extent, near, far, random, target, samples);
        }
        else
        {
            int steps = rule == SpreadRule.Bins ? samples : Math.Max(samples - 1, 1);
            context.Accelerator.Launch(RayDistances.Spread, extent, near, far, random, target, samples, steps);
        }

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
        context.Accelerator.Launch(
            RayDistances.AroundSurface,
            Shards.PlainExtent(distances.Length),
            inputs[0].View<T>(),
            distances.View<T>(),
            samples,
            T.CreateTruncating(reach));
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
        context.Accelerator.Launch(
            RayDistances.Points,
            Shards.PlainExtent(distances.Length),
            inputs[0].View<T>(),
            inputs[1].View<T>(),
            distances.View<T>(),
            points.View<T>(),
            samples);
        return [points];
    }
}
