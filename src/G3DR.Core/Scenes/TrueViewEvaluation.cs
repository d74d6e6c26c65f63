using G3DR.Compute;
using G3DR.Core.Networks;
using G3DR.Core.Rendering;
using G3DR.Core.Tensors;

namespace G3DR.Core.Scenes;

/// <summary>How well novel views agree with those of a scene whose geometry is known.</summary>
/// <param name="NovelPsnr">Peak signal-to-noise ratio in dB at yaw +-0.2 and +-0.4, over the pixels where the true scene has a surface.</param>
/// <param name="NovelDepthError">Mean absolute depth error over the same pixels.</param>
public sealed record TrueViewEvaluation(double NovelPsnr, double NovelDepthError)
{
    /// <summary>Mean LPIPS distance of the same views from the true ones; none without a network.</summary>
    public double? NovelLpips { get; init; }

    /// <summary>Compares a renderer with the truth.</summary>
    /// <param name="truth">The scene.</param>
    /// <param name="render">Gives colours (H, W, 3) in [0, 1] and depths (H, W) for a camera.</param>
    /// <param name="size">Pixels per side.</param>
    /// <param name="perceptual">Compares whole views for the eye; by default nothing does.</param>
    /// <param name="cancel">Stops between views.</param>
    public static TrueViewEvaluation Of(
        SyntheticScene truth, Func<Camera, (float[] Color, float[] Depth)> render, int size, Lpips? perceptual = null, CancellationToken cancel = default)
    {
        double squares = 0, depths = 0, distances = 0;
        long pixels = 0;
        foreach (double yaw in G3DR.Core.Metrics.NovelDepthError.DefaultYaws)
        {
            Camera camera = Camera.Orbit(yaw, pitch: 0);
            SceneView expected = truth.Render(camera, size, size, supersampling: 2, cancel);
            (float[] color, float[] depth) = render(camera);
            distances += perceptual is null ? 0 : Distance(perceptual, color, expected.Color, size);
            for (int i = 0; i < size * size; i++)
            {
                if (!expected.Hit[i])
                {
                    continue;
                }

                pixels++;
                depths += Math.Abs(depth[i] - expected.Depth[i]);
                for (int c = 0; c < 3; c++)
                {
                    double error = color[(3 * i) + c] - expected.Color[(3 * i) + c];
                    squares += error * error;
                }
            }
        }

        return new(-10 * Math.Log10(squares / (3 * pixels)), depths / pixels)
        {
            NovelLpips = perceptual is null ? null : distances / G3DR.Core.Metrics.NovelDepthError.DefaultYaws.Count,
        };
    }

    private static double Distance(Lpips perceptual, float[] actual, float[] expected, int size)
    {
        Accelerator device = perceptual.Accelerator!;
        using IDisposable constant = device.NoGrad();
        using var scope = TensorScope.Begin(device);
        Tensor ToTensor(float[] colors) => Tensor.FromArray(device, colors, [1, size, size, 3]).Affine(2, -1);
        return perceptual.Distance(ToTensor(actual), ToTensor(expected)).ToDoubles()[0];
    }
}
