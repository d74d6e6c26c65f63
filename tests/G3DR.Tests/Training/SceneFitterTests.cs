using G3DR.Core.Imaging;
using G3DR.Core.Rendering;
using G3DR.Core.Scenes;
using G3DR.Core.Training;
using G3DR.Core.Weights;
using G3DR.Tests.Support;

namespace G3DR.Tests.Training;

public class SceneFitterTests
{
    private const int Size = 24;

    private static readonly FitOptions s_options = new()
    {
        Steps = 30,
        PlaneSize = 24,
        Channels = 8,
        RaysPerStep = 256,
        NovelSize = 8,
        Render = new FitOptions().Render with { CoarseSamples = 8, FineSamples = 8 },
    };

    private static RgbdPicture Picture
    {
        get
        {
            SceneView view = SyntheticScene.ByName("toys").Render(Camera.Canonical, Size, Size, supersampling: 4);
            return new(Size, view.Color, view.Depth);
        }
    }

    // The released code samples from the front of the box on, wider than where the surface is: it needs more steps.
    public static TheoryData<string, double> Profiles => new() { { "paper", 20 }, { "official", 17 } };

    [Theory]
    [MemberData(nameof(Profiles))]
    public void A_fit_approaches_the_picture_and_its_depth(string profile, double psnr)
    {
        FitOptions options = s_options with
        {
            Steps = 150,
            RaysPerStep = Size * Size,
            Render = profile == "paper" ? s_options.Render : RenderSettings.Official with { CoarseSamples = 16, FineSamples = 16 },
        };
        using var device = new TestDevice();
        using var fitter = new SceneFitter(device, Picture, options);
        SceneEvaluation before = SceneEvaluation.Of(fitter.Scene, Picture);
        fitter.Run();
        SceneEvaluation after = SceneEvaluation.Of(fitter.Scene, Picture);
        Assert.True(fitter.IsComplete);
        Assert.True(after.Psnr > psnr, $"{after.Psnr:F1} dB");
        Assert.True(after.Psnr > before.Psnr + 6, $"{before.Psnr:F1} to {after.Psnr:F1} dB");
        Assert.True(after.DepthError < before.DepthError / 2, $"{before.DepthError} to {after.DepthError}");
    }

    [Fact]
    public void The_same_seed_gives_the_same_scene_at_any_number_of_threads_and_another_seed_another()
    {
        byte[] Run(int threads, ulong seed)
        {
            using var folder = new TemporaryFolder();
            using var device = new TestDevice(new() { Threads = threads });
            using var fitter = new SceneFitter(device, Picture, s_options with { Seed = seed });
            fitter.Run();
            string path = Path.Combine(folder.Path, "scene.safetensors");
            fitter.Scene.Save(path);
            return File.ReadAllBytes(path);
        }

        byte[] one = Run(1, 3);
        Assert.Equal(one, Run(2, 3));
        Assert.Equal(one, Run(5, 3));
        Assert.NotEqual(one, Run(2, 4));
    }

    [Fact]
    public void A_fit_that_was_stopped_and_continued_equals_an_uninterrupted_one_bit_for_bit()
    {
        using var folder = new TemporaryFolder();
        using var device = new TestDevice();
        string checkpoint = Path.Combine(folder.Path, "checkpoint.safetensors");
        using var whole = new SceneFitter(device, Picture, s_options);
        whole.Run();
        using (var first = new SceneFitter(device, Picture, s_options))
        {
            using var stop = new CancellationTokenSource();
            first.Run(new StopAt(11, stop), stop.Token);
            Assert.Equal(11, first.Step);
            Assert.False(first.IsComplete);
            first.SaveCheckpoint(checkpoint);
        }

        using var second = new SceneFitter(device, Picture, s_options);
        second.LoadCheckpoint(checkpoint);
        Assert.Equal(11, second.Step);
        second.Run();
        Assert.Equal(whole.Scene.Planes.ToSingles(), second.Scene.Planes.ToSingles());
        Assert.Equal(whole.Scene.Decoder.Weight0.ToSingles(), second.Scene.Decoder.Weight0.ToSingles());
    }

    [Fact]
    public void A_checkpoint_of_another_fit_or_a_damaged_one_is_refused_and_changes_nothing()
    {
        using var folder = new TemporaryFolder();
        using var device = new TestDevice();
        string path = Path.Combine(folder.Path, "checkpoint.safetensors");
        using var fitter = new SceneFitter(device, Picture, s_options);
        float[] before = fitter.Scene.Planes.ToSingles();
        using (var other = new SceneFitter(device, Picture, s_options with { Seed = 9 }))
        {
            other.SaveCheckpoint(path);
        }

        Assert.Contains("Seed 9 instead of 0", Assert.Throws<WeightsFormatException>(() => fitter.LoadCheckpoint(path)).Message, StringComparison.Ordinal);
        fitter.SaveCheckpoint(path);
        byte[] bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..(bytes.Length / 2)]);
        Assert.Throws<WeightsFormatException>(() => fitter.LoadCheckpoint(path));
        fitter.Scene.Save(path);
        Assert.Contains("no checkpoint", Assert.Throws<WeightsFormatException>(() => fitter.LoadCheckpoint(path)).Message, StringComparison.Ordinal);
        Assert.Equal(before, fitter.Scene.Planes.ToSingles());
    }

    [Fact]
    public void A_saved_scene_renders_the_same_bytes_and_needs_little_memory_at_any_size()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "scene.safetensors");
        using var device = new TestDevice();
        using var scene = TriplaneScene.Create(device, 16, 8, RenderSettings.Official, seed: 1);
        scene.Save(path);
        using TriplaneScene loaded = TriplaneScene.Load(device, path);
        RenderedView a = scene.Render(Camera.Orbit(0.3, 0.1), 20, 12), b = loaded.Render(Camera.Orbit(0.3, 0.1), 20, 12);
        Assert.Equal(a.Values, b.Values);
        Assert.Equal(a.Depth, b.Depth);
        Assert.All(a.Opacity, o => Assert.InRange(o, 0, 1.0001f));
        device.Accelerator.Memory.ResetPeak();
        loaded.Render(Camera.Canonical, 256, 256);
        Assert.InRange(device.Accelerator.Memory.PeakBytes, 0, 40 << 20);
    }

    [Fact]
    public void A_file_that_is_no_scene_is_refused_with_what_is_missing()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "scene.safetensors");
        using var device = new TestDevice();
        var writer = new SafetensorsWriter();
        writer.Add("planes", [1, 3, 4, 4, 2], new float[96]);
        writer.Save(path);
        Assert.Contains("no scene", Assert.Throws<WeightsFormatException>(() => TriplaneScene.Load(device, path)).Message, StringComparison.Ordinal);
        writer.Metadata["format"] = "g3dr-scene";
        writer.Metadata["settings"] = "{ \"Levels\": 99 }";
        writer.Save(path);
        Assert.Contains("net.0.weight", Assert.Throws<WeightsFormatException>(() => TriplaneScene.Load(device, path)).Message, StringComparison.Ordinal);
        writer.Metadata["settings"] = "[";
        writer.Save(path);
        Assert.Contains("settings", Assert.Throws<WeightsFormatException>(() => TriplaneScene.Load(device, path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_cannot_work_are_refused()
    {
        using var device = new TestDevice();
        foreach (FitOptions options in (FitOptions[])
        [
            s_options with { Steps = 0 }, s_options with { PlaneSize = 2 }, s_options with { Channels = 0 }, s_options with { NovelProbability = 1.5 },
            s_options with { PlaneLearningRate = double.NaN }, s_options with { Render = s_options.Render with { CoarseSamples = 3 } },
        ])
        {
            Assert.ThrowsAny<ArgumentException>(() => new SceneFitter(device, Picture, options));
        }
    }

    private sealed class StopAt(int step, CancellationTokenSource stop) : IProgress<FitProgress>
    {
        public void Report(FitProgress value)
        {
            if (value.Step == step)
            {
                stop.Cancel();
            }
        }
    }
}
