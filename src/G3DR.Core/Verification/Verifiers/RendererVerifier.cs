using System.Text.Json;
using G3DR.Core.Rendering;
using G3DR.Core.Tensors;

namespace G3DR.Core.Verification.Verifiers;

/// <summary>A family that whole renderers compute: the fused one, and the composed one in float32 and float64.</summary>
internal abstract class RendererVerifier : IVectorVerifier
{
    public abstract bool KnowsName(string name);

    public abstract bool KnowsConfig(JsonElement config);

    public IEnumerable<VectorCheck> Run(ReferenceVectors vectors, VerificationContext context)
    {
        var produced = new HashSet<string>(StringComparer.Ordinal);
        VerificationPath[] paths = [.. PathsOf(context)];
        foreach (VerificationPath path in paths)
        {
            foreach (VectorCheck check in Run(vectors, context, path))
            {
                produced.Add(check.Result.Tensor);
                yield return check;
            }
        }

        if (paths is [VerificationPath.Fused] && vectors.NamesOf(TensorRole.Output).Any(output => !produced.Contains(output)))
        {
            // What the fused renderer does not store is still checked.
            foreach (VectorCheck check in Run(vectors, context, VerificationPath.Composed).Where(check => !produced.Contains(check.Result.Tensor)))
            {
                yield return check;
            }
        }
    }

    protected abstract IEnumerable<VectorCheck> Verify(VectorRun run);

    /// <summary>The paths that are run.</summary>
    protected virtual IEnumerable<VerificationPath> PathsOf(VerificationContext context) => context.RendererPaths;

    /// <summary>Renders on the path of the run. Intermediates are there on all paths but the fused one.</summary>
    protected static RenderResult Render(
        VectorRun run, Tensor planes, TriplaneDecoder decoder, RayBatch rays, RenderSettings settings, Tensor? surface, RenderRandomness randomness) =>
        run.Path == VerificationPath.Fused
            ? TriplaneRenderer.Render(planes, decoder, rays, settings, surface, randomness)
            : ComposedRenderer.Render(planes, decoder, rays, settings with { KeepIntermediates = true }, surface, randomness);

    /// <summary>Colour, depth and opacity, then the gradients of all parameters for the file's cotangents.</summary>
    protected static IEnumerable<VectorCheck> CheckPicture(VectorRun run, RenderResult result, Tensor planes, TriplaneDecoder decoder, string suffix)
    {
        yield return run.Check("rgb", result.Color);
        yield return run.Check("depth", result.Depth);
        yield return run.Check("weight_total", result.Opacity);
        Tensor[] gradients = Autograd.Gradients(
            [result.Color, result.Depth, result.Opacity],
            [run.Get("cot_rgb"), run.GetSamples("cot_depth"), run.GetSamples("cot_weight_total")],
            [planes, .. decoder.Parameters.Values]);
        yield return run.CheckImages($"grad_planes{suffix}", gradients[0]);
        int parameter = 1;
        foreach (string name in decoder.Parameters.Keys)
        {
            yield return run.Check($"grad_decoder.{name}{suffix}", gradients[parameter++]);
        }
    }

    private IEnumerable<VectorCheck> Run(ReferenceVectors vectors, VerificationContext context, VerificationPath path)
    {
        using var run = new VectorRun(vectors, context.Device, path);
        foreach (VectorCheck check in Verify(run))
        {
            yield return check;
        }
    }
}
