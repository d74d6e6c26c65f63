using System.Text.Json;
using G3DR.Core.Rendering;
using G3DR.Core.Tensors;
using G3DR.Kernels.Rendering;

namespace G3DR.Core.Verification.Verifiers;

/// <summary>render/paper_*: the renderer of the paper's text from planes to picture, without a kernel and with each of several.</summary>
internal sealed class PaperRendererVerifier : RendererVerifier
{
    public override bool KnowsName(string name) => name.StartsWith("paper_", StringComparison.Ordinal);

    public override bool KnowsConfig(JsonElement config) => config.HasAll("levels", "dirs", "box_warp", "kernels", "s2_rule");

    protected override IEnumerable<VectorCheck> Verify(VectorRun run)
    {
        JsonElement config = run.Config;
        Tensor planes = VectorRun.Leaf(run.GetImages("planes"));
        using TriplaneDecoder decoder = DecoderVerifier.Load(run, "decoder.", usesDirections: config.Flag("dirs"));
        Tensor origins = run.Get("rays_o"), distances = run.GetSamples("t"), far = run.GetPerRay("far", origins);
        Tensor surface = run.GetPerRay("target_depth", origins);

        // The distances are given, so nothing reads the near limit.
        var rays = new RayBatch(origins, run.Get("rays_d")) { Near = Tensor.Zeros(run.Device, far.Shape, run.DType), Far = far };
        RenderSettings settings = RenderSettings.Paper with
        {
            Levels = config.Integer("levels"),
            BoxSize = config.Number("box_warp"),
            CoarseSampling = CoarseSampling.Given,
            CoarseSamples = distances.Shape[^1],
        };
        double s2 = SampleDistanceRule(config, distances.Shape[^1]);
        DepthKernel?[] kernels = [null, .. config.Items("kernels").Select(kernel => DepthKernelConfig.Read(kernel, s2))];
        for (int j = 0; j < kernels.Length; j++)
        {
            using RenderResult result = Render(
                run, planes, decoder, rays, settings with { Kernel = kernels[j] }, kernels[j] is null ? null : surface, new() { CoarseDistances = distances });
            foreach (VectorCheck check in CheckPicture(run, result, planes, decoder, j == 0 ? string.Empty : $"_k{j - 1}"))
            {
                yield return check;
            }

            yield return run.Check("weights", result.Weights);
            if (result.Intermediates is { } intermediates)
            {
                yield return run.Check("sigma", VolumeMarching.Density(intermediates.Densities));
                yield return run.Check("colors", intermediates.Colors);
            }
        }
    }

    // The library's own rule for s2 must give the number of the file.
    private static double SampleDistanceRule(JsonElement config, int samples)
    {
        double own = DepthKernel.HalfSampleDistance(config.Number("near"), config.Number("far"), samples), stated = config.Number("s2_rule");
        return Math.Abs(own - stated) <= 1e-12 * Math.Abs(stated)
            ? own
            : throw new FormatException($"Half the distance of the samples is {own:r}; the configuration says s2_rule = {stated:r}.");
    }
}
