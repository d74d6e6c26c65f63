using FsCheck;
using FsCheck.Fluent;
using G3DR.Core.Metrics;
using G3DR.Core.Rendering;
using G3DR.Core.Scenes;

namespace G3DR.Tests.Metrics;

public sealed class GeometryMetricTests
{
    [Fact]
    public void Two_equal_spikes_spread_by_half_their_distance() =>
        Assert.Equal(0.35, RaySpread.OfRay<double>([0, 0.2, 0, 0.2], [4, 4.5, 5, 5.2]), 12);

    [Fact]
    public void One_spike_has_no_spread() => Assert.Equal(0, RaySpread.OfRay<double>([0, 0.9, 0], [4, 4.7, 6]), 12);

    [Fact]
    public void Unequal_spikes_spread_by_the_root_of_their_shares()
    {
        // Bernoulli: d sqrt(p (1 - p)) with p = 1/5.
        Assert.Equal(0.4, RaySpread.OfRay<double>([0.1, 0.4], [4, 5]), 12);
    }

    [Fact]
    public void A_fog_spreads_by_its_length_over_the_root_of_twelve()
    {
        const int Samples = 1000;
        double[] depths = [.. Enumerable.Range(0, Samples).Select(i => 4 + ((i + 0.5) * 2 / Samples))];
        double[] weights = [.. Enumerable.Repeat(0.001, Samples)];

        // n equal bins of width h: variance (L^2 - h^2) / 12.
        const double Bin = 2.0 / Samples;
        Assert.Equal(Math.Sqrt((4 - (Bin * Bin)) / 12), RaySpread.OfRay<double>(weights, depths), 12);
    }

    [Fact]
    public void A_thin_surface_far_away_keeps_its_spread()
    {
        // sqrt(E[x^2] - E[x]^2) would lose all digits here.
        Assert.Equal(1e-7, RaySpread.OfRay<double>([0.5, 0.5], [1000, 1000 + 2e-7]), tolerance: 1e-12);
    }

    [Fact]
    public void Rays_are_averaged_and_empty_ones_left_out_and_counted()
    {
        float[] weights = [0.5f, 0.5f, 0, 0, 1e-4f, 1e-4f, 1, 0];
        float[] depths = [4, 5, 4, 5, 4, 5, 4, 5];
        RaySpreadResult result = RaySpread.Measure<float>(weights, depths, samples: 2);
        Assert.Equal((2, 2), (result.CountedRays, result.EmptyRays));
        Assert.Equal(0.25, result.Mean, 7);

        // A lower limit lets the thin ray count: spreads 0.5, 0.5 and 0.
        Assert.Equal(1.0 / 3, RaySpread.Measure<float>(weights, depths, 2, smallestWeight: 1e-6).Mean, 7);
    }

    [Fact]
    public void Without_any_counted_ray_there_is_no_mean()
    {
        RaySpreadResult result = RaySpread.Measure<float>([0, 0], [4, 5], samples: 2);
        Assert.True(double.IsNaN(result.Mean));
        Assert.Equal((0, 1), (result.CountedRays, result.EmptyRays));
    }

    [Fact]
    public void Spread_ignores_the_scale_of_weights_and_follows_that_of_depths()
    {
        Gen<double[]> values = Gen.Choose(1, 1000).Select(i => i / 1000.0).ArrayOf(6);
        Gen<(double[] Weights, double[] Depths)> rays = from weights in values from depths in values select (weights, depths);
        Prop.ForAll(rays.ToArbitrary(), ray =>
        {
            double spread = RaySpread.OfRay<double>(ray.Weights, ray.Depths);
            double[] halved = [.. ray.Weights.Select(w => w / 2)];
            double[] moved = [.. ray.Depths.Select(d => 4 + (3 * d))];
            double range = ray.Depths.Max() - ray.Depths.Min();
            return Math.Abs(RaySpread.OfRay<double>(halved, ray.Depths) - spread) < 1e-12
                && Math.Abs(RaySpread.OfRay<double>(ray.Weights, moved) - (3 * spread)) < 1e-9
                && spread <= (range / 2) + 1e-12;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Bad_weights_are_refused()
    {
        ArgumentException negative = Assert.Throws<ArgumentException>(() => RaySpread.OfRay<double>([0.5, -0.1], [4, 5]));
        Assert.Contains("-0.1 and depth 5 at sample 1", negative.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => RaySpread.OfRay<float>([0.5f, float.NaN], [4, 5]));
        Assert.Throws<ArgumentException>(() => RaySpread.OfRay<float>([0.5f, 0.5f], [4, float.PositiveInfinity]));
        Assert.Throws<ArgumentException>(() => RaySpread.Measure<float>([0.5f, 0.5f, 0.5f], [4, 5, 6], samples: 2));
        Assert.Throws<ArgumentException>(() => RaySpread.Measure<float>([0.5f], [4, 5], samples: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => RaySpread.Measure<float>([0.5f], [4], samples: 1, smallestWeight: 0));
    }

    [Fact]
    public void Depth_error_is_the_mean_of_absolute_differences()
    {
        Assert.Equal(0.5, DepthError.MeanAbsolute<float>([4, 5, 6], [4.5f, 5, 5]), 12);
        Assert.Equal(0.75, DepthError.MeanAbsolute<float>([4, 5, 6], [4.5f, 5, 5], [true, false, true]), 12);
        Assert.Throws<ArgumentException>(() => DepthError.MeanAbsolute<float>([4], [5], [false]));
        Assert.Throws<ArgumentException>(() => DepthError.MeanAbsolute<float>([4], [5, 6]));
    }

    [Fact]
    public void A_renderer_that_returns_the_mesh_has_no_error_and_an_offset_shows_in_full()
    {
        DepthMesh mesh = ToyMesh(32);
        Assert.Equal(0, NovelDepthError.Measure(mesh, camera => mesh.Rasterize(camera, 24, 24).Depth, 24, 24).Mean);
        NovelDepthErrorResult offset = NovelDepthError.Measure(mesh, camera => [.. mesh.Rasterize(camera, 24, 24).Depth.Select(d => d + 0.25f)], 24, 24);
        Assert.Equal(0.25, offset.Mean, 6);
        Assert.Equal([-0.4, -0.2, 0.2, 0.4], offset.Views.Select(view => view.Yaw));
        Assert.All(offset.Views, view => Assert.Equal(0.25, view.Error, 6));
    }

    [Fact]
    public void The_mean_is_over_pixels_and_views_keep_their_own_error()
    {
        // Wrong by 1 in one view only: its share of the covered pixels.
        DepthMesh mesh = ToyMesh(32);
        NovelDepthErrorResult result = NovelDepthError.Measure(
            mesh, camera => [.. mesh.Rasterize(camera, 24, 24).Depth.Select(d => camera.Yaw > (Math.PI / 2) + 0.3 ? d + 1 : d)], 24, 24);
        double share = result.Views[3].CoveredPixels / (double)result.Views.Sum(view => view.CoveredPixels);
        Assert.Equal([0, 0, 0, 1], result.Views.Select(view => Math.Round(view.Error, 6)));
        Assert.Equal(share, result.Mean, 6);
    }

    [Fact]
    public void A_true_scene_scores_better_than_its_picture_on_a_flat_card()
    {
        const int Size = 96;
        SyntheticScene scene = SyntheticScene.ByName("rabbit");
        var mesh = DepthMesh.FromDepth(scene.Render(Camera.Canonical, Size, Size).Depth, Size, Size, Camera.Canonical);
        double truth = NovelDepthError.Measure(mesh, camera => scene.Render(camera, Size, Size).Depth, Size, Size).Mean;

        // A card through the origin that faces the canonical camera.
        var flat = new SyntheticScene("card", string.Empty, p => Math.Abs(p.X) - 0.01, _ => default);
        double card = NovelDepthError.Measure(mesh, camera => flat.Render(camera, Size, Size).Depth, Size, Size).Mean;
        Assert.True(truth < 0.03, $"true scene {truth}");
        Assert.True(card > 0.3, $"card {card}");
    }

    [Fact]
    public void Bad_renderers_and_turns_are_refused()
    {
        DepthMesh mesh = ToyMesh(8);
        ArgumentException length = Assert.Throws<ArgumentException>(() => NovelDepthError.Measure(mesh, _ => new float[3], 4, 5));
        Assert.Contains("3 depths, need 5 x 4 = 20", length.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => NovelDepthError.Measure(mesh, _ => new float[20], 4, 5, yaws: []));

        // From behind the mesh covers nothing.
        Assert.Throws<ArgumentException>(() => NovelDepthError.Measure(mesh, _ => new float[20], 4, 5, yaws: [Math.PI]));
    }

    private static DepthMesh ToyMesh(int size) =>
        DepthMesh.FromDepth(SyntheticScene.ByName("toys").Render(Camera.Canonical, size, size).Depth, size, size, Camera.Canonical);
}
