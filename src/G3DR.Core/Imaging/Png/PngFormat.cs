namespace G3DR.Core.Imaging;

/// <summary>What the PNG decoder and encoder share: signature, header, filters.</summary>
internal static class PngFormat
{
    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>The predictor of filter type 4: whichever of left, above and upper left is nearest to left + above - upper left.</summary>
    public static int Paeth(int left, int above, int upperLeft)
    {
        int estimate = left + above - upperLeft;
        int toLeft = Math.Abs(estimate - left);
        int toAbove = Math.Abs(estimate - above);
        int toUpperLeft = Math.Abs(estimate - upperLeft);
        if (toLeft <= toAbove && toLeft <= toUpperLeft)
            return left;
        return toAbove <= toUpperLeft ? above : upperLeft;
    }
}

/// <summary>PNG colour types, as numbered in IHDR.</summary>
internal enum PngColorType
{
    Grey = 0,
    Rgb = 2,
    Palette = 3,
    GreyAlpha = 4,
    Rgba = 6,
}

/// <summary>The checked content of IHDR.</summary>
internal readonly record struct PngHeader(int Width, int Height, int BitDepth, PngColorType ColorType, bool Interlaced)
{
    /// <summary>Samples per pixel in the file; a palette index counts as one.</summary>
    public int Samples => ColorType switch
    {
        PngColorType.Grey or PngColorType.Palette => 1,
        PngColorType.GreyAlpha => 2,
        PngColorType.Rgb => 3,
        _ => 4,
    };

    /// <summary>Bits of one pixel in the file.</summary>
    public int BitsPerPixel => Samples * BitDepth;

    /// <summary>Distance in bytes to the pixel on the left that the filters refer to, at least 1.</summary>
    public int FilterDistance => Math.Max(1, BitsPerPixel / 8);

    /// <summary>Bytes of a row of <paramref name="width"/> pixels without its filter byte.</summary>
    public long RowBytes(int width) => ((long)width * BitsPerPixel + 7) / 8;

    public static PngHeader Parse(ReadOnlySpan<byte> chunk, ImageLimits limits)
    {
        if (chunk.Length != 13)
            throw new ImageFormatException($"PNG: IHDR has {chunk.Length} bytes instead of 13.");
        uint width = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(chunk);
        uint height = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(chunk[4..]);
        limits.CheckSize(width, height, "PNG");
        int depth = chunk[8];
        int colorType = chunk[9];
        bool valid = colorType switch
        {
            0 => depth is 1 or 2 or 4 or 8 or 16,
            3 => depth is 1 or 2 or 4 or 8,
            2 or 4 or 6 => depth is 8 or 16,
            _ => false,
        };
        if (!valid)
            throw new ImageFormatException($"PNG: colour type {colorType} with bit depth {depth} does not exist.");
        if (chunk[10] != 0 || chunk[11] != 0 || chunk[12] > 1)
            throw new ImageFormatException($"PNG: compression {chunk[10]}, filter method {chunk[11]}, interlace {chunk[12]}; only 0, 0 and 0 or 1 exist.");
        return new PngHeader((int)width, (int)height, depth, (PngColorType)colorType, chunk[12] == 1);
    }
}
