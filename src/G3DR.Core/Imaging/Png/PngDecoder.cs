using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace G3DR.Core.Imaging;

/// <summary>Reads the chunks of a PNG file, then inflates and unfilters its rows one at a time.</summary>
internal static class PngDecoder
{
    // Deflate never expands by more than this factor (a match of 258 bytes in two bits), so a header that declares more is a lie.
    private const long MaxDeflateRatio = 1032;

    // First column and row, and the steps between pixels, of the seven passes of Adam7.
    private static readonly (int X, int Y, int StepX, int StepY)[] Adam7 =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    public static Image Decode(ReadOnlySpan<byte> data, ImageLimits limits)
    {
        PngChunks chunks = PngChunks.Read(data, limits);
        PngHeader header = chunks.Header;
        CheckDataCanFill(header, chunks.CompressedLength);

        var writer = new PngPixelWriter(header, chunks.Palette, chunks.Transparency);
        using var compressed = new MemoryStream(chunks.Compressed, 0, chunks.CompressedLength, writable: false);
        using var inflated = new ZLibStream(compressed, CompressionMode.Decompress);
        try
        {
            if (header.Interlaced)
            {
                foreach ((int x, int y, int stepX, int stepY) in Adam7)
                    ReadPass(inflated, header, writer, x, y, stepX, stepY);
            }
            else
            {
                ReadPass(inflated, header, writer, 0, 0, 1, 1);
            }
            // Reaching the end of the stream makes it verify its checksum; any surplus is never stored.
            Span<byte> surplus = stackalloc byte[1];
            inflated.ReadAtLeast(surplus, 1, throwOnEndOfStream: false);
        }
        catch (InvalidDataException e)
        {
            throw new ImageFormatException("PNG: the compressed data is damaged.", e);
        }
        catch (EndOfStreamException e)
        {
            throw new ImageFormatException($"PNG: the compressed data ends before {header.Width} x {header.Height} pixels are complete.", e);
        }
        return writer.Image;
    }

    private static void CheckDataCanFill(PngHeader header, int compressedLength)
    {
        long needed = (header.RowBytes(header.Width) + 1) * header.Height / (header.Interlaced ? 2 : 1);
        if (needed > (compressedLength + 64L) * MaxDeflateRatio)
            throw new ImageFormatException($"PNG: {compressedLength} bytes of compressed data cannot hold the declared {header.Width} x {header.Height} pixels.");
    }

    private static void ReadPass(Stream inflated, PngHeader header, PngPixelWriter writer, int x, int y, int stepX, int stepY)
    {
        int width = (header.Width - x + stepX - 1) / stepX;
        int height = (header.Height - y + stepY - 1) / stepY;
        if (width <= 0 || height <= 0)
            return;
        int rowBytes = (int)header.RowBytes(width);
        byte[] previous = new byte[rowBytes];
        byte[] current = new byte[rowBytes];
        Span<byte> filter = stackalloc byte[1];
        for (int row = 0; row < height; row++)
        {
            inflated.ReadExactly(filter);
            inflated.ReadExactly(current);
            Unfilter(filter[0], current, previous, header.FilterDistance);
            writer.WriteRow(current, width, x, y + row * stepY, stepX);
            (previous, current) = (current, previous);
        }
    }

    private static void Unfilter(byte filter, Span<byte> row, ReadOnlySpan<byte> above, int distance)
    {
        switch (filter)
        {
            case 0:
                break;
            case 1:
                for (int i = distance; i < row.Length; i++)
                    row[i] += row[i - distance];
                break;
            case 2:
                for (int i = 0; i < row.Length; i++)
                    row[i] += above[i];
                break;
            case 3:
                for (int i = 0; i < row.Length; i++)
                    row[i] += (byte)(((i >= distance ? row[i - distance] : 0) + above[i]) >> 1);
                break;
            case 4:
                for (int i = 0; i < Math.Min(distance, row.Length); i++)
                    row[i] += above[i];
                for (int i = distance; i < row.Length; i++)
                    row[i] += (byte)PngFormat.Paeth(row[i - distance], above[i], above[i - distance]);
                break;
            default:
                throw new ImageFormatException($"PNG: a row has filter type {filter}; only 0 to 4 exist.");
        }
    }

    /// <summary>The chunks that matter for decoding, with their checksums verified.</summary>
    private sealed record PngChunks(PngHeader Header, byte[]? Palette, byte[]? Transparency, byte[] Compressed, int CompressedLength)
    {
        public static PngChunks Read(ReadOnlySpan<byte> data, ImageLimits limits)
        {
            PngHeader? header = null;
            byte[]? palette = null;
            byte[]? transparency = null;
            using var compressed = new MemoryStream();
            int position = PngFormat.Signature.Length;
            while (true)
            {
                (string type, int start, int length) = NextChunk(data, position);
                ReadOnlySpan<byte> body = data.Slice(start, length);
                position = start + length + 4;
                if (header is null && type != "IHDR")
                    throw new ImageFormatException($"PNG: the first chunk is '{type}' instead of IHDR.");
                switch (type)
                {
                    case "IHDR":
                        if (header is not null)
                            throw new ImageFormatException("PNG: there are two IHDR chunks.");
                        header = PngHeader.Parse(body, limits);
                        break;
                    case "PLTE":
                        if (length == 0 || length % 3 != 0 || length > 768)
                            throw new ImageFormatException($"PNG: the palette has {length} bytes, need 3 for each of 1 to 256 colours.");
                        palette = body.ToArray();
                        break;
                    case "tRNS":
                        transparency = body.ToArray();
                        break;
                    case "IDAT":
                        compressed.Write(body);
                        break;
                    case "IEND":
                        return Check(header!.Value, palette, transparency, compressed);
                    default:
                        // The case of the first letter says whether a decoder may skip what it does not know.
                        if ((data[start - 4] & 0x20) == 0)
                            throw new ImageFormatException($"PNG: unknown critical chunk '{type}'.");
                        break;
                }
            }
        }

        private static (string Type, int Start, int Length) NextChunk(ReadOnlySpan<byte> data, int position)
        {
            if (data.Length - position < 12)
                throw new ImageFormatException("PNG: the file ends before its IEND chunk (truncated).");
            uint length = BinaryPrimitives.ReadUInt32BigEndian(data[position..]);
            ReadOnlySpan<byte> typeBytes = data.Slice(position + 4, 4);
            foreach (byte letter in typeBytes)
            {
                if (!char.IsAsciiLetter((char)letter))
                    throw new ImageFormatException($"PNG: at byte {position} there is no chunk name but {Convert.ToHexString(typeBytes)} (damaged).");
            }
            string type = Encoding.ASCII.GetString(typeBytes);
            if (length > data.Length - position - 12)
                throw new ImageFormatException($"PNG: chunk '{type}' declares {length} bytes but the file has only {data.Length - position - 12} left (truncated).");
            int start = position + 8;
            uint stored = BinaryPrimitives.ReadUInt32BigEndian(data[(start + (int)length)..]);
            uint actual = ~Crc32.Append(Crc32.Append(Crc32.Start, typeBytes), data.Slice(start, (int)length));
            if (stored != actual)
                throw new ImageFormatException($"PNG: the checksum of chunk '{type}' is {stored:x8} but its content gives {actual:x8} (damaged).");
            return (type, start, (int)length);
        }

        private static PngChunks Check(PngHeader header, byte[]? palette, byte[]? transparency, MemoryStream compressed)
        {
            if (compressed.Length == 0)
                throw new ImageFormatException("PNG: the file has no pixel data (no IDAT chunk).");
            if (header.ColorType == PngColorType.Palette && palette is null)
                throw new ImageFormatException("PNG: the picture uses a palette but the file has none.");
            int? needed = header.ColorType switch { PngColorType.Grey => 2, PngColorType.Rgb => 6, _ => null };
            if (transparency is not null && needed is not null && transparency.Length != needed)
                throw new ImageFormatException($"PNG: tRNS has {transparency.Length} bytes, need {needed} for this colour type.");
            if (header.ColorType is PngColorType.GreyAlpha or PngColorType.Rgba)
                transparency = null;
            return new PngChunks(header, palette, transparency, compressed.GetBuffer(), (int)compressed.Length);
        }
    }
}
