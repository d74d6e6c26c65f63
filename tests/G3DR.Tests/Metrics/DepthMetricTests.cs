using FsCheck;
using FsCheck.Fluent;
using G3DR.Core.Metrics;

namespace G3DR.Tests.Metrics;

public class DepthMetricTests
{
    [Fact]
    public void Flat_map_scores_one()
    {
        double[] flat = [.. Enumerable.Repeat(5.0, 100)];
        Assert.Equal(1, NonFlatnessScore.Compute<double>(flat, 1, 4, 6), 9);
    }

    [Fact]
    public void Even_depths_score_the_number_of_bins()
    {
        double[] even = [.. Enumerable.Range(0, 640).Select(i => 4 + (2 * (i + 0.5) / 640))];
        Assert.Equal(64, NonFlatnessScore.Compute<double>(even, 1, 4, 6), 6);
    }

    [Fact]
    public void Score_averages_the_exponentials_of_the_maps()
    {
        // One flat map (1) and one with two equally full bins (2).
        double[] maps = [4.1, 4.1, 4.1, 4.1, 4.1, 4.1, 5.9, 5.9];
        Assert.Equal(1.5, NonFlatnessScore.Compute<double>(maps, 2, 4, 6, 2), 9);
    }

    [Fact]
    public void Bins_hold_their_lower_edge_and_the_last_one_both()
    {
        Assert.Equal([1, 1, 1, 2], NonFlatnessScore.Histogram<double>([0, 0.25, 0.5, 0.75, 1], 0, 1, 4));
        Assert.Equal([2, 0, 0, 1], NonFlatnessScore.Histogram<double>([-7, double.NegativeInfinity, double.PositiveInfinity], 0, 1, 4));
    }

    [Fact]
    public void Histogram_edges_are_exact_for_ranges_that_are_not()
    {
        // Edges as torch.linspace(0.1, 0.7, 8) gives them; each belongs to the bin above it.
        double step = (0.7 - 0.1) / 7;
        double[] edges = [.. Enumerable.Range(0, 8).Select(i => i < 4 ? 0.1 + (step * i) : 0.7 - (step * (7 - i)))];
        Assert.Equal([1, 1, 1, 1, 1, 1, 2], NonFlatnessScore.Histogram<double>(edges, 0.1, 0.7, 7));
    }

    [Fact]
    public void Histogram_counts_every_pixel_whatever_the_range() => Prop.ForAll(
        ArbMap.Default.ArbFor<int>(),
        seed =>
        {
            var random = new Random(seed);
            double minimum = (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-6, 7));
            double maximum = minimum + (random.NextDouble() * Math.Pow(10, random.Next(-6, 7))) + 1e-9;
            double[] depth = [.. Enumerable.Range(0, 50).Select(_ => minimum + ((maximum - minimum) * ((random.NextDouble() * 1.4) - 0.2)))];
            return NonFlatnessScore.Histogram<double>(depth, minimum, maximum, random.Next(1, 100)).Sum() == depth.Length;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Nonflatness_refuses_what_it_cannot_count()
    {
        Assert.Throws<ArgumentException>(() => NonFlatnessScore.Compute<float>([1, float.NaN], 1, 0, 1));
        Assert.Throws<ArgumentException>(() => NonFlatnessScore.Compute<float>([1, 2, 3], 2, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => NonFlatnessScore.Compute<float>([1], 1, 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => NonFlatnessScore.Compute<float>([1], 1, 0, double.PositiveInfinity));
        Assert.Throws<ArgumentOutOfRangeException>(() => NonFlatnessScore.Compute<float>([1], 1, 0, 1, 0));
        Assert.Throws<ArgumentException>(() => NonFlatnessScore.Entropy([0, 0]));
        Assert.Throws<ArgumentException>(() => NonFlatnessScore.Entropy([3, -1]));
    }

    [Fact]
    public void Standardised_distance_ignores_offset_and_positive_scale() => Prop.ForAll(
        ArbMap.Default.ArbFor<int>(),
        seed =>
        {
            var random = new Random(seed);
            double[] map = [.. Enumerable.Range(0, 40).Select(_ => random.NextDouble())];
            double offset = (random.NextDouble() - 0.5) * 20;
            double scale = 0.1 + (random.NextDouble() * 10);
            double[] same = [.. map.Select(x => (scale * x) + offset)];
            double[] inverted = [.. map.Select(x => (-scale * x) + offset)];
            return DepthAccuracy.StandardisedL2<double>(map, same) < 1e-18
                && Math.Abs(DepthAccuracy.StandardisedL2<double>(map, inverted) - 4) < 1e-9;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Standardised_distance_is_two_minus_twice_the_correlation()
    {
        // Both have mean 0 and variance 1; their mean product is 0: uncorrelated.
        Assert.Equal(2, DepthAccuracy.StandardisedL2<double>([1, 1, -1, -1], [1, -1, 1, -1]), 12);
    }

    [Fact]
    public void Constant_map_standardises_to_zeros()
    {
        double[] constant = [0.1, 0.1, 0.1];
        Assert.Equal(0, DepthAccuracy.StandardisedL2<double>(constant, [7, 7, 7]));
        Assert.Equal(1, DepthAccuracy.StandardisedL2<double>(constant, [1, 2, 3]), 12);
    }

    [Fact]
    public void Raw_distance_is_the_mean_of_the_squares()
    {
        Assert.Equal(2.5, DepthAccuracy.RawL2<float>([1, 2], [2, 4]));
        Assert.Equal([1, 4], DepthAccuracy.RawL2PerMap<float>([1, 2], [2, 4], 2));
        Assert.Throws<ArgumentException>(() => DepthAccuracy.RawL2PerMap<float>([1, 2, 3], [1, 2, 3], 2));
    }
}
