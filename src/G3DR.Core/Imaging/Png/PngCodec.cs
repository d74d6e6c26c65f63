namespace G3DR.Core.Imaging;

/// <summary>
/// Portable Network Graphics (ISO/IEC 15948). Reads every colour type, bit depth, filter, palette, tRNS transparency and Adam7 interlace, with all
/// checksums verified; writes 8 and 16 bits with adaptive filters. Gamma, colour profiles and further frames (APNG) are ignored.
/// </summary>
public sealed class PngCodec : IImageCodec
{
    /// <inheritdoc/>
    public string Name => "PNG";

    /// <inheritdoc/>
    public bool CanEncode => true;

    /// <inheritdoc/>
    public bool Recognizes(ReadOnlySpan<byte> data) => data.StartsWith(PngFormat.Signature);

    /// <summary>
    /// Decodes a PNG file. Depths below 8 are scaled to 8 bits; a palette becomes RGB, and tRNS an alpha channel.
    /// </summary>
    /// <param name="data">The file's bytes.</param>
    /// <param name="options">The limits.</param>
    /// <returns>The picture: 16-bit if the file is, otherwise 8-bit.</returns>
    /// <exception cref="ImageFormatException">The file is damaged or beyond the limits.</exception>
    public Image Decode(ReadOnlySpan<byte> data, ImageLoadOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return PngDecoder.Decode(data, options.Limits);
    }

    /// <inheritdoc/>
    public void Encode(Image image, Stream output)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(output);
        PngEncoder.Encode(image, output);
    }
}
