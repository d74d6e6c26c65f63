using G3DR.Core.Rendering.Operations;
using G3DR.Core.Tensors;
using G3DR.Kernels.Rendering;

namespace G3DR.Core.Rendering;

/// <summary>
/// The renderer as a composition of small differentiable operations, in float32 or float64 as the planes are: the readable definition of both profiles, and the
/// reference for the fused renderer. It keeps the features of every sample, so large pictures should be rendered in pieces (<see cref="RayBatch.Slice"/>).
/// </summary>
public static class ComposedRenderer
{
    /// <summary>Renders rays. Gradients flow to the planes and to the decoder's parameters.</summary>
    /// <param name="planes">Tri-planes (N, 3, H, W, C).</param>
    /// <param name="decoder">Decoder, of the planes' element type.</param>
    /// <param name="rays">Rays, of the planes' element type.</param>
    /// <param name="settings">Rules and sizes.</param>
    /// <param name="surfaceDepth">Distance of the surface along each ray (N, R): switches the depth kernel of the settings on.</param>
    /// <param name="randomness">Random numbers; drawn from seed 0 by default.</param>
    /// <exception cref="ArgumentException">Shapes, types or settings do not fit; the message says which.</exception>
    public static RenderResult Render(
        Tensor planes,
        TriplaneDecoder decoder,
        RayBatch rays,
        RenderSettings settings,
        Tensor? surfaceDepth = null,
        RenderRandomness? randomness = null)
    {
        settings.Validate();
        randomness ??= new();
        RequireInputs(planes, decoder, rays, settings, surfaceDepth, randomness);
        using var scope = TensorScope.Begin(planes.Accelerator);
        IReadOnlyList<Tensor> levels = [.. FeaturePyramid.Build(planes, settings.Pyramid, settings.Levels).Skip(settings.FinestLevel)];
        (Tensor near, Tensor far) = Limits(rays, settings, planes.DType);
        Tensor coarse = CoarseDistances(settings, near, far, randomness);
        (Tensor density, Tensor color) = Evaluate(levels, decoder, rays, settings, coarse);
        Tensor distances = coarse;
        Tensor? fine = null;
        if (settings.FineSampling != FineSampling.None)
        {
            fine = settings.FineSampling == FineSampling.SurfaceGuided
                ? RaySampler.AroundSurface(surfaceDepth!, settings.FineSamples)
                : ImportanceDistances(settings, coarse, density, color, far, randomness);
            (Tensor fineDensity, Tensor fineColor) = Evaluate(levels, decoder, rays, settings, fine);
            (distances, density, color) = RaySampler.SortByDepth(
                Tensor.Concat([coarse, fine], axis: -1), Tensor.Concat([density, fineDensity], axis: -1), Tensor.Concat([color, fineColor], axis: -2));
        }

        DepthKernel? kernel = surfaceDepth is null ? null : settings.Kernel;
        MarchingResult marched = March(settings, color, density, distances, far, kernel, surfaceDepth);
        return Keep(scope, new RenderResult
        {
            Color = marched.Color,
            Depth = marched.Depth,
            Opacity = marched.Opacity,
            Weights = marched.Weights,
            Distances = Own(distances),
            Intermediates = !settings.KeepIntermediates ? null : new()
            {
                CoarseDistances = Own(coarse),
                FineDistances = fine,
                Densities = density,
                Colors = color,
                Centers = marched.Centers,
            },
        });
    }

    internal static (Tensor Near, Tensor Far) Limits(RayBatch rays, RenderSettings settings, DType dtype)
    {
        Shape shape = ShapeGuard.ReplaceLast(rays.Origins.Shape);
        if (rays.Near is not null && rays.Far is not null)
        {
            return (rays.Near, rays.Far);
        }

        if (settings.Near is { } near && settings.Far is { } far)
        {
            return (Tensor.Full(rays.Origins.Accelerator, shape, near, dtype), Tensor.Full(rays.Origins.Accelerator, shape, far, dtype));
        }

        (Tensor enter, Tensor leave) = RaySampler.BoxLimits(rays.Origins, rays.Directions, settings.BoxSize);
        return RaySampler.RepairMisses(enter, leave);
    }

    private static Tensor CoarseDistances(RenderSettings settings, Tensor near, Tensor far, RenderRandomness randomness)
    {
        if (settings.CoarseSampling == CoarseSampling.Given)
        {
            return randomness.CoarseDistances!;
        }

        Tensor noise = Noise(near, settings.CoarseSamples, randomness.CoarseNoise, "coarse noise", SampleStreams.Coarse, randomness);
        return settings.CoarseSampling == CoarseSampling.Stratified ? RaySampler.Stratified(near, far, noise) : RaySampler.Bins(near, far, noise);
    }

    private static Tensor ImportanceDistances(
        RenderSettings settings, Tensor coarse, Tensor density, Tensor color, Tensor far, RenderRandomness randomness)
    {
        // The first pass only says where to look: no gradient flows through the distances.
        using IDisposable constant = coarse.Accelerator.NoGrad();
        Tensor weights = March(settings, color, density, coarse, far, kernel: null, surface: null).Weights;
        int samples = settings.CoarseSamples;

        // Per sample there is one weight more than there are intervals: the last sample's, which reaches to far.
        Tensor perInterval = settings.Marching == MarchingRule.MidPoint ? weights : weights.Slice(-1, 0, samples - 1);
        Tensor noise = Noise(far, settings.FineSamples, randomness.FineNoise, "fine noise", SampleStreams.Fine, randomness);
        return RaySampler.Importance(coarse, perInterval, noise);
    }

    private static Tensor Noise(Tensor perRay, int samples, Tensor? given, string what, uint stream, RenderRandomness randomness)
    {
        Shape shape = [.. perRay.Shape.AsSpan(), samples];
        if (given is null)
        {
            return SampleNoise.Draw(perRay.Accelerator, shape, perRay.DType, randomness.Seed, stream, randomness.FirstRay);
        }

        ShapeGuard.RequireShape(given, what, "(N, R, samples)", shape);
        return given;
    }

    private static (Tensor Density, Tensor Color) Evaluate(
        IReadOnlyList<Tensor> levels, TriplaneDecoder decoder, RayBatch rays, RenderSettings settings, Tensor distances)
    {
        Tensor points = RaySampler.Points(rays.Origins, rays.Directions, distances);
        Tensor features = Triplane.Sample(levels, points, settings.Axes, settings.BoxSize);
        Tensor? directions = null;
        if (decoder.UsesDirections)
        {
            // The points at distance one of rays that start at zero: the ray's direction once per sample.
            directions = RaySampler.Points(
                Tensor.Zeros(distances.Accelerator, rays.Directions.Shape, distances.DType),
                rays.Directions,
                Tensor.Ones(distances.Accelerator, distances.Shape, distances.DType));
        }

        (Tensor density, Tensor color) = decoder.Decode(features, directions);
        return (density.Reshape(distances.Shape.AsSpan()), color.Reshape([.. distances.Shape.AsSpan(), 3]));
    }

    private static MarchingResult March(
        RenderSettings settings, Tensor color, Tensor density, Tensor distances, Tensor far, DepthKernel? kernel, Tensor? surface) =>
        settings.Marching == MarchingRule.MidPoint
            ? VolumeMarching.MidPoint(color, density, distances, settings.WhiteBackground, kernel, surface)
            : VolumeMarching.PerSample(color, density, distances, far, settings.WhiteBackground, kernel, surface);

    // A handle of the result's own, so that disposing the result does not dispose what the caller gave.
    private static Tensor Own(Tensor tensor) => tensor.Detach();

    private static RenderResult Keep(TensorScope scope, RenderResult result)
    {
        foreach (Tensor tensor in result.Tensors)
        {
            scope.Keep(tensor);
        }

        return result;
    }

    internal static void RequireInputs(Tensor planes, TriplaneDecoder decoder, RayBatch rays, RenderSettings settings, Tensor? surfaceDepth, RenderRandomness randomness)
    {
        Triplane.RequirePlanes(planes, "planes");
        if (decoder.Channels != planes.Shape[4])
        {
            throw new ArgumentException($"The decoder reads {decoder.Channels} channels; the planes have shape {planes.Shape}.");
        }

        ShapeGuard.Require(rays.Origins, "ray origins", $"({planes.Shape[0]}, R, 3)", planes.Shape[0], -1, 3);
        ShapeGuard.RequireShape(rays.Directions, "ray directions", "that of the origins", rays.Origins.Shape);
        Shape perRay = ShapeGuard.ReplaceLast(rays.Origins.Shape);
        if (rays.Near is null != rays.Far is null)
        {
            throw new ArgumentException("Rays need both near and far distances, or neither.");
        }

        RequirePerRay(rays.Near, "near distances", perRay);
        RequirePerRay(rays.Far, "far distances", perRay);
        RequirePerRay(surfaceDepth, "surface depth", perRay);
        if (settings.FineSampling == FineSampling.SurfaceGuided && surfaceDepth is null)
        {
            throw new ArgumentException("Surface-guided samples need the surface depth of each ray.");
        }

        if (settings.CoarseSampling == CoarseSampling.Given)
        {
            Tensor given = randomness.CoarseDistances
                ?? throw new ArgumentException($"The settings say {nameof(CoarseSampling)}.{nameof(CoarseSampling.Given)}, but no coarse distances are given.");
            ShapeGuard.RequireShape(given, "coarse distances", "(N, R, coarse samples)", [.. perRay.AsSpan(), settings.CoarseSamples]);
        }
    }

    private static void RequirePerRay(Tensor? tensor, string what, Shape perRay)
    {
        if (tensor is not null)
        {
            ShapeGuard.RequireShape(tensor, what, "(N, R)", perRay);
        }
    }
}
