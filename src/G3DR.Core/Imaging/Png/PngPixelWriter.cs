using System.Buffers.Binary;

namespace G3DR.Core.Imaging;

/// <summary>Turns unfiltered PNG rows into the pixels of an <see cref="Imaging.Image"/>.</summary>
internal sealed class PngPixelWriter
{
    private readonly PngHeader _header;
    private readonly byte[]? _palette;
    private readonly byte[]? _paletteAlpha;

    // The one colour that tRNS makes transparent in grey and RGB pictures, as stored (before scaling to 8 bits).
    private readonly ushort[]? _transparentColor;

    public PngPixelWriter(PngHeader header, byte[]? palette, byte[]? transparency)
    {
        _header = header;
        int channels;
        if (header.ColorType == PngColorType.Palette)
        {
            _palette = palette;
            _paletteAlpha = transparency;
            channels = transparency is null ? 3 : 4;
        }
        else
        {
            if (transparency is not null)
            {
                _transparentColor = new ushort[header.Samples];
                for (int i = 0; i < _transparentColor.Length; i++)
                    _transparentColor[i] = BinaryPrimitives.ReadUInt16BigEndian(transparency.AsSpan(2 * i));
            }
            channels = header.Samples + (transparency is null ? 0 : 1);
        }
        Image = new Image(header.Width, header.Height, channels, header.BitDepth == 16 ? 16 : 8);
    }

    public Image Image { get; }

    /// <summary>Stores <paramref name="count"/> pixels of one row, the first at column <paramref name="x"/>, then every <paramref name="stepX"/>.</summary>
    public void WriteRow(ReadOnlySpan<byte> row, int count, int x, int y, int stepX)
    {
        if (_header.ColorType == PngColorType.Palette)
            WritePalette(row, count, x, y, stepX);
        else if (_header.BitDepth == 16)
            Write16(row, count, x, y, stepX);
        else
            Write8(row, count, x, y, stepX);
    }

    private void WritePalette(ReadOnlySpan<byte> row, int count, int x, int y, int stepX)
    {
        Span<byte> data = Image.Data8;
        int channels = Image.Channels;
        for (int i = 0; i < count; i++)
        {
            int index = Sample(row, i);
            if (3 * index >= _palette!.Length)
                throw new ImageFormatException($"PNG: a pixel has colour number {index} but the palette has only {_palette.Length / 3}.");
            Span<byte> pixel = data.Slice((y * _header.Width + x + i * stepX) * channels, channels);
            _palette.AsSpan(3 * index, 3).CopyTo(pixel);
            if (channels == 4)
                pixel[3] = index < _paletteAlpha!.Length ? _paletteAlpha[index] : (byte)255;
        }
    }

    private void Write8(ReadOnlySpan<byte> row, int count, int x, int y, int stepX)
    {
        Span<byte> data = Image.Data8;
        int channels = Image.Channels;
        int samples = _header.Samples;
        // 1, 2, 4 bits: 255, 85, 17 spread the levels over 0..255 evenly.
        int scale = 255 / ((1 << _header.BitDepth) - 1);
        if (_transparentColor is null && _header.BitDepth == 8 && stepX == 1)
        {
            row[..(count * samples)].CopyTo(data[((y * _header.Width + x) * channels)..]);
            return;
        }
        for (int i = 0; i < count; i++)
        {
            Span<byte> pixel = data.Slice((y * _header.Width + x + i * stepX) * channels, channels);
            bool transparent = _transparentColor is not null;
            for (int c = 0; c < samples; c++)
            {
                int value = Sample(row, i * samples + c);
                transparent = transparent && value == _transparentColor![c];
                pixel[c] = (byte)(value * scale);
            }
            if (channels > samples)
                pixel[samples] = transparent ? (byte)0 : (byte)255;
        }
    }

    private void Write16(ReadOnlySpan<byte> row, int count, int x, int y, int stepX)
    {
        Span<ushort> data = Image.Data16;
        int channels = Image.Channels;
        int samples = _header.Samples;
        for (int i = 0; i < count; i++)
        {
            Span<ushort> pixel = data.Slice((y * _header.Width + x + i * stepX) * channels, channels);
            bool transparent = _transparentColor is not null;
            for (int c = 0; c < samples; c++)
            {
                pixel[c] = BinaryPrimitives.ReadUInt16BigEndian(row[(2 * (i * samples + c))..]);
                transparent = transparent && pixel[c] == _transparentColor![c];
            }
            if (channels > samples)
                pixel[samples] = transparent ? (ushort)0 : (ushort)65535;
        }
    }

    /// <summary>Sample number <paramref name="i"/> of a row of 1, 2, 4 or 8 bits; the first is in the highest bits of its byte.</summary>
    private int Sample(ReadOnlySpan<byte> row, int i)
    {
        int depth = _header.BitDepth;
        if (depth == 8)
            return row[i];
        int bit = i * depth;
        return (row[bit >> 3] >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
    }
}
