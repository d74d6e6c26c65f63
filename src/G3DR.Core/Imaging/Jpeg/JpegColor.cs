namespace G3DR.Core.Imaging;

/// <summary>What the components of a JPEG file mean.</summary>
internal enum JpegColors
{
    Grey,
    YCbCr,
    Rgb,
    Cmyk,
    Ycck,
}

/// <summary>Upsamples the components row by row and converts them to grey or RGB.</summary>
internal static class JpegColor
{
    // BT.601 full range in 16-bit fixed point (JFIF 1.02). Rounding is folded in where a table is used alone, and into the blue part of green.
    private static readonly int[] RedFromCr = Table(1.40200, 32768, shift: 16);
    private static readonly int[] BlueFromCb = Table(1.77200, 32768, shift: 16);
    private static readonly int[] GreenFromCr = Table(-0.71414, 0, shift: 0);
    private static readonly int[] GreenFromCb = Table(-0.34414, 32768, shift: 0);

    public static Image Convert(JpegFrame frame, JpegColors colors)
    {
        JpegUpsampler[] rows = [.. frame.Components.Select(component => new JpegUpsampler(frame, component))];
        int channels = colors == JpegColors.Grey ? 1 : 3;
        var image = new Image(frame.Width, frame.Height, channels);
        for (int y = 0; y < frame.Height; y++)
        {
            Span<byte> target = image.Data8.Slice(y * frame.Width * channels, frame.Width * channels);
            ReadOnlySpan<byte> first = rows[0].Row(y)[..frame.Width];
            if (colors == JpegColors.Grey)
            {
                first.CopyTo(target);
                continue;
            }
            ReadOnlySpan<byte> second = rows[1].Row(y)[..frame.Width];
            ReadOnlySpan<byte> third = rows[2].Row(y)[..frame.Width];
            if (colors is JpegColors.YCbCr or JpegColors.Ycck)
                FromYCbCr(first, second, third, target);
            else
                Interleave(first, second, third, target);
            if (colors is JpegColors.Cmyk or JpegColors.Ycck)
                ApplyBlack(rows[3].Row(y)[..frame.Width], target, inverted: colors == JpegColors.Ycck);
        }
        return image;
    }

    private static void FromYCbCr(ReadOnlySpan<byte> luma, ReadOnlySpan<byte> cb, ReadOnlySpan<byte> cr, Span<byte> target)
    {
        for (int x = 0, o = 0; x < luma.Length; x++, o += 3)
        {
            int y = luma[x];
            target[o] = Clamp(y + RedFromCr[cr[x]]);
            target[o + 1] = Clamp(y + ((GreenFromCb[cb[x]] + GreenFromCr[cr[x]]) >> 16));
            target[o + 2] = Clamp(y + BlueFromCb[cb[x]]);
        }
    }

    private static void Interleave(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third, Span<byte> target)
    {
        for (int x = 0, o = 0; x < first.Length; x++, o += 3)
        {
            target[o] = first[x];
            target[o + 1] = second[x];
            target[o + 2] = third[x];
        }
    }

    /// <summary>
    /// CMYK to RGB without a profile. Adobe's files, and so practically all, store inverted inks: 255 is none. Stored C, M and Y then are R, G and B
    /// before black is applied; from YCCK the conversion has produced their complement.
    /// </summary>
    private static void ApplyBlack(ReadOnlySpan<byte> black, Span<byte> target, bool inverted)
    {
        for (int x = 0, o = 0; x < black.Length; x++, o += 3)
        {
            int white = black[x];
            for (int c = 0; c < 3; c++)
            {
                int ink = inverted ? target[o + c] : 255 - target[o + c];
                target[o + c] = Clamp(white - DivideBy255(ink * white));
            }
        }
    }

    private static int DivideBy255(int product)
    {
        // Exact rounding of product / 255 for products up to 255 * 255.
        int rounded = product + 128;
        return ((rounded >> 8) + rounded) >> 8;
    }

    private static byte Clamp(int value) => (byte)Math.Clamp(value, 0, 255);

    private static int[] Table(double factor, int rounding, int shift)
    {
        int fixedPoint = (int)Math.Round(factor * 65536, MidpointRounding.AwayFromZero);
        int[] table = new int[256];
        for (int i = 0; i < 256; i++)
            table[i] = (fixedPoint * (i - 128) + rounding) >> shift;
        return table;
    }
}
