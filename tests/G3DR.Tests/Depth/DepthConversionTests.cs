using FsCheck;
using FsCheck.Fluent;
using G3DR.Core.Depth;
using G3DR.Core.Imaging;
using G3DR.Core.Networks;
using G3DR.Tests.Docs;

namespace G3DR.Tests.Depth;

/// <summary>From what networks estimate to distances in [4, 6].</summary>
public class DepthConversionTests
{
    private const float Near = RgbdPicture.NearDepth, Far = RgbdPicture.FarDepth;

    // Depths of scenes up to eight times as deep as their nearest point, all distances alike often.
    private static readonly Arbitrary<double[]> s_scenes = (
        from seed in Gen.Choose(0, int.MaxValue)
        from count in Gen.Choose(200, 2000)
        from ratio in Gen.Choose(2, 8)
        from nearest in Gen.Choose(1, 1000)
        select Scene(seed, count, nearest / 100.0, ratio)).ToArbitrary();

    private static readonly Arbitrary<(float[] Values, DepthMeaning Meaning)> s_anything = (
        from values in Gen.OneOf(
            Gen.Choose(-1_000_000, 1_000_000).Select(whole => whole / 1000f),
            Gen.Elements(float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0f, float.MaxValue, float.MinValue, float.Epsilon, -float.Epsilon)).ArrayOf()
        from one in Gen.Choose(-5, 5)
        from meaning in Gen.Elements(DepthMeaning.Depth, DepthMeaning.InverseDepth)
        select (values.Append(one).ToArray(), meaning)).ToArbitrary();

    [Fact]
    public void Distances_lie_within_the_range_whatever_was_estimated() => Prop.ForAll(s_anything, given =>
        DepthConversion.ToDistances(given.Values, given.Meaning).All(distance => distance is >= Near and <= Far)).QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_nearer_stays_nearer() => Prop.ForAll(s_anything, given =>
    {
        float[] distances = DepthConversion.ToDistances(given.Values, given.Meaning);
        (float Value, float Distance)[] rising = [.. given.Values.Zip(distances).Where(pair => !float.IsNaN(pair.First)).OrderBy(pair => pair.First)];
        int direction = given.Meaning == DepthMeaning.Depth ? 1 : -1;
        return rising.Zip(rising.Skip(1)).All(pair => direction * (pair.Second.Distance - pair.First.Distance) >= 0);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Depth_comes_back_affinely_from_either_meaning() => Prop.ForAll(s_scenes, depths =>
        IsAffine(depths, DepthConversion.ToDistances(Singles(depths), DepthMeaning.Depth))
        && IsAffine(depths, DepthConversion.ToDistances(Singles(depths.Select(depth => 1 / depth)), DepthMeaning.InverseDepth))).QuickCheckThrowOnFailure();

    [Fact]
    public void Neither_scale_nor_shift_of_depth_nor_scale_of_inverse_depth_matter() => Prop.ForAll(s_scenes, Gen.Choose(1, 1000).ToArbitrary(), Gen.Choose(-100, 100).ToArbitrary(), (depths, scale, shift) =>
    {
        float[] plain = DepthConversion.ToDistances(Singles(depths), DepthMeaning.Depth);
        float[] changed = DepthConversion.ToDistances(Singles(depths.Select(depth => (depth + shift) * (scale / 50.0))), DepthMeaning.Depth);
        double[] inverse = [.. depths.Select(depth => 1 / depth)];
        float[] plainInverse = DepthConversion.ToDistances(Singles(inverse), DepthMeaning.InverseDepth);
        float[] scaledInverse = DepthConversion.ToDistances(Singles(inverse.Select(value => value * scale)), DepthMeaning.InverseDepth);

        // What single precision leaves of depths after a shift of up to 100.
        return IsClose(plain, changed, 100 / depths.Max() * 2e-5) && IsClose(plainInverse, scaledInverse, 2e-5);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Outliers_do_not_compress_the_rest() => Prop.ForAll(s_scenes, Gen.Choose(1, 4).ToArbitrary(), (depths, kind) =>
    {
        // One pixel in a hundred is far off: negative, zero, or a thousand times as large as any other.
        double[] values = kind <= 2 ? [.. depths] : [.. depths.Select(depth => 1 / depth)];
        double largest = values.Max();
        for (int i = 0; i < values.Length; i += 100)
        {
            values[i] = kind switch { 1 => 1000 * largest, 2 => -1000 * largest, 3 => 1000 * largest, _ => 0 };
        }

        DepthMeaning meaning = kind <= 2 ? DepthMeaning.Depth : DepthMeaning.InverseDepth;
        float[] distances = DepthConversion.ToDistances(Singles(values), meaning);
        float[] rest = [.. distances.Where((_, i) => i % 100 != 0)];

        // Without the outliers they would fill the range; the margin is a quarter of theirs at most, on the side of the outliers.
        return rest.Max() - rest.Min() >= (Far - Near) / 1.5;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_sky_is_background_and_the_rest_keeps_its_shape()
    {
        // Three quarters of a photo have inverse depth 0.
        double[] depths = Scene(seed: 1, count: 500, nearest: 2, ratio: 3);
        float[] values = [.. Singles(depths.Select(depth => 1 / depth)), .. new float[1500]];
        float[] distances = DepthConversion.ToDistances(values, DepthMeaning.InverseDepth);
        Assert.All(distances[500..], distance => Assert.Equal(Far, distance));
        Assert.True(IsAffine(depths, distances[..500]));
    }

    [Theory]
    [InlineData("rabbit")]
    [InlineData("toys")]
    [InlineData("vase")]
    public void True_depth_of_a_picture_is_found_again_in_its_inverse(string sample)
    {
        Image truth = Image.Load(Path.Combine(Documents.Root, "samples", $"{sample}-depth.png"));
        double[] depths = [.. truth.ToGrey16().Select(level => 4 + (level / 32768.0))];
        float[] distances = DepthConversion.ToDistances(Singles(depths.Select(depth => 1 / depth)), DepthMeaning.InverseDepth);

        // What lies beyond the margin is put on the ends; all between is affine.
        (double Depth, float Distance)[] inside = [.. depths.Zip(distances).Where(pair => pair.Second is > 4f and < 6f)];
        Assert.True(inside.Length > depths.Length / 2);
        Assert.True(IsAffine([.. inside.Select(pair => pair.Depth)], [.. inside.Select(pair => pair.Distance)]));
    }

    [Theory]
    [InlineData(DepthMeaning.Depth, 3f)]
    [InlineData(DepthMeaning.Depth, 0f)]
    [InlineData(DepthMeaning.InverseDepth, 3f)]
    [InlineData(DepthMeaning.InverseDepth, 0f)]
    [InlineData(DepthMeaning.InverseDepth, -1f)]
    public void A_constant_map_lies_in_the_middle(DepthMeaning meaning, float value) =>
        Assert.All(DepthConversion.ToDistances([value, value, value], meaning), distance => Assert.Equal((Near + Far) / 2, distance));

    [Fact]
    public void Infinities_go_to_the_end_that_they_mean_and_what_is_no_number_is_far()
    {
        float[] values = [1, 2, float.PositiveInfinity, float.NegativeInfinity, float.NaN];
        Assert.Equal([Near, Far, Far, Near, Far], DepthConversion.ToDistances(values, DepthMeaning.Depth));
        Assert.Equal([Far, Near, Near, Far, Far], DepthConversion.ToDistances(values, DepthMeaning.InverseDepth));
    }

    [Fact]
    public void A_map_without_numbers_is_refused()
    {
        foreach (float[] values in (float[][])[[], [float.NaN], [float.PositiveInfinity, float.NaN]])
        {
            Assert.Contains("no finite value", Assert.Throws<ArgumentException>(() => DepthConversion.ToDistances(values, DepthMeaning.Depth)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Options_that_make_no_sense_are_refused()
    {
        foreach (DepthConversionOptions wrong in (DepthConversionOptions[])[new() { OutlierShare = 0.5 }, new() { OutlierShare = -1 }, new() { Margin = double.NaN }, new() { LargestRatio = 1 }])
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => DepthConversion.ToDistances([1, 2], DepthMeaning.Depth, wrong));
        }
    }

    [Fact]
    public void The_picture_of_a_map_is_read_back_as_its_distances()
    {
        double[] depths = Scene(seed: 2, count: 32 * 32, nearest: 1, ratio: 5);
        var map = new DepthMap(32, 32, Singles(depths.Select(depth => 1 / depth)), DepthMeaning.InverseDepth);
        float[] expected = map.ToDistances(), actual = RgbdPicture.PrepareDepth(map.ToImage(), 32);

        // Half a level of 16 bits, and one at the far end.
        Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.Second - pair.First, -3.2e-5f, 1.6e-5f));
        Assert.Equal((map.Values.Min(), map.Values.Max()), (map.Minimum, map.Maximum));
        Image painted = map.Paint(ColorMap.Grey);
        int nearest = Array.IndexOf(map.Values, map.Maximum), farthest = Array.IndexOf(map.Values, map.Minimum);
        Assert.Equal((255, 0), (painted.Data8[3 * nearest], painted.Data8[3 * farthest]));
    }

    private static double[] Scene(int seed, int count, double nearest, int ratio)
    {
        var random = new Random(seed);

        // Both ends are there, so that the scene is as deep as said.
        return [nearest, nearest * ratio, .. Enumerable.Range(0, count - 2).Select(_ => nearest * (1 + ((ratio - 1) * random.NextDouble())))];
    }

    private static float[] Singles(IEnumerable<double> values) => [.. values.Select(value => (float)value)];

    private static bool IsClose(float[] expected, float[] actual, double tolerance) => expected.Zip(actual).All(pair => Math.Abs(pair.First - pair.Second) <= tolerance);

    // The line through the nearest and the farthest point goes through all, and rises.
    private static bool IsAffine(double[] depths, float[] distances)
    {
        int near = Array.IndexOf(depths, depths.Min()), far = Array.IndexOf(depths, depths.Max());
        double slope = (distances[far] - distances[near]) / (depths[far] - depths[near]);
        return slope > 0 && depths.Zip(distances).All(pair => Math.Abs(distances[near] + (slope * (pair.First - depths[near])) - pair.Second) < 2e-5);
    }
}
