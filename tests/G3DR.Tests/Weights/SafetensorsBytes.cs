using System.Buffers.Binary;
using System.Text;

namespace G3DR.Tests.Weights;

/// <summary>Files put together by hand, apart from the writer under test.</summary>
internal static class SafetensorsBytes
{
    public static byte[] Create(string header, byte[] data)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        byte[] length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        return [.. length, .. json, .. data];
    }

    public static string HeaderOf(byte[] file) => Encoding.UTF8.GetString(file, 8, (int)BinaryPrimitives.ReadInt64LittleEndian(file));
}

/// <summary>A stream that cannot seek and gives one byte at a time, as a slow pipe would.</summary>
internal sealed class OneByteStream(byte[] content) : MemoryStream(content)
{
    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override int Read(Span<byte> buffer)
    {
        int next = buffer.IsEmpty ? -1 : ReadByte();
        if (next < 0)
            return 0;
        buffer[0] = (byte)next;
        return 1;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
}
