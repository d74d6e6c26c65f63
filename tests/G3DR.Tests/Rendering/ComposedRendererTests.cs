using G3DR.Compute;
using G3DR.Core.Rendering;
using G3DR.Core.Tensors;
using G3DR.Kernels.Rendering;
using G3DR.Tests.Support;

namespace G3DR.Tests.Rendering;

public class ComposedRendererTests
{
    private static readonly RenderSettings s_official = RenderSettings.Official with { CoarseSamples = 6, FineSamples = 5, Near = 4, Far = 6 };

    public static TheoryData<string> Profiles => ["official", "paper"];

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Results_and_gradients_do_not_depend_on_the_number_of_threads(string profile)
    {
        double[][] Run(int threads)
        {
            using var device = new TestDevice(new() { Threads = threads });
            using var scope = TensorScope.Begin(device);
            using var scene = new Scene(device, usesDirections: profile == "paper");
            RenderResult result = scene.Render(SettingsOf(profile), seed: 3);
            Tensor[] gradients = Autograd.Gradients([result.Color], [Tensor.Ones(device, result.Color.Shape)], [scene.Planes, .. scene.Decoder.Parameters.Values]);
            return [.. gradients.Append(result.Color).Append(result.Depth).Select(t => t.ToDoubles())];
        }

        double[][] one = Run(1);
        foreach (int threads in new[] { 2, 5 })
        {
            Assert.All(one.Zip(Run(threads)), pair => Assert.Equal(pair.First, pair.Second));
        }
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public void Pieces_of_a_picture_draw_what_the_whole_draws(string profile)
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        using var scene = new Scene(device, usesDirections: profile == "paper");
        RenderSettings settings = SettingsOf(profile);
        RenderResult whole = scene.Render(settings, seed: 11);
        int rays = whole.Depth.Shape[1];
        foreach ((int first, int count) in new[] { (0, 1), (1, 5), (6, rays - 6) })
        {
            RenderResult piece = ComposedRenderer.Render(
                scene.Planes, scene.Decoder, scene.Rays.Slice(first, count), settings, scene.Surface.Slice(1, first, count), new() { Seed = 11, FirstRay = first });
            Assert.Equal(whole.Color.Slice(1, first, count).ToSingles(), piece.Color.ToSingles());
            Assert.Equal(whole.Distances.Slice(1, first, count).ToSingles(), piece.Distances.ToSingles());
        }
    }

    [Fact]
    public void Drawn_numbers_are_the_numbered_ones_of_their_streams()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        using var scene = new Scene(device);
        RenderSettings settings = s_official with { KeepIntermediates = true };
        RenderResult drawn = scene.Render(settings, seed: 5, firstRay: 40);
        Tensor Given(int samples, uint stream) => Tensor.FromArray(
            device,
            [.. Enumerable.Range(0, 12 * samples).Select(i => Philox.Uniform(5, stream, (ulong)((40 * samples) + i)))],
            [1, 12, samples]);
        RenderResult given = ComposedRenderer.Render(
            scene.Planes, scene.Decoder, scene.Rays, settings, scene.Surface, new() { CoarseNoise = Given(6, 0), FineNoise = Given(5, 1) });
        Assert.Equal(given.Intermediates!.CoarseDistances.ToSingles(), drawn.Intermediates!.CoarseDistances.ToSingles());
        Assert.Equal(given.Intermediates.FineDistances!.ToSingles(), drawn.Intermediates.FineDistances!.ToSingles());
        Assert.Equal(given.Color.ToSingles(), drawn.Color.ToSingles());
    }

    [Fact]
    public void Levels_above_the_finest_are_left_out()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        using var scene = new Scene(device);
        RenderSettings settings = s_official with { FineSampling = FineSampling.None, KeepIntermediates = true };
        Tensor points = RaySampler.Points(scene.Rays.Origins, scene.Rays.Directions, scene.Render(settings).Distances);
        IReadOnlyList<Tensor> pyramid = FeaturePyramid.Build(scene.Planes, settings.Pyramid, settings.Levels);
        for (int finest = 0; finest < settings.Levels; finest++)
        {
            RenderResult result = scene.Render(settings with { FinestLevel = finest });
            (Tensor density, _) = scene.Decoder.Decode(Triplane.Sample([.. pyramid.Skip(finest)], points, settings.Axes));
            Assert.Equal(density.ToSingles(), result.Intermediates!.Densities.ToSingles());
        }
    }

    [Fact]
    public void The_kernel_changes_gradients_and_nothing_else()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        using var scene = new Scene(device);
        RenderResult with = scene.Render(s_official), without = scene.Render(s_official with { Kernel = null });
        RenderResult alike = scene.Render(s_official with { Kernel = DepthKernel.None });
        Assert.Equal(without.Color.ToSingles(), with.Color.ToSingles());
        Assert.Equal(without.Depth.ToSingles(), with.Depth.ToSingles());
        float[] scaled = scene.GradientOf(with), plain = scene.GradientOf(without);
        Assert.NotEqual(plain, scaled);
        Assert.Equal(plain, scene.GradientOf(alike));
    }

    [Fact]
    public void An_empty_volume_shows_the_background()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        using var scene = new Scene(device);

        // A density of softplus(-100 - 1) is zero in float32 however long the ray is.
        scene.Decoder.Weight2.CopyFrom(Tensor.Zeros(device, scene.Decoder.Weight2.Shape));
        scene.Decoder.Bias2.CopyFrom(Tensor.FromArray(device, [-100f, 0, 0, 0], [4]));
        RenderSettings paper = SettingsOf("paper") with { Axes = PlaneAxes.Official };
        Assert.All(scene.Render(s_official).Color.ToSingles(), c => Assert.Equal(-1f, c));
        Assert.All(scene.Render(s_official with { WhiteBackground = true }).Color.ToSingles(), c => Assert.Equal(1f, c));
        Assert.All(scene.Render(paper).Color.ToSingles(), c => Assert.Equal(0f, c, 1e-12f));
        Assert.All(scene.Render(paper).Depth.ToSingles(), d => Assert.Equal(0f, d, 1e-12f));
    }

    [Fact]
    public void Nothing_is_left_behind_without_a_scope()
    {
        // The device fails this test if memory is in use at its end.
        using var device = new TestDevice();
        using var scene = new Scene(device);
        foreach (RenderSettings settings in new[] { s_official, s_official with { FineSampling = FineSampling.SurfaceGuided, KeepIntermediates = true } })
        {
            using RenderResult result = scene.Render(settings);
            using Tensor cotangent = Tensor.Ones(device, result.Color.Shape);
            result.Color.Backward(cotangent);
        }

        using (device.Accelerator.NoGrad())
        {
            using RenderResult result = scene.Render(RenderSettings.Paper with { FineSampling = FineSampling.Importance, FineSamples = 4, CoarseSamples = 5 });
        }

        Assert.NotNull(scene.Planes.Grad);
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused_by_name()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        using var scene = new Scene(device);
        void Refuses(string words, RenderSettings settings, Tensor? planes = null, RayBatch? rays = null, Tensor? surface = null, RenderRandomness? random = null)
        {
            ArgumentException error = Assert.ThrowsAny<ArgumentException>(
                () => ComposedRenderer.Render(planes ?? scene.Planes, scene.Decoder, rays ?? scene.Rays, settings, surface, random));
            Assert.Contains(words, error.Message, StringComparison.Ordinal);
        }

        Refuses("(N, 3, H, W, C)", s_official, planes: Tensor.Zeros(device, [1, 8, 8, 3]));
        Refuses("4 channels", s_official, planes: Tensor.Zeros(device, [1, 3, 8, 8, 5]));
        Refuses("ray origins", s_official, rays: new(Tensor.Zeros(device, [2, 12, 3]), scene.Rays.Directions));
        Refuses("ray directions", s_official, rays: new(scene.Rays.Origins, Tensor.Zeros(device, [1, 11, 3])));
        Refuses("surface depth", s_official, surface: Tensor.Zeros(device, [1, 11]));
        Refuses("Surface-guided", s_official with { FineSampling = FineSampling.SurfaceGuided });
        Refuses("coarse distances", s_official with { CoarseSampling = CoarseSampling.Given });
        Refuses("coarse noise", s_official, random: new() { CoarseNoise = Tensor.Zeros(device, [1, 12, 5]) });
        Refuses("near and far", s_official, rays: scene.Rays with { Near = Tensor.Zeros(device, [1, 12]) });
        Refuses("9 pyramid levels", s_official with { Levels = 9 });
        Refuses("finest level", s_official with { FinestLevel = 3 });
        Refuses("at least 4 coarse", s_official with { CoarseSamples = 3 });
        Refuses("at least 2 coarse", s_official with { CoarseSamples = 1, FineSampling = FineSampling.None });
        Refuses("at least 1 fine", s_official with { FineSamples = 0 });
        Refuses("near < far", s_official with { Near = 6, Far = 4 });
        Refuses("near < far", s_official with { Far = null });
        Refuses("positive and finite", s_official with { BoxSize = double.NaN });
    }

    [Fact]
    public void Rays_that_all_miss_the_box_see_the_background()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        using var scene = new Scene(device);
        var away = new RayBatch(scene.Rays.Origins, -scene.Rays.Directions);
        RenderResult result = ComposedRenderer.Render(scene.Planes, scene.Decoder, away, s_official with { Near = null, Far = null });
        Assert.All(result.Color.ToSingles(), c => Assert.True(float.IsFinite(c)));
        Assert.All(result.Depth.ToSingles(), d => Assert.True(float.IsFinite(d)));
    }

    private static RenderSettings SettingsOf(string profile) => profile == "official"
        ? s_official
        : RenderSettings.Paper with { CoarseSamples = 6, FineSampling = FineSampling.Importance, FineSamples = 5 };

    /// <summary>A small random volume seen by twelve rays.</summary>
    private sealed class Scene : IDisposable
    {
        public Scene(TestDevice device, bool usesDirections = false)
        {
            Planes = Tensor.Normal(device, [1, 3, 9, 8, 4], seed: 1);
            Planes.RequiresGrad = true;
            Decoder = TriplaneDecoder.Create(device, channels: 4, hidden: 8, usesDirections, seed: 2);
            foreach (Tensor parameter in Decoder.Parameters.Values)
            {
                parameter.RequiresGrad = true;
            }

            Rays = RayBatch.FromBundle(device, Camera.Orbit(0.3, -0.1).Rays(4, 3));
            Surface = Tensor.Full(device, [1, 12], 4.9);
        }

        public Tensor Planes { get; }

        public TriplaneDecoder Decoder { get; }

        public RayBatch Rays { get; }

        public Tensor Surface { get; }

        public RenderResult Render(RenderSettings settings, ulong seed = 0, long firstRay = 0) =>
            ComposedRenderer.Render(Planes, Decoder, Rays, settings, Surface, new() { Seed = seed, FirstRay = firstRay });

        public float[] GradientOf(RenderResult result) =>
            Autograd.Gradients([result.Color], [Tensor.Ones(Planes.Accelerator, result.Color.Shape)], [Planes])[0].ToSingles();

        public void Dispose()
        {
            Planes.Dispose();
            Decoder.Dispose();
            Rays.Dispose();
            Surface.Dispose();
        }
    }
}
