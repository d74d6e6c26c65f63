using G3DR.Core.Metrics;
using G3DR.Core.Verification;
using G3DR.Tests.Support;

namespace G3DR.Tests.Metrics;

public class MetricVectorTests
{
    public static TheoryData<string> Outputs()
    {
        var names = new TheoryData<string>();
        using ReferenceVectors vectors = Vectors.Open("train/metrics.safetensors");
        foreach (string name in vectors.NamesOf(TensorRole.Output))
            names.Add(name);
        return names;
    }

    // Every output tensor of the file is a case: one that is not known here fails.
    [Theory]
    [MemberData(nameof(Outputs))]
    public void Metric_matches_the_reference(string tensor)
    {
        using ReferenceVectors vectors = Vectors.Open("train/metrics.safetensors");
        float[] depth = vectors.Singles("depth");
        float[] pseudo = vectors.Singles("pseudo_depth");
        int maps = (int)vectors.Shape("depth")[0];
        int length = depth.Length / maps;
        double minimum = vectors.Config.GetProperty("min_depth").GetDouble();
        double maximum = vectors.Config.GetProperty("max_depth").GetDouble();
        int bins = vectors.Config.GetProperty("num_bins").GetInt32();
        long[][] histograms = [.. Enumerable.Range(0, maps)
            .Select(i => NonFlatnessScore.Histogram<float>(depth.AsSpan(i * length, length), minimum, maximum, bins))];
        double[] entropies = [.. histograms.Select(h => NonFlatnessScore.Entropy(h))];
        int compared = Math.Min(4, maps);
        double[] standardised = DepthAccuracy.StandardisedL2PerMap<float>(
            depth.AsSpan(0, compared * length), pseudo.AsSpan(0, compared * length), compared);

        VectorResult result = tensor switch
        {
            "histograms" => vectors.Compare(tensor, histograms.SelectMany(h => h).ToArray()),
            "entropy" => vectors.Compare(tensor, entropies),
            "nfs" => vectors.Compare(tensor, [NonFlatnessScore.Compute<float>(depth, maps, minimum, maximum, bins)]),
            "mean_entropy" => vectors.Compare(tensor, [entropies.Average()]),
            "depth_l2_standardised" => vectors.Compare(tensor, standardised),
            "depth_l2_mean" => vectors.Compare(tensor, [standardised.Average()]),
            "depth_l2_raw" => vectors.Compare(tensor, DepthAccuracy.RawL2PerMap<float>(depth, pseudo, maps)),
            _ => throw new InvalidOperationException($"no metric computes {tensor}"),
        };
        Vectors.AssertOk(result);
    }
}
