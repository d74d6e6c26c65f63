using System.Text.Json;
using G3DR.Core.Metrics;
using G3DR.Core.Weights;

namespace G3DR.Core.Verification.Verifiers;

/// <summary>pretrained/fid_is_formulas: moments of features, Frechet distances as defined and as pytorch-fid prints them, and Inception scores of hashed logits.</summary>
internal sealed class FidFormulaVerifier() : HostVerifier("fid_is_formulas")
{
    // The tolerances of the file: relative to the traces, for singular covariances apart, and relative to the score.
    private const double Regular = 1e-10, Singular = 1e-6, Score = 1e-10;

    // Rounding of sums of some hundred numbers, which distances have that are far larger than the traces.
    private const double Rounding = 1e-13;

    public override bool KnowsConfig(JsonElement config) => config.HasAll("cases");

    public override IEnumerable<VectorCheck> Run(ReferenceVectors vectors, VerificationContext context) =>
        vectors.Config.Entry("cases").EnumerateObject().SelectMany(entry =>
            entry.Value.Optional("logits") is null ? Distances(vectors, entry.Name, entry.Value) : Scores(entry.Name, entry.Value));

    private static IEnumerable<VectorCheck> Distances(ReferenceVectors vectors, string name, JsonElement expected)
    {
        double[][] means = [vectors.Doubles($"{name}/mu1"), vectors.Doubles($"{name}/mu2")];
        double[][] covariances = [vectors.Doubles($"{name}/sigma1"), vectors.Doubles($"{name}/sigma2")];
        FeatureStatistics[] statistics = new FeatureStatistics[2];
        bool singular = false;
        for (int i = 0; i < 2; i++)
        {
            int count = expected.Items($"shape{i + 1}")[0].GetInt32(), dimensions = means[i].Length;
            statistics[i] = new(count, means[i], covariances[i]);
            singular |= count <= dimensions || Enumerable.Range(0, dimensions).Any(d => covariances[i][(d * dimensions) + d] == 0);
            if (vectors.Contains($"{name}/act{i + 1}"))
            {
                var own = new FeatureStatistics(dimensions);
                own.Add<double>(vectors.Doubles($"{name}/act{i + 1}"));
                yield return Compare($"{name}/mu{i + 1}", means[i], own.Mean.ToArray(), Rounding * means[i].Max(Math.Abs));
                yield return Compare($"{name}/sigma{i + 1}", covariances[i], own.Covariance(), Rounding * (covariances[i].Max(Math.Abs) + Math.Pow(means[i].Max(Math.Abs), 2)));
            }
        }

        double relative = singular ? Singular : Regular, trace = expected.Number("trace");
        foreach ((string key, bool compatible) in ((string, bool)[])[("fid_eigh", false), ("fid_pytorch_fid_sqrtm", true)])
        {
            double value = expected.Number(key);
            yield return Compare(
                $"{name}/{key}",
                [value],
                [FrechetDistance.Compute(statistics[0], statistics[1], new() { Compatible = compatible })],
                (relative * trace) + (Rounding * Math.Abs(value)));
        }
    }

    private static IEnumerable<VectorCheck> Scores(string name, JsonElement expected)
    {
        int rows = expected.Integer("N"), classes = expected.Integer("C");
        string recipe = expected.Text("logits");
        double scale = double.Parse(recipe.Split('*', ' ')[1], System.Globalization.CultureInfo.InvariantCulture);
        uint hash = HashInit.Hash($"logits_{name}");
        double[] logits = [.. Enumerable.Range(0, checked(rows * classes)).Select(i => scale * HashInit.Unit(hash, (uint)i))];
        InceptionScoreResult score = InceptionScore.Compute<double>(logits, classes, expected.Integer("splits"));
        double[] parts = [.. expected.Items("per_split").Select(value => value.AsNumber("per_split"))];
        yield return Compare($"{name}/mean", [expected.Number("mean")], [score.Mean], Score * score.Mean);
        yield return Compare($"{name}/per_split", parts, [.. score.Parts], Score * parts.Max());
        yield return Compare($"{name}/std_population", [expected.Number("std_population")], [score.Deviation], Score * score.Mean);
    }

    private static VectorCheck Compare(string name, double[] expected, double[] actual, double tolerance) =>
        Row(VectorComparison.Compare(name, expected, actual, new VectorTolerance(tolerance)));
}
