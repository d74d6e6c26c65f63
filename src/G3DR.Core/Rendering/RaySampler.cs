using G3DR.Compute;
using G3DR.Core.Rendering.Operations;
using G3DR.Core.Tensors;

namespace G3DR.Core.Rendering;

/// <summary>
/// Where samples lie along rays. Everything here is a constant for gradients, as in the released code: rays have any leading axes, for example (N, R).
/// </summary>
public static class RaySampler
{
    /// <summary>Fewest coarse samples from which importance samples can be drawn.</summary>
    public const int FewestForImportance = 4;

    /// <summary>How far the released code's surface-guided samples reach from the surface.</summary>
    public const double SurfaceReach = 0.05;

    /// <summary>Where rays enter and leave the cube [-box/2, box/2]^3. Rays that miss it get near -1, far -2; an origin inside gives a negative near.</summary>
    /// <param name="origins">Origins (..., 3).</param>
    /// <param name="directions">Directions (..., 3); components may be zero.</param>
    /// <param name="boxSize">Side of the cube.</param>
    /// <returns>Distances (...) each.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit or the box has no size.</exception>
    public static (Tensor Near, Tensor Far) BoxLimits(Tensor origins, Tensor directions, double boxSize = 2)
    {
        RequireBox(boxSize);
        ShapeGuard.RequireShape(directions, "directions", "that of the origins", origins.Shape);
        ShapeGuard.RequireElements(origins, "origins");
        if (origins.Shape[^1] != 3)
        {
            throw new ArgumentException($"Ray origins must have shape (..., 3); got {origins.Shape}.");
        }

        IReadOnlyList<Tensor> limits = new RayLimitsOp(boxSize).ApplyAll(origins, directions);
        return (limits[0], limits[1]);
    }

    /// <summary>
    /// Gives rays that miss the box the limits that the released code gives them: over the whole batch, the smallest near and, instead of a far,
    /// the largest <em>near</em> of the rays that hit. Where no ray hits, nothing changes.
    /// </summary>
    /// <param name="near">Nearest distances (...).</param>
    /// <param name="far">Farthest distances (...); a ray misses where far &lt;= near.</param>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static (Tensor Near, Tensor Far) RepairMisses(Tensor near, Tensor far)
    {
        ShapeGuard.RequireShape(far, "far distances", "that of the near distances", near.Shape);
        IReadOnlyList<Tensor> limits = new RepairLimitsOp().ApplyAll(near, far);
        return (limits[0], limits[1]);
    }

    /// <summary>near + (s + noise) (far - near) / (S - 1): the released code's stratified samples, the last up to one step behind far.</summary>
    /// <param name="near">Nearest distances (...).</param>
    /// <param name="far">Farthest distances (...).</param>
    /// <param name="noise">Numbers in [0, 1) (..., S).</param>
    /// <returns>Distances (..., S), rising.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor Stratified(Tensor near, Tensor far, Tensor noise) => Spread(near, far, noise, SpreadRule.Stratified);

    /// <summary>Stratified in inverse distance: dense near the camera. Distances must be positive.</summary>
    /// <inheritdoc cref="Stratified"/>
    public static Tensor Disparity(Tensor near, Tensor far, Tensor noise) => noise.Rank > 0 && noise.Shape[^1] >= 2
        ? Spread(near, far, noise, SpreadRule.Disparity)
        : throw new ArgumentException($"Samples in inverse distance need at least 2 per ray; got noise of shape {noise.Shape}.");

    /// <summary>One sample in each of S equal bins of [near, far]: near + (s + noise) (far - near) / S (paper).</summary>
    /// <inheritdoc cref="Stratified"/>
    public static Tensor Bins(Tensor near, Tensor far, Tensor noise) => Spread(near, far, noise, SpreadRule.Bins);

    /// <summary>Evenly within 0.05 of the surface, ends included, without jitter (released code, on some canonical steps).</summary>
    /// <param name="surface">Distance of the surface (...).</param>
    /// <param name="samples">Samples per ray K, at least 1.</param>
    /// <returns>Distances (..., K), rising.</returns>
    public static Tensor AroundSurface(Tensor surface, int samples)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        return new AroundSurfaceOp(samples, SurfaceReach).Apply(surface);
    }

    /// <summary>
    /// Draws distances where the weights of a first pass are large: weights blurred as in mip-NeRF, bins between the middles of the distances. As in the
    /// released code the last bin edge is never used. Draws are not sorted.
    /// </summary>
    /// <param name="distances">Distances of the first pass (..., S), rising, S at least <see cref="FewestForImportance"/>.</param>
    /// <param name="weights">Weights of the S - 1 intervals (..., S - 1).</param>
    /// <param name="uniforms">Numbers in [0, 1) (..., K).</param>
    /// <returns>Distances (..., K).</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor Importance(Tensor distances, Tensor weights, Tensor uniforms)
    {
        ShapeGuard.RequireElements(distances, "distances");
        ShapeGuard.RequireElements(uniforms, "uniform numbers");
        int samples = distances.Shape[^1];
        if (samples < FewestForImportance)
        {
            throw new ArgumentException($"Importance sampling needs at least {FewestForImportance} distances per ray; got shape {distances.Shape}.");
        }

        ShapeGuard.RequireShape(weights, "interval weights", "(..., S - 1)", ShapeGuard.ReplaceLast(distances.Shape, samples - 1));
        RequireSameRays(uniforms, distances);
        using IDisposable constant = distances.Accelerator.NoGrad();
        using Tensor smooth = new SmoothWeightsOp().Apply(weights);
        using Tensor edges = Intervals.Midpoints(distances, axis: -1);
        return new DrawDistancesOp(bins: samples - 3, weightOffset: 1).Apply(edges, smooth, uniforms);
    }

    /// <summary>Draws from a piecewise constant density by its inverted distribution function (the released code's <c>sample_pdf</c>). Draws are not sorted.</summary>
    /// <param name="edges">Bin edges (..., B + 1), rising.</param>
    /// <param name="weights">Bin weights (..., B), not negative; 1e-5 is added to each.</param>
    /// <param name="uniforms">Numbers in [0, 1] (..., K).</param>
    /// <returns>Draws (..., K).</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor FromDistribution(Tensor edges, Tensor weights, Tensor uniforms)
    {
        ShapeGuard.RequireElements(weights, "bin weights");
        ShapeGuard.RequireElements(uniforms, "uniform numbers");
        ShapeGuard.RequireShape(edges, "bin edges", "(..., B + 1)", ShapeGuard.ReplaceLast(weights.Shape, weights.Shape[^1] + 1));
        RequireSameRays(uniforms, weights);
        return new DrawDistancesOp(bins: weights.Shape[^1], weightOffset: 0).Apply(edges, weights, uniforms);
    }

    /// <summary>Evenly spaced numbers from 0 to 1, ends included, in every row: draws without randomness for <see cref="FromDistribution"/>.</summary>
    /// <param name="device">Device.</param>
    /// <param name="shape">Shape (..., K); with K = 1 the number is 0.</param>
    /// <param name="dtype">Element type.</param>
    /// <exception cref="ArgumentException">The shape has no elements.</exception>
    public static Tensor EvenNumbers(Accelerator device, Shape shape, DType dtype = DType.Float32)
    {
        using Tensor zeros = Tensor.Zeros(device, shape, dtype);
        ShapeGuard.RequireElements(zeros, "numbers");
        using Tensor start = Tensor.Zeros(device, ShapeGuard.ReplaceLast(shape), dtype), end = Tensor.Ones(device, ShapeGuard.ReplaceLast(shape), dtype);
        return Spread(start, end, zeros, SpreadRule.Stratified);
    }

    /// <summary>World positions of samples.</summary>
    /// <param name="origins">Origins (N, R, 3).</param>
    /// <param name="directions">Directions (N, R, 3).</param>
    /// <param name="distances">Distances (N, R, S).</param>
    /// <returns>Points (N, R S, 3).</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor Points(Tensor origins, Tensor directions, Tensor distances)
    {
        ShapeGuard.Require(distances, "distances", "(N, R, S)", -1, -1, -1);
        ShapeGuard.Require(origins, "ray origins", "(N, R, 3)", distances.Shape[0], distances.Shape[1], 3);
        ShapeGuard.RequireShape(directions, "ray directions", "that of the origins", origins.Shape);
        return new RayPointsOp().Apply(origins, directions, distances);
    }

    /// <summary>
    /// Sorts samples by distance, equal distances in their old order. Gradients follow densities and colours to where they came from; distances are constants.
    /// </summary>
    /// <param name="distances">Distances (..., T).</param>
    /// <param name="densities">Densities (..., T).</param>
    /// <param name="colors">Colours (..., T, C).</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static (Tensor Distances, Tensor Densities, Tensor Colors) SortByDepth(Tensor distances, Tensor densities, Tensor colors)
    {
        ShapeGuard.RequireElements(distances, "distances");
        ShapeGuard.RequireShape(densities, "densities", "that of the distances", distances.Shape);
        if (colors.Rank != distances.Rank + 1 || !colors.Shape.AsSpan()[..^1].SequenceEqual(distances.Shape.AsSpan()) || colors.Length == 0)
        {
            throw new ArgumentException($"The colours must have the shape of the distances, {distances.Shape}, and one more axis; got {colors.Shape}.");
        }

        IReadOnlyList<Tensor> sorted = new SortByDepthOp().ApplyAll(distances, densities, colors);
        return (sorted[0], sorted[1], sorted[2]);
    }

    internal static void RequireBox(double boxSize)
    {
        if (!double.IsFinite(boxSize) || boxSize <= 0)
        {
            throw new ArgumentException($"The side of the box must be positive and finite; got {boxSize}.", nameof(boxSize));
        }
    }

    private static Tensor Spread(Tensor near, Tensor far, Tensor noise, SpreadRule rule)
    {
        ShapeGuard.RequireElements(noise, "noise");
        ShapeGuard.RequireShape(near, "near distances", "that of the noise without its last axis", ShapeGuard.ReplaceLast(noise.Shape));
        ShapeGuard.RequireShape(far, "far distances", "that of the near distances", near.Shape);
        return new SpreadOp(rule).Apply(near, far, noise);
    }

    private static void RequireSameRays(Tensor uniforms, Tensor perRay)
    {
        if (uniforms.Rank != perRay.Rank || ShapeGuard.ReplaceLast(uniforms.Shape) != ShapeGuard.ReplaceLast(perRay.Shape))
        {
            throw new ArgumentException(
                $"The uniform numbers need one row per ray, shape {ShapeGuard.ReplaceLast(perRay.Shape)} and one more axis; got {uniforms.Shape}.");
        }
    }
}
