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
    public void The_depth_kernel_scales_gradients_and_passes_values()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor t = Tensor.FromArray(device, new[] { 4f, 5f, 6f, 4f, 5f, 6f }, [2, 3]), surface = Tensor.Full(device, [2], 5);
        (float[] depth, float[] gradient) = DepthAndGradient(DepthKernel.None, t, surface);
        (float[] sameDepth, float[] scaled) = DepthAndGradient(DepthKernel.Official, t, surface);
        Assert.Equal(depth, sameDepth);

        // 1.25 exp(-1 / 0.03) is cut to 0.05, 1.25 on the surface to 1.
        float[] factors = [0.05f, 1, 0.05f, 0.05f, 1, 0.05f];
        Assert.Equal(gradient.Zip(factors, (g, k) => g * k), scaled);
    }

    private static (float[] Depth, float[] Gradient) DepthAndGradient(DepthKernel kernel, Tensor t, Tensor surface)
    {
        Accelerator device = t.Accelerator;
        Tensor density = Tensor.Uniform(device, [2, 3], seed: 1), delta = Tensor.Ones(device, [2, 3]);
        density.RequiresGrad = true;
        MarchingResult view = March(kernel, density, Tensor.Uniform(device, [2, 3, 3], seed: 2), t, delta, surface);
        view.Depth.Sum().Backward();
        return (view.Depth.ToSingles(), density.Grad!.ToSingles());
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
