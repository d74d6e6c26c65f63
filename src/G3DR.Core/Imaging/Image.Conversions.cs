namespace G3DR.Core.Imaging;

/// <content>Conversions between channel counts, bit depths and float arrays, and geometric copies.</content>
public sealed partial class Image
{
    /// <summary>The picture with 8 bits per channel; 16-bit values v become round(v / 257).</summary>
    /// <returns>This picture if it already has 8 bits, otherwise a new one.</returns>
    public Image To8Bit()
    {
        if (_data16 is null)
            return this;
        byte[] data = new byte[_data16.Length];
        for (int i = 0; i < data.Length; i++)
            data[i] = Narrow(_data16[i]);
        return new Image(Width, Height, Channels, data);
    }

    /// <summary>The picture with 16 bits per channel; 8-bit values v become 257 v, so that 0 and full scale are kept.</summary>
    /// <returns>This picture if it already has 16 bits, otherwise a new one.</returns>
    public Image To16Bit()
    {
        if (_data8 is null)
            return this;
        ushort[] data = new ushort[_data8.Length];
        for (int i = 0; i < data.Length; i++)
            data[i] = (ushort)(_data8[i] * 257);
        return new Image(Width, Height, Channels, data);
    }

    /// <summary>The picture as 8-bit RGB. Transparent pixels are laid over <paramref name="background"/>; grey becomes three equal channels.</summary>
    /// <param name="background">The colour behind transparent pixels; null for white.</param>
    /// <returns>This picture if it already is 8-bit RGB, otherwise a new one, (height, width, 3).</returns>
    public Image ToRgb8(Rgb24? background = null)
    {
        if (Channels == 3 && BitDepth == 8)
            return this;
        Rgb24 back = background ?? Rgb24.White;
        ReadOnlySpan<byte> source = To8Bit().Data8;
        byte[] data = new byte[checked(Width * Height * 3)];
        bool grey = Channels <= 2;
        for (int i = 0, o = 0; o < data.Length; i += Channels, o += 3)
        {
            byte r = source[i];
            byte g = grey ? r : source[i + 1];
            byte b = grey ? r : source[i + 2];
            int alpha = HasAlpha ? source[i + Channels - 1] : 255;
            data[o] = Blend(r, back.R, alpha);
            data[o + 1] = Blend(g, back.G, alpha);
            data[o + 2] = Blend(b, back.B, alpha);
        }
        return new Image(Width, Height, 3, data);
    }

    /// <summary>The picture without its alpha channel; the colour of transparent pixels is kept as stored (Pillow's <c>convert("RGB")</c>).</summary>
    /// <returns>This picture if it has no alpha, otherwise a new one of the same depth.</returns>
    public Image WithoutAlpha()
    {
        if (!HasAlpha)
            return this;
        int kept = Channels - 1;
        var result = new Image(Width, Height, kept, BitDepth);
        if (_data8 is not null)
            DropLast<byte>(_data8, result.Data8, kept);
        else
            DropLast<ushort>(_data16, result.Data16, kept);
        return result;
    }

    /// <summary>The picture as one 16-bit grey channel: luma 0.299 R + 0.587 G + 0.114 B, alpha dropped, 8-bit values times 257.</summary>
    /// <returns>The values, (height, width), 0..65535.</returns>
    public ushort[] ToGrey16()
    {
        ReadOnlySpan<ushort> source = To16Bit().Data16;
        ushort[] grey = new ushort[Width * Height];
        for (int i = 0, p = 0; i < grey.Length; i++, p += Channels)
        {
            // ITU-R BT.601 weights in 16-bit fixed point; they sum to 65536, so grey input is unchanged.
            grey[i] = Channels <= 2 ? source[p] : (ushort)((source[p] * 19595u + source[p + 1] * 38470u + source[p + 2] * 7471u + 0x8000u) >> 16);
        }
        return grey;
    }

    /// <summary>The values scaled to [0, 1]: divided by 255 or 65535.</summary>
    /// <returns>A new array, (height, width, channels).</returns>
    public float[] ToFloat()
    {
        float[] values = new float[Width * Height * Channels];
        if (_data8 is not null)
        {
            for (int i = 0; i < values.Length; i++)
                values[i] = _data8[i] / 255f;
        }
        else
        {
            for (int i = 0; i < values.Length; i++)
                values[i] = _data16![i] / 65535f;
        }
        return values;
    }

    /// <summary>Makes a picture from values in [0, 1]; others are clamped, NaN becomes 0, and values are rounded to the nearest level.</summary>
    /// <param name="values">(height, width, channels), row-major.</param>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="channels">1 grey, 2 grey and alpha, 3 RGB, 4 RGBA.</param>
    /// <param name="bitDepth">8 or 16.</param>
    /// <returns>The picture.</returns>
    /// <exception cref="ArgumentException">The number of values does not fit the dimensions.</exception>
    public static Image FromFloat(ReadOnlySpan<float> values, int width, int height, int channels, int bitDepth = 8)
    {
        var image = new Image(width, height, channels, bitDepth);
        CheckLength(values.Length, width, height, channels, nameof(values));
        if (bitDepth == 8)
        {
            Span<byte> data = image.Data8;
            for (int i = 0; i < values.Length; i++)
                data[i] = (byte)Quantize(values[i], 255f);
        }
        else
        {
            Span<ushort> data = image.Data16;
            for (int i = 0; i < values.Length; i++)
                data[i] = (ushort)Quantize(values[i], 65535f);
        }
        return image;
    }

    /// <summary>Copies a rectangle.</summary>
    /// <param name="x">Left column.</param>
    /// <param name="y">Top row.</param>
    /// <param name="width">Width of the rectangle.</param>
    /// <param name="height">Height of the rectangle.</param>
    /// <returns>A new picture of that size.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The rectangle is empty or reaches outside the picture.</exception>
    public Image Crop(int x, int y, int width, int height)
    {
        if (x < 0 || y < 0 || width < 1 || height < 1 || width > Width - x || height > Height - y)
            throw new ArgumentOutOfRangeException(nameof(width), $"The rectangle {width} x {height} at ({x}, {y}) must lie inside the picture of {Width} x {Height}.");
        return Remap(width, height, (column, row) => (column + x, row + y));
    }

    /// <summary>Mirrors the picture left to right.</summary>
    /// <returns>A new picture.</returns>
    public Image FlipHorizontal() => Remap(Width, Height, (x, y) => (Width - 1 - x, y));

    /// <summary>Turns a picture that is stored in an EXIF orientation upright.</summary>
    /// <param name="orientation">EXIF tag 0x0112: 1 upright, 2 mirrored, 3 upside down, 4 flipped, 5 transposed, 6 to be turned right, 7 transversed, 8 to be turned left.</param>
    /// <returns>This picture for orientation 1, otherwise a new one; 5 to 8 exchange width and height.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="orientation"/> is not 1 to 8.</exception>
    public Image ApplyOrientation(int orientation)
    {
        int right = Width - 1;
        int bottom = Height - 1;
        return orientation switch
        {
            1 => this,
            2 => Remap(Width, Height, (x, y) => (right - x, y)),
            3 => Remap(Width, Height, (x, y) => (right - x, bottom - y)),
            4 => Remap(Width, Height, (x, y) => (x, bottom - y)),
            5 => Remap(Height, Width, (x, y) => (y, x)),
            6 => Remap(Height, Width, (x, y) => (y, bottom - x)),
            7 => Remap(Height, Width, (x, y) => (right - y, bottom - x)),
            8 => Remap(Height, Width, (x, y) => (right - y, x)),
            _ => throw new ArgumentOutOfRangeException(nameof(orientation), orientation, "An EXIF orientation is 1 to 8."),
        };
    }

    private Image Remap(int width, int height, Func<int, int, (int X, int Y)> sourceOf)
    {
        var result = new Image(width, height, Channels, BitDepth);
        if (_data8 is not null)
            Copy<byte>(_data8, result.Data8);
        else
            Copy<ushort>(_data16, result.Data16);
        return result;

        void Copy<T>(ReadOnlySpan<T> from, Span<T> to)
        {
            int position = 0;
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++)
                {
                    (int sx, int sy) = sourceOf(x, y);
                    int source = (sy * Width + sx) * Channels;
                    for (int c = 0; c < Channels; c++)
                        to[position++] = from[source + c];
                }
            }
        }
    }

    private static void DropLast<T>(ReadOnlySpan<T> from, Span<T> to, int kept)
    {
        for (int i = 0, o = 0; o < to.Length; i += kept + 1, o += kept)
            from.Slice(i, kept).CopyTo(to[o..]);
    }

    private static byte Narrow(ushort value) => (byte)((value + 128) / 257);

    private static byte Blend(byte front, byte back, int alpha) => (byte)((front * alpha + back * (255 - alpha) + 127) / 255);

    // The comparison is false for NaN, which so becomes 0.
    private static float Quantize(float value, float full) => value > 0f ? MathF.Min(value, 1f) * full + 0.5f : 0f;
}
