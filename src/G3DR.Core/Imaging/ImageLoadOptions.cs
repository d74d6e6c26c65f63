namespace G3DR.Core.Imaging;

/// <summary>How <see cref="Image.Load(string, ImageLoadOptions?)"/> reads a picture.</summary>
public sealed record ImageLoadOptions
{
    /// <summary>The options used when none are given.</summary>
    public static ImageLoadOptions Default { get; } = new();

    /// <summary>Bounds on sizes.</summary>
    public ImageLimits Limits { get; init; } = ImageLimits.Default;

    /// <summary>Whether a JPEG's EXIF orientation is applied, so that the picture stands upright. Pillow does not do so by itself.</summary>
    public bool ApplyOrientation { get; init; } = true;

    /// <summary>The codecs to try, in order. Put another one in front to plug in a different library or a further format.</summary>
    public IReadOnlyList<IImageCodec> Codecs { get; init; } = [new PngCodec(), new JpegCodec()];
}
