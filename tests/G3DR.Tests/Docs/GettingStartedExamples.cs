using G3DR.Compute;
using G3DR.Core.Imaging;
using G3DR.Core.Rendering;
using G3DR.Core.Scenes;
using G3DR.Core.Training;
using G3DR.Tests.Support;

namespace G3DR.Tests.Docs;

/// <summary>The examples of docs/getting-started.md.</summary>
public class GettingStartedExamples
{
    [Fact]
    public async Task The_steps_of_the_page_work_one_after_the_other()
    {
        using var folder = new TemporaryFolder();
        (string photo, string depth) = SyntheticScene.WriteSample(folder.Path, "vase", size: 16);
        string checkpoint = folder.PathOf("checkpoint.safetensors"), file = folder.PathOf("scene.safetensors");

        using Accelerator device = Accelerator.Create("cpu", new AcceleratorOptions { Threads = 2, MemoryLimit = 2L << 30 });
        RgbdPicture picture = RgbdPicture.Load(photo, depth, size: 16);
        FitOptions options = FitOptionsOfThePage() with { Steps = 4, PlaneSize = 16, Channels = 4 };
        using var stop = new CancellationTokenSource();
        Assert.Equal(2, Fit(device, picture, options, checkpoint, new StopAt(2, stop), stop.Token));
        Assert.True(double.IsFinite(GoOn(device, picture, options, checkpoint, file).NovelDepthError));

        IReadOnlyList<string> written = await ShowAsync(device, file, folder.PathOf("side.png"), folder.PathOf("turntable"), size: 16, frames: 3);
        Assert.EndsWith("turntable.gif", written[0], StringComparison.Ordinal);
        Assert.All(written, path => Assert.True(File.Exists(path)));
        Assert.Equal(16, Image.Load(folder.PathOf("side.png")).Width);
    }

    private static int Fit(Accelerator device, RgbdPicture picture, FitOptions options, string checkpoint, IProgress<FitProgress> progress, CancellationToken cancel)
    {
        using var fitter = new SceneFitter(device, picture, options);
        fitter.Run(progress, cancel);
        if (!fitter.IsComplete)
        {
            fitter.SaveCheckpoint(checkpoint);
        }

        return fitter.Step;
    }

    private static SceneEvaluation GoOn(Accelerator device, RgbdPicture picture, FitOptions options, string checkpoint, string file)
    {
        using var fitter = new SceneFitter(device, picture, options);
        fitter.LoadCheckpoint(checkpoint);
        fitter.Run();
        SceneEvaluation result = SceneEvaluation.Of(fitter.Scene, picture);
        Console.WriteLine($"{result.Psnr:F1} dB, depth error {result.DepthError:F3}, from the side {result.NovelDepthError:F3}");
        fitter.Scene.Save(file);
        return result;
    }

    private static async Task<IReadOnlyList<string>> ShowAsync(Accelerator device, string file, string side, string turntable, int size, int frames)
    {
        using TriplaneScene scene = TriplaneScene.Load(device, file);
        RenderedView view = scene.Render(Camera.Orbit(yaw: -0.2, pitch: 0), size, size);
        view.Color.SavePng(side);
        IReadOnlyList<Image> pictures = SceneGallery.RenderTurntable(scene, size, frames);
        IReadOnlyList<string> written = await SceneGallery.SaveTurntableAsync(pictures, turntable);
        return written;
    }

    private static FitOptions FitOptionsOfThePage()
    {
        var options = new FitOptions { Steps = 800, PlaneSize = 128, Channels = 32, Seed = 7 };
        return options;
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
