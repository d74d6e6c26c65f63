using G3DR.Core.Imaging;
using G3DR.Core.Metrics;
using G3DR.Core.Rendering;

namespace G3DR.Core.Scenes;

/// <summary>How well a scene reproduces the picture it was fitted to, and whether its volume collapsed.</summary>
public sealed record SceneEvaluation
{
    /// <summary>Peak signal-to-noise ratio of the canonical view, in dB.</summary>
    public required double Psnr { get; init; }

    /// <summary>Structural similarity of the canonical view.</summary>
    public required double Ssim { get; init; }

    /// <summary>Mean absolute error of the canonical depth, in units of distance (the box has side 2).</summary>
    public required double DepthError { get; init; }

    /// <summary>Non-flatness score of the canonical depth (3DGP): 1 for a plane that faces the camera, up to 64.</summary>
    public required double NonFlatness { get; init; }

    /// <summary>Mean over the canonical rays of the standard deviation of distance under the weights: thick, foggy volumes have a large one.</summary>
    public required double RaySpread { get; init; }

    /// <summary>
    /// Mean absolute error of the depth seen from yaw +-0.2 and +-0.4, against the input depth carried there as a mesh, where the mesh covers:
    /// collapsed volumes have a large one.
    /// </summary>
    public required double NovelDepthError { get; init; }

    /// <summary>The same for each yaw, in radians.</summary>
    public required IReadOnlyDictionary<string, double> NovelDepthErrorByYaw { get; init; }

    /// <summary>Renders and measures.</summary>
    /// <param name="scene">A fitted scene.</param>
    /// <param name="picture">What it was fitted to.</param>
    /// <param name="cancel">Stops between pictures.</param>
    public static SceneEvaluation Of(TriplaneScene scene, RgbdPicture picture, CancellationToken cancel = default)
    {
        int size = picture.Size;
        RenderedView view = scene.Render(Camera.Canonical, size, size, cancel: cancel);
        DepthMesh mesh = DepthMesh.FromDepth(picture.Depth, size, size, Camera.Canonical);
        NovelDepthErrorResult novel = Metrics.NovelDepthError.Measure(mesh, camera => scene.Render(camera, size, size, cancel: cancel).Depth, size, size, cancel: cancel);
        int window = Math.Min(11, size);
        return new()
        {
            Psnr = Metrics.Psnr.Compute<float>(view.Values, picture.Color),
            Ssim = Metrics.Ssim.Compute<float>(view.Values, picture.Color, size, size, 3, new() { WindowSize = window - 1 + (window % 2) }),
            DepthError = Metrics.DepthError.MeanAbsolute<float>(view.Depth, picture.Depth),
            NonFlatness = NonFlatnessScore.Compute<float>(view.Depth, maps: 1, RgbdPicture.NearDepth, RgbdPicture.FarDepth),
            RaySpread = view.MeanSpread,
            NovelDepthError = novel.Mean,
            NovelDepthErrorByYaw = novel.Views.ToDictionary(v => v.Yaw.ToString("0.0", System.Globalization.CultureInfo.InvariantCulture), v => v.Error),
        };
    }
}
