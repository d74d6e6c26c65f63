using System.Buffers.Binary;
using System.Text;

namespace G3DR.Core.Weights.PyTorch;

/// <summary>A file inside a zip archive.</summary>
/// <param name="Name">Its path in the archive.</param>
/// <param name="Start">First byte of its (compressed) data.</param>
/// <param name="Packed">Bytes of these.</param>
/// <param name="Length">Bytes when unpacked.</param>
/// <param name="Method">0 stored, 8 deflated.</param>
/// <param name="Checksum">CRC-32 of the unpacked bytes.</param>
internal sealed record ZipRecord(string Name, long Start, long Packed, long Length, int Method, uint Checksum);

/// <summary>
/// The directory of a zip archive (PKWARE APPNOTE 6.3, with its 64-bit fields). Unlike System.IO.Compression it says where a record lies in the file, so that tensors are
/// read in place, and it refuses archives with two records of one name.
/// </summary>
internal static class ZipDirectory
{
    public const int Stored = 0, Deflated = 8;

    private const int EndBytes = 22, EntryBytes = 46, LocalBytes = 30, LocatorBytes = 20, End64Bytes = 56, LongestComment = ushort.MaxValue;

    // No deflated block is shorter than this share of what it unpacks to.
    private const long MostRatio = 1032;

    public static Dictionary<string, ZipRecord> Read(ByteRegion file, long length, string source)
    {
        (long at, long end) = FindEntries(file, length, source);
        Dictionary<string, ZipRecord> records = new(StringComparer.Ordinal);
        while (at < end)
        {
            ReadOnlySpan<byte> entry = Part(file, at, EntryBytes, end, source);
            if (!entry.StartsWith("PK\u0001\u0002"u8))
            {
                throw Error(source, $"its zip directory has no entry at byte {at}");
            }

            int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(entry[28..]), extraLength = BinaryPrimitives.ReadUInt16LittleEndian(entry[30..]);
            int commentLength = BinaryPrimitives.ReadUInt16LittleEndian(entry[32..]);
            ReadOnlySpan<byte> variable = Part(file, at + EntryBytes, nameLength + extraLength, end, source);
            string name = Encoding.UTF8.GetString(variable[..nameLength]);
            ZipRecord record = ReadEntry(name, entry, variable[nameLength..], source, out long local);
            record = record with { Start = DataStart(file, local, end, source, name) };
            if (record.Packed > length - record.Start)
            {
                throw Error(source, $"its record {SafetensorsHeader.Quote(name)} reaches past the end of the file");
            }

            if (!records.TryAdd(name, record))
            {
                throw Error(source, $"it has two records {SafetensorsHeader.Quote(name)}");
            }

            at += EntryBytes + nameLength + extraLength + commentLength;
        }

        return records;
    }

    private static (long Start, long End) FindEntries(ByteRegion file, long length, string source)
    {
        int tail = (int)Math.Min(length, EndBytes + LongestComment);
        ReadOnlySpan<byte> bytes = file.Slice(length - tail, tail);
        for (int i = tail - EndBytes; i >= 0; i--)
        {
            ReadOnlySpan<byte> end = bytes[i..];
            if (end.StartsWith("PK\u0005\u0006"u8) && BinaryPrimitives.ReadUInt16LittleEndian(end[20..]) == end.Length - EndBytes)
            {
                long endAt = length - tail + i;
                long size = BinaryPrimitives.ReadUInt32LittleEndian(end[12..]), start = BinaryPrimitives.ReadUInt32LittleEndian(end[16..]);
                if (size == uint.MaxValue || start == uint.MaxValue || BinaryPrimitives.ReadUInt16LittleEndian(end[10..]) == ushort.MaxValue)
                {
                    (start, size) = Read64(file, endAt, source);
                }

                return start >= 0 && size >= 0 && size <= endAt && start <= endAt - size
                    ? (start, start + size)
                    : throw Error(source, "its zip directory lies outside of the file");
            }
        }

        throw Error(source, "it begins like a zip archive, but has no directory at its end (a truncated download?)");
    }

    private static (long Start, long Size) Read64(ByteRegion file, long endAt, string source)
    {
        ReadOnlySpan<byte> locator = Part(file, endAt - LocatorBytes, LocatorBytes, endAt, source);
        long at = BinaryPrimitives.ReadInt64LittleEndian(locator[8..]);
        ReadOnlySpan<byte> end = Part(file, at, End64Bytes, endAt, source);
        return locator.StartsWith("PK\u0006\u0007"u8) && end.StartsWith("PK\u0006\u0006"u8)
            ? (BinaryPrimitives.ReadInt64LittleEndian(end[48..]), BinaryPrimitives.ReadInt64LittleEndian(end[40..]))
            : throw Error(source, "its zip directory has no 64-bit end");
    }

    private static ZipRecord ReadEntry(string name, ReadOnlySpan<byte> entry, ReadOnlySpan<byte> extra, string source, out long local)
    {
        ushort flags = BinaryPrimitives.ReadUInt16LittleEndian(entry[8..]);
        int method = BinaryPrimitives.ReadUInt16LittleEndian(entry[10..]);
        ReadOnlySpan<byte> wide = Extra64(extra);
        long unpacked = Wide(BinaryPrimitives.ReadUInt32LittleEndian(entry[24..]), ref wide);
        long packed = Wide(BinaryPrimitives.ReadUInt32LittleEndian(entry[20..]), ref wide);
        local = Wide(BinaryPrimitives.ReadUInt32LittleEndian(entry[42..]), ref wide);
        const int Encrypted = 1;
        bool possible = (flags & Encrypted) == 0 && unpacked >= 0 && packed >= 0
            && ((method == Stored && packed == unpacked) || (method == Deflated && unpacked / MostRatio <= packed));
        return possible
            ? new(name, 0, packed, unpacked, method, BinaryPrimitives.ReadUInt32LittleEndian(entry[16..]))
            : throw Error(source, $"its record {SafetensorsHeader.Quote(name)} is encrypted, packed by an unknown method ({method}), or has impossible lengths");
    }

    private static long Wide(uint value, ref ReadOnlySpan<byte> wide)
    {
        if (value != uint.MaxValue || wide.Length < 8)
        {
            return value;
        }

        long result = BinaryPrimitives.ReadInt64LittleEndian(wide);
        wide = wide[8..];
        return result;
    }

    private static ReadOnlySpan<byte> Extra64(ReadOnlySpan<byte> extra)
    {
        while (extra.Length >= 4)
        {
            int length = Math.Min(BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]), extra.Length - 4);
            if (BinaryPrimitives.ReadUInt16LittleEndian(extra) == 1)
            {
                return extra.Slice(4, length);
            }

            extra = extra[(4 + length)..];
        }

        return [];
    }

    private static long DataStart(ByteRegion file, long local, long end, string source, string name)
    {
        ReadOnlySpan<byte> header = Part(file, local, LocalBytes, end, source);
        return header.StartsWith("PK\u0003\u0004"u8)
            ? local + LocalBytes + BinaryPrimitives.ReadUInt16LittleEndian(header[26..]) + BinaryPrimitives.ReadUInt16LittleEndian(header[28..])
            : throw Error(source, $"its record {SafetensorsHeader.Quote(name)} does not begin where the directory says");
    }

    private static ReadOnlySpan<byte> Part(ByteRegion file, long at, int count, long end, string source) => at >= 0 && at <= end - count
        ? file.Slice(at, count)
        : throw Error(source, $"its zip directory points outside of the file (byte {at})");

    private static WeightsFormatException Error(string source, string what) => new($"{source} is malformed: {what}.");
}
