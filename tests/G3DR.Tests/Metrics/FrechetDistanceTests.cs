using FsCheck;
using FsCheck.Fluent;
using G3DR.Core.Metrics;
using G3DR.Core.Weights;
using G3DR.Tests.Support;

namespace G3DR.Tests.Metrics;

public class FrechetDistanceTests
{
    [Fact]
    public void Formulas_give_the_reference()
    {
        using var device = new TestDevice();
        Assert.Equal(53, PretrainedFiles.Verify(device, "fid_is_formulas").Checks.Count);
    }

    // Of independent features: the sum over them of the squared distances of means and of deviations.
    [Fact]
    public void Independent_features_have_a_known_distance() => Prop.ForAll(
        (from size in Gen.Choose(1, 12)
         from numbers in Gen.Choose(0, 1000).ArrayOf(4 * size)
         select numbers.Select(number => number / 100.0).ToArray()).ToArbitrary(),
        numbers =>
        {
            double[][] parts = [.. numbers.Chunk(numbers.Length / 4)];
            double expected = parts[0].Zip(parts[1], (a, b) => (a - b) * (a - b)).Sum() + parts[2].Zip(parts[3], (a, b) => (a - b) * (a - b)).Sum();
            double actual = FrechetDistance.Compute(Diagonal(parts[0], parts[2]), Diagonal(parts[1], parts[3]));
            return Math.Abs(actual - expected) <= 1e-12 * (1 + numbers.Sum(number => number * number));
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(40, 7)]
    [InlineData(5, 30)]
    public void A_set_has_no_distance_from_itself_and_a_shift_counts_by_its_square(int count, int dimensions)
    {
        double[] features = Features(count, dimensions, seed: 1), shifted = [.. features.Select(value => value + 0.5)];
        FeatureStatistics one = Of(features, dimensions);
        Assert.Equal(0, FrechetDistance.Compute(one, Of(features, dimensions)), 1e-9);
        Assert.Equal(0.25 * dimensions, FrechetDistance.Compute(one, Of(shifted, dimensions)), 1e-9);
    }

    [Fact]
    public void The_distance_is_symmetric_also_where_one_set_is_smaller_than_its_vectors()
    {
        FeatureStatistics many = Of(Features(200, 24, seed: 1), 24), few = Of(Features(6, 24, seed: 2), 24);
        Assert.Equal(FrechetDistance.Compute(many, few), FrechetDistance.Compute(few, many), 1e-9);
    }

    // 1, 1 against 2: |1 - 2|^2 + 0 + 1 - 0, as nothing varies in the first set; with the offset d under both roots, 2 sqrt((0 + d) (1 + d)) less.
    [Fact]
    public void A_constant_feature_gets_the_offset_of_pytorch_fid_only_if_asked_for()
    {
        FeatureStatistics constant = new(1), varying = new(2, [2.0], [1.0]);
        constant.Add<double>([1.0, 1.0]);
        Assert.Equal(2, FrechetDistance.Compute(constant, varying), 1e-12);
        Assert.Equal(2 - (2 * Math.Sqrt(0.01 * 1.01)), FrechetDistance.Compute(constant, varying, new() { Compatible = true, Offset = 0.01 }), 1e-12);
    }

    [Fact]
    public void Statistics_of_parts_merge_into_those_of_the_whole() => Prop.ForAll(
        (from dimensions in Gen.Choose(1, 9) from first in Gen.Choose(0, 150) from second in Gen.Choose(2, 150) select (dimensions, first, second)).ToArbitrary(),
        sizes =>
        {
            (int dimensions, int first, int second) = sizes;
            double[] features = [.. Features(first + second, dimensions, seed: (first * 1000) + second).Select(value => 100 + value)];
            FeatureStatistics whole = Of(features, dimensions), merged = Of(features[..(first * dimensions)], dimensions), one = new(dimensions);
            merged.Merge(Of(features[(first * dimensions)..], dimensions));
            for (int i = 0; i < features.Length; i += dimensions)
            {
                one.Add<double>(features.AsSpan(i, dimensions));
            }

            return new[] { merged, one }.All(other => other.Count == whole.Count
                && Close(other.Mean.ToArray(), whole.Mean.ToArray(), 1e-12) && Close(other.Covariance(), whole.Covariance(), 1e-12));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Statistics_come_back_from_their_file()
    {
        using var folder = new TemporaryFolder();
        FeatureStatistics saved = Of(Features(20, 6, seed: 3), 6);
        saved.Save(folder.PathOf("statistics.safetensors"));
        FeatureStatistics loaded = FeatureStatistics.Load(folder.PathOf("statistics.safetensors"));
        Assert.Equal(saved.Count, loaded.Count);
        Assert.Equal(saved.Mean.ToArray(), loaded.Mean.ToArray());
        Assert.True(Close(saved.Covariance(), loaded.Covariance(), 1e-14));
        loaded.Merge(saved);
        Assert.Equal(40, loaded.Count);
        Assert.Contains(
            "no statistics", Assert.Throws<WeightsFormatException>(() => FeatureStatistics.Load(Vectors.PathOf("render/camera.safetensors"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_compared_is_refused()
    {
        FeatureStatistics three = Of(Features(9, 3, seed: 1), 3), empty = new(3);
        Assert.Throws<ArgumentException>(() => FrechetDistance.Compute(three, new FeatureStatistics(2)));
        Assert.Throws<InvalidOperationException>(() => FrechetDistance.Compute(three, empty));
        Assert.Throws<ArgumentException>(() => three.Merge(new(2)));
        Assert.Throws<ArgumentException>(() => three.Add<float>([1, 2]));
        Assert.Throws<ArgumentException>(() => three.Add<float>([1, 2, float.NaN]));
        Assert.Throws<ArgumentException>(() => new FeatureStatistics(2, [1.0], [-1.0]));
        Assert.Throws<ArgumentException>(() => new FeatureStatistics(2, [1.0], [1.0, 2.0]));
        Assert.Equal(9, three.Count);
    }

    /// <summary>Random numbers with means and deviations of their own for each feature, some of which depend on each other.</summary>
    internal static double[] Features(int count, int dimensions, int seed)
    {
        var random = new Random(seed);
        double[] features = new double[count * dimensions];
        for (int i = 0; i < features.Length; i++)
        {
            features[i] = (i % dimensions) + (random.NextDouble() * (1 + (i % 3))) + (i % dimensions > 0 ? 0.5 * features[i - 1] : 0);
        }

        return features;
    }

    private static FeatureStatistics Of(double[] features, int dimensions)
    {
        var statistics = new FeatureStatistics(dimensions);
        statistics.Add<double>(features);
        return statistics;
    }

    private static FeatureStatistics Diagonal(double[] mean, double[] deviations)
    {
        double[] covariance = new double[mean.Length * mean.Length];
        for (int i = 0; i < mean.Length; i++)
        {
            covariance[(i * mean.Length) + i] = deviations[i] * deviations[i];
        }

        return new(100, mean, covariance);
    }

    private static bool Close(double[] a, double[] b, double relative) => a.Zip(b, (x, y) => Math.Abs(x - y)).Max() <= relative * b.Max(Math.Abs) * b.Length;
}
