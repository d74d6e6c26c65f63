using G3DR.Core.Imaging;
using G3DR.Core.Losses;
using G3DR.Core.Networks;
using G3DR.Core.Rendering;
using G3DR.Core.Scenes;
using G3DR.Core.Training;
using G3DR.Core.Weights;
using G3DR.Tests.Networks;
using G3DR.Tests.Support;

namespace G3DR.Tests.Training;

/// <summary>Fits whose whole views are judged by networks.</summary>
public class AppearanceFitTests
{
    private const int Size = 32;

    private static readonly FitOptions s_options = new()
    {
        Steps = 16,
        PlaneSize = 16,
        Channels = 8,
        RaysPerStep = 128,
        NovelSize = 8,
        NovelProbability = 1,
        Render = new FitOptions().Render with { CoarseSamples = 8, FineSamples = 4 },
    };

    private static RgbdPicture Picture
    {
        get
        {
            SceneView view = SyntheticScene.ByName("toys").Render(Camera.Canonical, Size, Size, supersampling: 2);
            return new(Size, view.Color, view.Depth);
        }
    }

    [Fact]
    public void A_stopped_fit_with_networks_goes_on_bit_for_bit_at_any_number_of_threads()
    {
        using var folder = new TemporaryFolder();
        string checkpoint = folder.PathOf("checkpoint.safetensors");
        float[] whole = Run(threads: 1, fitter => fitter.Run());
        Run(threads: 2, fitter =>
        {
            using var stop = new CancellationTokenSource();
            fitter.Run(new Told<FitProgress>(progress =>
            {
                if (progress.Step == 9)
                {
                    stop.Cancel();
                }
            }), stop.Token);
            fitter.SaveCheckpoint(checkpoint);
        });
        float[] continued = Run(threads: 3, fitter =>
        {
            fitter.LoadCheckpoint(checkpoint);
            Assert.Equal(9, fitter.Step);
            fitter.Run();
        });
        Assert.Equal(whole, continued);
    }

    [Fact]
    public void Losses_of_networks_are_told_and_change_the_scene()
    {
        using var device = new TestDevice();
        using Lpips lpips = LpipsTests.Small(device);
        using PooledFeatures pooled = G3drObjectiveTests.Pooled(device);
        using var fitter = new SceneFitter(device, Picture, s_options, new() { Perceptual = lpips, Semantic = pooled });
        using var plain = new SceneFitter(device, Picture, s_options);
        fitter.Run();
        plain.Run();
        FitProgress last = fitter.History[^1];
        Assert.All([last.PerceptualLoss, last.NovelPerceptualLoss, last.SemanticLoss], loss => Assert.True(loss > 0));
        Assert.Null(plain.History[^1].PerceptualLoss);
        Assert.Equal(["color", "depth", "novelTotalVariation", "perceptual", "novelPerceptual", "novelSemantic"], fitter.Losses.Select(loss => loss.Name));
        Assert.Equal([1, 0.5, 0.1, 0.01, 0.01, 0.007], fitter.Losses.Select(loss => loss.Weight));
        Assert.Equal(3, fitter.Losses.Count(loss => loss.Network?.Contains("SqueezeNet", StringComparison.Ordinal) == true));
        Assert.Equal(3, plain.Losses.Count);
        Assert.NotEqual(plain.Scene.Planes.ToSingles(), fitter.Scene.Planes.ToSingles());
    }

    [Fact]
    public void Clip_judges_novel_views()
    {
        using var device = new TestDevice();
        using ClipEmbedder clip = Clip(device, seed: 1), other = Clip(device, seed: 2);
        Assert.NotEqual(clip.Fingerprint, other.Fingerprint);
        using var fitter = new SceneFitter(device, Picture, s_options, new() { Semantic = clip });
        using var plain = new SceneFitter(device, Picture, s_options);
        fitter.Run();
        plain.Run();
        Assert.True(fitter.History[^1].SemanticLoss > 0);
        Assert.Null(fitter.History[^1].PerceptualLoss);
        Assert.Contains(fitter.Losses, loss => loss.Name == "novelSemantic" && loss.Network == clip.Name);
        Assert.NotEqual(plain.Scene.Planes.ToSingles(), fitter.Scene.Planes.ToSingles());
    }

    [Fact]
    public void The_perceptual_distance_of_the_canonical_view_falls_when_it_is_all_that_counts()
    {
        using var device = new TestDevice();
        using Lpips lpips = LpipsTests.Small(device);
        FitOptions options = s_options with { Steps = 60, ColorWeight = 0, DepthWeight = 0, NovelProbability = 0, PerceptualWeight = 1, NovelPerceptualWeight = 0, PerceptualInterval = 1 };
        using var fitter = new SceneFitter(device, Picture, options, new() { Perceptual = lpips });
        fitter.Run();
        double[] losses = [.. fitter.History.Select(progress => progress.PerceptualLoss!.Value)];
        Assert.True(losses[^5..].Average() < 0.8 * losses[..5].Average(), $"{losses[..5].Average()} to {losses[^5..].Average()}");
    }

    [Fact]
    public void The_released_schedule_judges_canonical_views_in_the_second_half_only()
    {
        using var device = new TestDevice();
        using Lpips lpips = LpipsTests.Small(device);
        using var fitter = new SceneFitter(
            device, Picture, s_options with { Schedule = FitSchedule.Official, PerceptualInterval = 1, NovelPerceptualWeight = 0 }, new() { Perceptual = lpips });
        fitter.Run();
        int first = fitter.History.ToList().FindIndex(progress => progress.PerceptualLoss is not null);
        Assert.InRange(first, s_options.Steps / 2, s_options.Steps - 1);
        Assert.InRange(fitter.History.Count(progress => progress.IsNovel), 1, s_options.Steps - 2);
    }

    [Fact]
    public void A_checkpoint_of_a_fit_with_other_networks_is_refused_and_a_weight_without_network_too()
    {
        using var folder = new TemporaryFolder();
        string checkpoint = folder.PathOf("checkpoint.safetensors");
        using var device = new TestDevice();
        using Lpips lpips = LpipsTests.Small(device);
        using (var fitter = new SceneFitter(device, Picture, s_options, new() { Perceptual = lpips }))
        {
            fitter.SaveCheckpoint(checkpoint);
        }

        using var other = new SceneFitter(device, Picture, s_options);
        Assert.Contains("perceptual network SqueezeNet 1.1", Assert.Throws<WeightsFormatException>(() => other.LoadCheckpoint(checkpoint)).Message, StringComparison.Ordinal);
        foreach (FitOptions options in (FitOptions[])[s_options with { PerceptualWeight = 1 }, s_options with { NovelPerceptualWeight = 1 }, s_options with { SemanticWeight = 1 }])
        {
            Assert.Contains("none was given", Assert.Throws<ArgumentException>(() => new SceneFitter(device, Picture, options)).Message, StringComparison.Ordinal);
        }

        FitOptions small = s_options with { AppearanceSize = 16 };
        Assert.Contains("at least 25 x 25", Assert.Throws<ArgumentException>(() => new SceneFitter(device, Picture, small, new() { Perceptual = lpips })).Message, StringComparison.Ordinal);
    }

    private static ClipEmbedder Clip(TestDevice device, ulong seed)
    {
        var encoder = new ClipImageEncoder(Initializer.Random(device, seed), new() { ImageSize = 32, PatchSize = 8, Width = 64, Layers = 2, EmbeddingWidth = 16 });
        encoder.Eval();
        encoder.Freeze();
        return new(encoder);
    }

    private static float[] Run(int threads, Action<SceneFitter> run)
    {
        using var device = new TestDevice(new() { Threads = threads });
        using Lpips lpips = LpipsTests.Small(device);
        using PooledFeatures pooled = G3drObjectiveTests.Pooled(device);
        using var fitter = new SceneFitter(device, Picture, s_options, new FitNetworks { Perceptual = lpips, Semantic = pooled });
        run(fitter);
        return fitter.Scene.Planes.ToSingles();
    }
}
