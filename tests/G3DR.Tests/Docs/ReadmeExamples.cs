using G3DR.Compute;
using G3DR.Core.Imaging;
using G3DR.Core.Rendering;
using G3DR.Core.Scenes;
using G3DR.Core.Tensors;
using G3DR.Core.Training;
using G3DR.Tests.Support;

namespace G3DR.Tests.Docs;

/// <summary>The examples of README.md.</summary>
public class ReadmeExamples
{
    [Fact]
    public void A_scene_is_fitted_and_rendered_from_the_side()
    {
        using var temporary = new TemporaryFolder();
        (string photo, string depth) = SyntheticScene.WriteSample(temporary.Path, "toys", size: 32);
        string folder = Path.Combine(temporary.Path, "out");
        Fit(photo, depth, folder, size: 16, steps: 3);
        Image side = Image.Load(Path.Combine(folder, "side.png"));
        Assert.Equal((256, 256), (side.Width, side.Height));
        Assert.True(File.Exists(Path.Combine(folder, "scene.safetensors")));
    }

    [Fact]
    public void The_depth_kernel_works_on_any_radiance_field()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor rawDensity = Tensor.Normal(device, [2, 3], seed: 1), t = Tensor.FromArray(device, new[] { 4f, 5f, 6f, 4f, 5f, 6f }, [2, 3]);
        Tensor plain = DensityGradient(rawDensity, t, kernel: null);
        Tensor scaled = DensityGradient(rawDensity, t, DepthKernel.Official);
        float[] factors = DepthKernel.Official.Values(t, Tensor.Full(device, [2], 5)).ToSingles();
        Assert.Equal((plain * Tensor.FromArray(device, factors, [2, 3])).ToSingles(), scaled.ToSingles());
        Assert.Equal(0.05f, factors[0]);
        Assert.Equal(1f, factors[1]);
    }

    private static Tensor DensityGradient(Tensor rawDensity, Tensor t, DepthKernel? kernel)
    {
        Accelerator device = t.Accelerator;
        Tensor leaf = rawDensity.Clone(), delta = Tensor.Ones(device, [2, 3]), surface = Tensor.Full(device, [2], 5);
        leaf.RequiresGrad = true;
        Tensor density = leaf.Softplus(), colour = Tensor.Uniform(device, [2, 3, 3], seed: 2);
        MarchingResult view = kernel is null
            ? VolumeMarching.Composite(VolumeMarching.Weights(density, delta), colour, t)
            : March(kernel, density, colour, t, delta, surface);
        view.Depth.Sum().Backward();
        return leaf.Grad!;
    }

    private static void Fit(string photo, string depth, string folder, int size, int steps)
    {
        using Accelerator device = Accelerator.CreateDefault();
        RgbdPicture picture = RgbdPicture.Load(photo, depth, size);
        using var fitter = new SceneFitter(device, picture, new FitOptions { Steps = steps });
        fitter.Run(new Progress<FitProgress>(p => Console.Write($"\r{p.Step}/{p.Steps}  {p.Psnr:F1} dB ")));

        Directory.CreateDirectory(folder);
        fitter.Scene.Save(Path.Combine(folder, "scene.safetensors"));
        RenderedView view = fitter.Scene.Render(Camera.Orbit(yaw: 0.3, pitch: 0.1), 256, 256);
        view.Color.SavePng(Path.Combine(folder, "side.png"));
    }

    private static MarchingResult March(DepthKernel kernel, Tensor density, Tensor colour, Tensor t, Tensor delta, Tensor surface)
    {
        // For S samples on each of R rays: density (R, S), colour (R, S, 3), distances t and lengths delta (R, S), depth of the surface (R).
        (density, colour) = kernel.ScaleGradients(density, colour, t, surface);
        MarchingResult view = VolumeMarching.Composite(VolumeMarching.Weights(density, delta), colour, t);
        return view;
    }
}
