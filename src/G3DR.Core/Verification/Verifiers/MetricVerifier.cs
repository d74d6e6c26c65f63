using System.Text.Json;
using G3DR.Core.Metrics;

namespace G3DR.Core.Verification.Verifiers;

/// <summary>train/metrics: non-flatness of depth maps and their distance from reference depth.</summary>
internal sealed class MetricVerifier() : HostVerifier("metrics")
{
    // The standardised distance is given for the first maps only.
    private const int ComparedMaps = 4;

    public override bool KnowsConfig(JsonElement config) => config.HasAll("min_depth", "max_depth", "num_bins");

    public override IEnumerable<VectorCheck> Run(ReferenceVectors vectors, VerificationContext context)
    {
        float[] depth = vectors.Singles("depth"), pseudo = vectors.Singles("pseudo_depth");
        int maps = checked((int)vectors.Shape("depth")[0]), length = depth.Length / maps;
        double minimum = vectors.Config.Number("min_depth"), maximum = vectors.Config.Number("max_depth");
        int bins = vectors.Config.Integer("num_bins");
        RequireSize(vectors, "histograms", (long)maps * bins);
        long[][] histograms = [.. Enumerable.Range(0, maps)
            .Select(i => NonFlatnessScore.Histogram<float>(depth.AsSpan(i * length, length), minimum, maximum, bins))];
        double[] entropies = [.. histograms.Select(histogram => NonFlatnessScore.Entropy(histogram))];
        yield return Row(vectors.Compare("histograms", histograms.SelectMany(counts => counts).ToArray()));
        yield return Row(vectors.Compare("entropy", entropies));
        yield return Row(vectors.Compare("mean_entropy", [entropies.Average()]));
        yield return Row(vectors.Compare("nfs", [NonFlatnessScore.Compute<float>(depth, maps, minimum, maximum, bins)]));

        int compared = Math.Min(ComparedMaps, maps);
        double[] standardised = DepthAccuracy.StandardisedL2PerMap<float>(depth.AsSpan(0, compared * length), pseudo.AsSpan(0, compared * length), compared);
        yield return Row(vectors.Compare("depth_l2_standardised", standardised));
        yield return Row(vectors.Compare("depth_l2_mean", [standardised.Average()]));
        yield return Row(vectors.Compare("depth_l2_raw", DepthAccuracy.RawL2PerMap<float>(depth, pseudo, maps)));
    }
}
