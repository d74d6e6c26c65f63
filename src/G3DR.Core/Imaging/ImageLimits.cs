namespace G3DR.Core.Imaging;

/// <summary>Bounds on what a picture file may ask for. They are checked against the file's header, before memory is taken.</summary>
public sealed record ImageLimits
{
    /// <summary>The limits used when none are given: 100 million pixels, files of 512 MiB.</summary>
    public static ImageLimits Default { get; } = new();

    /// <summary>Greatest number of pixels (width times height).</summary>
    public long MaxPixels { get; init; } = 100_000_000;

    /// <summary>Greatest size of the encoded file in bytes.</summary>
    public long MaxFileBytes { get; init; } = 512L << 20;

    /// <summary>Checks the dimensions that a header declares.</summary>
    /// <param name="width">Declared width in pixels.</param>
    /// <param name="height">Declared height in pixels.</param>
    /// <param name="kind">Name of the format, for the message.</param>
    /// <exception cref="ImageFormatException">A dimension is not positive, or there are more than <see cref="MaxPixels"/> pixels.</exception>
    public void CheckSize(long width, long height, string kind)
    {
        if (width <= 0 || height <= 0 || width > int.MaxValue || height > int.MaxValue)
            throw new ImageFormatException($"{kind}: the header declares {width} x {height} pixels; both must be between 1 and {int.MaxValue}.");
        if (width * height > MaxPixels)
            throw new ImageFormatException($"{kind}: the header declares {width} x {height} pixels, more than the limit of {MaxPixels} (ImageLimits.MaxPixels).");
    }
}
