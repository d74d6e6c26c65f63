using G3DR.Compute;
using G3DR.Core.Tensors;
using G3DR.Kernels.Rendering;

namespace G3DR.Core.Rendering;

/// <summary>
/// The differentiable triplane renderer: on the processor one fused pass over the rays, whose memory does not grow with the number of
/// points. <see cref="ComposedRenderer"/> does the same with small operations, in double precision too, and is its reference.
/// </summary>
public static class TriplaneRenderer
{
    /// <summary>Renders rays. Gradients flow to the planes and to the decoder's parameters.</summary>
    /// <param name="planes">Tri-planes (N, 3, H, W, C), float32.</param>
    /// <param name="decoder">Decoder, float32.</param>
    /// <param name="rays">Rays, float32.</param>
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
        if (planes.Accelerator is CpuAccelerator { ReferenceKernels: true })
        {
            return ComposedRenderer.Render(planes, decoder, rays, settings, surfaceDepth, randomness);
        }

        if (planes.DType != DType.Float32)
        {
            throw new ArgumentException($"The fused renderer computes in {DType.Float32}; use {nameof(ComposedRenderer)} for {planes}.");
        }

        if (settings.KeepIntermediates)
        {
            throw new ArgumentException($"The fused renderer stores no intermediates; use {nameof(ComposedRenderer)} to keep them.");
        }

        settings.Validate();
        randomness ??= new();
        ComposedRenderer.RequireInputs(planes, decoder, rays, settings, surfaceDepth, randomness);
        bool importance = settings.FineSampling == FineSampling.Importance;
        bool distancesGiven = settings.CoarseSampling == CoarseSampling.Given;
        Tensor? coarseNoise = distancesGiven ? null : Noise(rays, randomness.CoarseNoise, settings.CoarseSamples, "coarse noise");
        Tensor? fineNoise = importance ? Noise(rays, randomness.FineNoise, settings.FineSamples, "fine noise") : null;
        Tensor? coarseDistances = distancesGiven ? randomness.CoarseDistances : null;
        if (coarseDistances is not null)
        {
            RequireRising(coarseDistances);
        }

        using var scope = TensorScope.Begin(planes.Accelerator);
        (Tensor near, Tensor far) = ComposedRenderer.Limits(rays, settings, planes.DType);
        List<Tensor> inputs =
            [planes, decoder.Weight0, decoder.Bias0, decoder.Weight2, decoder.Bias2, rays.Origins, rays.Directions, near, far];
        foreach (Tensor? optional in (Tensor?[])[surfaceDepth, coarseNoise, fineNoise, coarseDistances])
        {
            if (optional is not null)
            {
                inputs.Add(optional);
            }
        }

        var given = new FusedRenderOp.Given(surfaceDepth is not null, coarseNoise is not null, fineNoise is not null, coarseDistances is not null);
        IReadOnlyList<Tensor> outputs = new FusedRenderOp(settings, decoder, given, randomness).ApplyAll([.. inputs]);
        foreach (Tensor output in outputs)
        {
            scope.Keep(output);
        }

        return new() { Color = outputs[0], Depth = outputs[1], Opacity = outputs[2], Weights = outputs[3], Distances = outputs[4] };
    }

    private static Tensor? Noise(RayBatch rays, Tensor? given, int samples, string what)
    {
        if (given is not null)
        {
            ShapeGuard.RequireShape(given, what, "(N, R, samples)", ShapeGuard.ReplaceLast(rays.Origins.Shape, samples));
        }

        return given;
    }

    private static void RequireRising(Tensor distances)
    {
        int samples = distances.Shape[2];
        float[] values = distances.ToSingles();
        for (int i = 1; i < values.Length; i++)
        {
            if (i % samples != 0 && !(values[i] >= values[i - 1]))
            {
                throw new ArgumentException($"Coarse distances must rise along each ray; those of ray {i / samples} go from {values[i - 1]} to {values[i]}.");
            }
        }
    }
}
