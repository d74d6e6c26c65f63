using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace G3DR.Core.Imaging;

/// <summary>Writes a picture as a non-interlaced PNG, choosing each row's filter by the least sum of absolute differences (PNG specification, 12.7).</summary>
internal static class PngEncoder
{
    private const int FilterCount = 5;

    public static void Encode(Image image, Stream output)
    {
        output.Write(PngFormat.Signature);
        WriteHeader(image, output);
        using (var chunks = new ChunkStream(output, "IDAT"))
        using (var deflate = new ZLibStream(chunks, CompressionLevel.Optimal, leaveOpen: true))
            WriteRows(image, deflate);
        WriteChunk(output, "IEND", []);
    }

    private static void WriteHeader(Image image, Stream output)
    {
        PngColorType colorType = image.Channels switch
        {
            1 => PngColorType.Grey,
            2 => PngColorType.GreyAlpha,
            3 => PngColorType.Rgb,
            _ => PngColorType.Rgba,
        };
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, image.Width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], image.Height);
        header[8] = (byte)image.BitDepth;
        header[9] = (byte)colorType;
        header[10] = header[11] = header[12] = 0;
        WriteChunk(output, "IHDR", header);
    }

    private static void WriteRows(Image image, Stream deflate)
    {
        int distance = image.Channels * image.BitDepth / 8;
        int rowBytes = checked(image.Width * distance);
        byte[] previous = new byte[rowBytes];
        byte[] current = new byte[rowBytes];
        byte[][] filtered = new byte[FilterCount][];
        for (int filter = 0; filter < FilterCount; filter++)
        {
            filtered[filter] = new byte[rowBytes + 1];
            filtered[filter][0] = (byte)filter;
        }
        for (int y = 0; y < image.Height; y++)
        {
            PackRow(image, y, current);
            byte[] best = filtered[0];
            long leastCost = long.MaxValue;
            foreach (byte[] candidate in filtered)
            {
                long cost = Filter(candidate[0], current, previous, distance, candidate.AsSpan(1));
                if (cost < leastCost)
                    (best, leastCost) = (candidate, cost);
            }
            deflate.Write(best);
            (previous, current) = (current, previous);
        }
    }

    private static void PackRow(Image image, int y, Span<byte> row)
    {
        if (image.BitDepth == 8)
        {
            image.Data8.Slice(y * row.Length, row.Length).CopyTo(row);
            return;
        }
        int count = row.Length / 2;
        ReadOnlySpan<ushort> values = image.Data16.Slice(y * count, count);
        for (int i = 0; i < count; i++)
            BinaryPrimitives.WriteUInt16BigEndian(row[(2 * i)..], values[i]);
    }

    /// <summary>Applies one filter and returns the sum of its output's absolute values, read as signed bytes.</summary>
    private static long Filter(int filter, ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, int distance, Span<byte> result)
    {
        long cost = 0;
        for (int i = 0; i < row.Length; i++)
        {
            int left = i >= distance ? row[i - distance] : 0;
            int upperLeft = i >= distance ? above[i - distance] : 0;
            int predicted = filter switch
            {
                0 => 0,
                1 => left,
                2 => above[i],
                3 => (left + above[i]) >> 1,
                _ => PngFormat.Paeth(left, above[i], upperLeft),
            };
            byte value = (byte)(row[i] - predicted);
            result[i] = value;
            cost += Math.Abs((int)(sbyte)value);
        }
        return cost;
    }

    private static void WriteChunk(Stream output, string type, ReadOnlySpan<byte> body)
    {
        Span<byte> number = stackalloc byte[4];
        Span<byte> name = stackalloc byte[4];
        Encoding.ASCII.GetBytes(type, name);
        BinaryPrimitives.WriteInt32BigEndian(number, body.Length);
        output.Write(number);
        output.Write(name);
        output.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Crc32.Append(Crc32.Append(Crc32.Start, name), body));
        output.Write(number);
    }

    /// <summary>Cuts what is written to it into chunks, so that neither side needs the whole compressed picture in memory.</summary>
    private sealed class ChunkStream(Stream output, string type) : Stream
    {
        private readonly byte[] _buffer = new byte[1 << 16];
        private int _used;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            while (!buffer.IsEmpty)
            {
                int count = Math.Min(buffer.Length, _buffer.Length - _used);
                buffer[..count].CopyTo(_buffer.AsSpan(_used));
                _used += count;
                buffer = buffer[count..];
                if (_used == _buffer.Length)
                    WriteBuffered();
            }
        }

        // A flush by the compressor must not make a short chunk: chunks are cut by size and at the end only.
        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing && _used > 0)
                WriteBuffered();
            base.Dispose(disposing);
        }

        private void WriteBuffered()
        {
            WriteChunk(output, type, _buffer.AsSpan(0, _used));
            _used = 0;
        }
    }
}
