namespace G3DR.Core.Imaging;

/// <summary>
/// JPEG (ITU-T T.81), reading only: baseline, extended sequential and progressive Huffman files of 8 bits; grey, YCbCr, RGB, CMYK and YCCK; every
/// sampling ratio; restart markers; EXIF orientation. The transform, the triangle-filter upsampling and the colour conversion follow libjpeg-turbo's
/// default (accurate) choices, so that networks see the pixels they were trained on. Colour profiles are ignored.
/// </summary>
public sealed class JpegCodec : IImageCodec
{
    /// <inheritdoc/>
    public string Name => "JPEG";

    /// <inheritdoc/>
    public bool CanEncode => false;

    /// <inheritdoc/>
    public bool Recognizes(ReadOnlySpan<byte> data) => data.Length >= 3 && data[0] == 0xFF && data[1] == 0xD8 && data[2] == 0xFF;

    /// <summary>Decodes a JPEG file.</summary>
    /// <param name="data">The file's bytes.</param>
    /// <param name="options">Limits and whether to apply the EXIF orientation.</param>
    /// <returns>The picture: 8-bit grey or RGB (CMYK is converted without a profile, as Pillow does).</returns>
    /// <exception cref="ImageFormatException">The file is damaged, truncated, beyond the limits or of a kind that is not supported (arithmetic coding, lossless, 12 bits).</exception>
    public Image Decode(ReadOnlySpan<byte> data, ImageLoadOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var decoder = new JpegDecoder(data.ToArray(), options.Limits);
        Image image = decoder.Decode();
        return options.ApplyOrientation ? image.ApplyOrientation(decoder.Orientation) : image;
    }

    /// <summary>Not available: JPEG files are only read.</summary>
    /// <param name="image">Ignored.</param>
    /// <param name="output">Ignored.</param>
    /// <exception cref="NotSupportedException">Always.</exception>
    public void Encode(Image image, Stream output) => throw new NotSupportedException("JPEG files are only read; save the picture as PNG.");
}
