using G3DR.Core.Imaging;
using G3DR.Core.Metrics;
using G3DR.Core.Rendering;
using G3DR.Core.Scenes;
using G3DR.Core.Training;
using G3DR.Tests.Support;

namespace G3DR.Tests.Training;

/// <summary>A fit on the first OpenCL device takes the same way as one on the processor.</summary>
public class DeviceFitTests
{
    private const int Size = 16;

    public static TheoryData<string> Profiles => ["paper", "official"];

    [SkippableTheory]
    [MemberData(nameof(Profiles))]
    public void Fifty_steps_have_the_losses_and_the_pictures_of_the_processor(string profile)
    {
        FitOptions options = new()
        {
            Steps = 50,
            PlaneSize = 16,
            Channels = 4,
            RaysPerStep = 128,
            NovelSize = 8,
            Seed = 11,
            Render = profile == "official"
                ? RenderSettings.Official with { CoarseSamples = 8, FineSamples = 8 }
                : new FitOptions().Render with { CoarseSamples = 8, FineSamples = 8 },
        };
        using TestDevice device = TestDevice.Create(TestDevice.OpenCl), processor = new();
        using SceneFitter here = new(processor, Picture(), options), there = new(device, Picture(), options);
        here.Run();
        there.Run();
        Assert.Equal(options.Steps, there.History.Count);
        Assert.Contains(here.History, step => step.IsNovel);
        foreach ((FitProgress expected, FitProgress actual) in here.History.Zip(there.History))
        {
            Assert.Equal(expected.IsNovel, actual.IsNovel);
            RequireWithinOneInThousand(expected.Step, "color", expected.ColorLoss, actual.ColorLoss);
            RequireWithinOneInThousand(expected.Step, "depth", expected.DepthLoss, actual.DepthLoss);
            RequireWithinOneInThousand(expected.Step, "total variation", expected.TotalVariation, actual.TotalVariation);
        }

        foreach (Camera camera in (Camera[])[Camera.Canonical, Camera.Orbit(0.3, 0.1)])
        {
            RenderedView a = here.Scene.Render(camera, 32, 32), b = there.Scene.Render(camera, 32, 32);
            Assert.InRange(Psnr.Compute<float>(a.Values, b.Values), 40, double.PositiveInfinity);
        }
    }

    private static RgbdPicture Picture()
    {
        SceneView view = SyntheticScene.ByName("toys").Render(Camera.Canonical, Size, Size, supersampling: 4);
        return new(Size, view.Color, view.Depth);
    }

    private static void RequireWithinOneInThousand(int step, string loss, double expected, double actual) => Assert.True(
        Math.Abs(actual - expected) <= 1e-3 * Math.Abs(expected), $"Step {step}, {loss}: {actual:G9} on the device, {expected:G9} on the processor.");
}
