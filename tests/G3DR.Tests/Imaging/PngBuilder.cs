using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace G3DR.Tests.Imaging;

/// <summary>Puts PNG files together chunk by chunk, also wrong ones, independently of the library's encoder.</summary>
internal sealed class PngBuilder
{
    private readonly List<byte> _file = [];

    public PngBuilder() => _file.AddRange([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);

    public PngBuilder Header(uint width, uint height, byte depth, byte colorType, byte interlace = 0)
    {
        byte[] body = new byte[13];
        BinaryPrimitives.WriteUInt32BigEndian(body, width);
        BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(4), height);
        (body[8], body[9], body[12]) = (depth, colorType, interlace);
        return Chunk("IHDR", body);
    }

    /// <summary>Rows with their filter bytes, compressed into one IDAT chunk.</summary>
    public PngBuilder Data(params byte[] rows) => Chunk("IDAT", Deflate(rows));

    public PngBuilder Chunk(string type, byte[] body, uint crcError = 0)
    {
        byte[] typed = [.. Encoding.ASCII.GetBytes(type), .. body];
        byte[] number = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, body.Length);
        _file.AddRange(number);
        _file.AddRange(typed);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc(typed) ^ crcError);
        _file.AddRange(number);
        return this;
    }

    public byte[] End()
    {
        Chunk("IEND", []);
        return _file.ToArray();
    }

    public static byte[] Deflate(byte[] data)
    {
        using var stream = new MemoryStream();
        using (var zlib = new ZLibStream(stream, CompressionLevel.Optimal, leaveOpen: true))
            zlib.Write(data);
        return stream.ToArray();
    }

    /// <summary>Recomputes the checksum of every chunk, so that damage reaches the code behind the check.</summary>
    public static void RepairChecksums(byte[] file)
    {
        for (int position = 8; position + 12 <= file.Length;)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(position));
            if (length > file.Length - position - 12)
                return;
            int end = position + 8 + (int)length;
            BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(end), Crc(file.AsSpan(position + 4, 4 + (int)length)));
            position = end + 4;
        }
    }

    private static uint Crc(ReadOnlySpan<byte> data)
    {
        uint crc = 0xFFFFFFFF;
        foreach (byte b in data)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
        }
        return ~crc;
    }
}
