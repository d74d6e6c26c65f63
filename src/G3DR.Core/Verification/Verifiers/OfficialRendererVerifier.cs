using System.Text.Json;
using G3DR.Core.Rendering;
using G3DR.Core.Tensors;
using G3DR.Kernels.Rendering;

namespace G3DR.Core.Verification.Verifiers;

/// <summary>render/renderer_*: the released code's two-pass renderer in several variants.</summary>
internal sealed class OfficialRendererVerifier : RendererVerifier
{
    // The released code draws a number per step: above this one the fine samples lie around the known depth instead of being drawn.
    private const double GuidedAbove = 0.6;

    // Style whose planes have a pyramid; any other has the finest level only. Files without a style have it.
    private const string PyramidStyle = "lod_no";

    public override bool KnowsName(string name) => name.StartsWith("renderer_", StringComparison.Ordinal);

    public override bool KnowsConfig(JsonElement config) => config.HasAll("S", "K", "box_warp");

    protected override IEnumerable<VectorCheck> Verify(VectorRun run)
    {
        Tensor planes = VectorRun.Leaf(run.GetImages("planes"));
        using TriplaneDecoder decoder = DecoderVerifier.Load(run, "decoder.");
        var rays = new RayBatch(run.Get("rays_o"), run.Get("rays_d"));
        Tensor? surface = run.Contains("importance_depth") ? run.GetPerRay("importance_depth", rays.Origins) : null;
        RenderSettings settings = Settings(run, surface is not null);
        using RenderResult result = Render(run, planes, decoder, rays, settings, surface, new()
        {
            CoarseNoise = run.GetSamples("noise"),
            FineNoise = settings.FineSampling == FineSampling.Importance
                ? run.Get("u", rays.Origins.Shape[0], rays.Origins.Shape[1], settings.FineSamples)
                : null,
        });
        foreach (VectorCheck check in CheckPicture(run, result, planes, decoder, string.Empty))
        {
            yield return check;
        }

        yield return run.Check("all_depths", result.Distances);
        int intervals = result.Distances.Shape[^1] - 1;
        yield return run.Check("depths_mid", (result.Distances.Slice(-1, 0, intervals) + result.Distances.Slice(-1, 1, intervals)) * 0.5f);
        if (result.Intermediates is { } intermediates)
        {
            yield return run.Check("depths_coarse", intermediates.CoarseDistances);
            yield return run.Check("depths_fine", intermediates.FineDistances!);
            yield return run.Check("all_sigma", intermediates.Densities);
        }
    }

    private static RenderSettings Settings(VectorRun run, bool hasSurface)
    {
        JsonElement config = run.Config;
        if (config.Optional("clamp_mode") is not null && config.Text("clamp_mode") != "softplus")
        {
            throw new FormatException($"The renderer turns densities into absorption by softplus; the configuration asks for '{config.Text("clamp_mode")}'.");
        }

        bool guided = hasSurface && config.OptionalNumber("random") > GuidedAbove;
        int fine = config.Integer("K");

        // Before anything of a size from the configuration is made, the file must show it.
        if (run.Shape("depths_fine") is not [_, _, int stored, ..] || stored != fine)
        {
            throw new FormatException($"The configuration asks for {fine} fine samples; 'depths_fine' has shape {new Shape(run.Shape("depths_fine"))}.");
        }

        return RenderSettings.Official with
        {
            Levels = config.Optional("style") is null || config.Text("style") == PyramidStyle ? 3 : 1,
            CoarseSamples = config.Integer("S"),
            FineSamples = fine,
            FineSampling = guided ? FineSampling.SurfaceGuided : FineSampling.Importance,
            BoxSize = config.Number("box_warp"),
            WhiteBackground = config.Flag("white"),
            Near = config.OptionalNumber("start"),
            Far = config.OptionalNumber("end"),
        };
    }
}
