using G3DR.Core.Imaging;
using G3DR.Core.Rendering;

namespace G3DR.Core.Scenes;

/// <summary>Pictures of a scene for people: turntables and sheets.</summary>
public static class SceneGallery
{
    /// <summary>Frames of a turntable by default: the released code's video path at 20 pictures a second takes three seconds.</summary>
    public const int TurntableFrames = 60;

    private const double FramesPerSecond = 20;

    /// <summary>Novel views of a sheet, as (yaw, pitch) in radians from the canonical view.</summary>
    public static IReadOnlyList<(double Yaw, double Pitch)> SheetViews { get; } = [(-0.4, 0), (-0.2, 0), (0.2, 0), (0.4, 0), (0.25, 0.2)];

    /// <summary>Renders the released code's video path.</summary>
    /// <param name="scene">A scene.</param>
    /// <param name="size">Pixels per side.</param>
    /// <param name="frames">Number of pictures.</param>
    /// <param name="settings">Other settings than the scene's own.</param>
    /// <param name="finish">What is done with each picture, such as <see cref="Networks.Upscaler.Upscale"/>; null for nothing.</param>
    /// <param name="progress">Told the number of pictures done.</param>
    /// <param name="cancel">Stops between pictures.</param>
    public static IReadOnlyList<Image> RenderTurntable(
        TriplaneScene scene,
        int size,
        int frames = TurntableFrames,
        RenderSettings? settings = null,
        Func<Image, Image>? finish = null,
        IProgress<int>? progress = null,
        CancellationToken cancel = default)
    {
        var pictures = new List<Image>(frames);
        foreach (Camera camera in VideoPath.Official(frames))
        {
            Image picture = scene.Render(camera, size, size, settings, cancel).Color;
            pictures.Add(finish is null ? picture : finish(picture));
            progress?.Report(pictures.Count);
        }

        return pictures;
    }

    /// <summary>Writes a turntable as an animated GIF and, if ffmpeg is on the search path, as MP4 beside it.</summary>
    /// <param name="frames">Pictures.</param>
    /// <param name="pathWithoutExtension">Where to write.</param>
    /// <param name="cancel">Stops.</param>
    /// <returns>The files written.</returns>
    public static async Task<IReadOnlyList<string>> SaveTurntableAsync(IReadOnlyList<Image> frames, string pathWithoutExtension, CancellationToken cancel = default)
    {
        var written = new List<string> { pathWithoutExtension + ".gif" };
        GifAnimation.Save(written[0], frames, new() { FramesPerSecond = FramesPerSecond }, cancel: cancel);
        if (Mp4Video.IsAvailable)
        {
            written.Add(pathWithoutExtension + ".mp4");
            await Mp4Video.SaveAsync(written[1], frames, FramesPerSecond, cancel);
        }

        return written;
    }

    /// <summary>One picture with the input, its reconstruction, both depths and five novel views.</summary>
    /// <param name="scene">A fitted scene.</param>
    /// <param name="picture">What it was fitted to.</param>
    /// <param name="finish">What is done with each rendered colour picture; the input and the depths are resized to its size.</param>
    /// <param name="cancel">Stops between views.</param>
    public static Image Sheet(TriplaneScene scene, RgbdPicture picture, Func<Image, Image>? finish = null, CancellationToken cancel = default)
    {
        int size = picture.Size;
        RenderedView canonical = scene.Render(Camera.Canonical, size, size, cancel: cancel);
        Image inputDepth = ColorMap.Turbo.PaintDepth(picture.Depth, size, size, (RgbdPicture.NearDepth, RgbdPicture.FarDepth));
        Image Finish(Image color) => finish is null ? color : finish(color);
        Image reconstruction = Finish(canonical.Color);
        Image Fit(Image other) => ImageResize.Resize(other, reconstruction.Width, reconstruction.Height);
        ContactSheet sheet = new ContactSheet(columns: 7)
            .Add(Fit(Image.FromFloat(picture.Color, size, size, channels: 3)), "input")
            .Add(reconstruction, "reconstruction");
        List<RenderedView> views = [];
        foreach ((double yaw, double pitch) in SheetViews)
        {
            views.Add(scene.Render(Camera.Orbit(yaw, pitch), size, size, cancel: cancel));
            sheet.Add(Finish(views[^1].Color), Label(yaw, pitch));
        }

        sheet.Add(Fit(inputDepth), "input depth").Add(Fit(canonical.PaintDepth()), "depth");
        for (int i = 0; i < views.Count; i++)
        {
            sheet.Add(Fit(views[i].PaintDepth()), "depth " + Label(SheetViews[i].Yaw, SheetViews[i].Pitch));
        }

        return sheet.Render();
    }

    /// <summary>Writes <c>sheet.png</c>, <c>turntable.gif</c> and, if ffmpeg is there, <c>turntable.mp4</c>.</summary>
    /// <param name="scene">A scene.</param>
    /// <param name="picture">What it was made of.</param>
    /// <param name="folder">Where to write; it exists.</param>
    /// <param name="finish">What is done with each rendered colour picture, such as <see cref="Networks.Upscaler.Upscale"/>; null for nothing.</param>
    /// <param name="progress">Told the number of turntable pictures done.</param>
    /// <param name="cancel">Stops between views.</param>
    public static async Task SavePicturesAsync(
        TriplaneScene scene,
        RgbdPicture picture,
        string folder,
        Func<Image, Image>? finish = null,
        IProgress<int>? progress = null,
        CancellationToken cancel = default)
    {
        Sheet(scene, picture, finish, cancel).SavePng(Path.Combine(folder, "sheet.png"));
        IReadOnlyList<Image> frames = RenderTurntable(scene, picture.Size, finish: finish, progress: progress, cancel: cancel);
        await SaveTurntableAsync(frames, Path.Combine(folder, "turntable"), cancel);
    }

    private static string Label(double yaw, double pitch) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{yaw * 180 / Math.PI:+0;-0;0}, {pitch * 180 / Math.PI:+0;-0;0} deg");
}
