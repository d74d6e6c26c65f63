using System.Buffers.Binary;

namespace G3DR.Core.Imaging;

/// <summary>Finds the orientation tag in EXIF data, which has the structure of a TIFF file (EXIF 2.3, tag 0x0112).</summary>
internal static class ExifOrientation
{
    private const int OrientationTag = 0x0112;
    private const int ShortType = 3;
    private const int EntryBytes = 12;

    /// <summary>Reads the orientation of the main picture.</summary>
    /// <param name="tiff">The data behind "Exif\0\0".</param>
    /// <returns>1 to 8; 1 (upright) if the data is damaged or has none: a bad note must not make a good picture unreadable.</returns>
    public static int Read(ReadOnlySpan<byte> tiff)
    {
        if (tiff.Length < 8)
            return 1;
        bool little = tiff.StartsWith("II"u8);
        if (!little && !tiff.StartsWith("MM"u8))
            return 1;
        uint directory = UInt32(tiff[4..], little);
        if (directory > tiff.Length - 2)
            return 1;
        ReadOnlySpan<byte> entries = tiff[(int)directory..];
        int count = UInt16(entries, little);
        entries = entries[2..];
        for (int i = 0; i < count && entries.Length >= EntryBytes; i++, entries = entries[EntryBytes..])
        {
            if (UInt16(entries, little) != OrientationTag || UInt16(entries[2..], little) != ShortType)
                continue;
            int value = UInt16(entries[8..], little);
            return value is >= 1 and <= 8 ? value : 1;
        }
        return 1;
    }

    private static ushort UInt16(ReadOnlySpan<byte> data, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(data) : BinaryPrimitives.ReadUInt16BigEndian(data);

    private static uint UInt32(ReadOnlySpan<byte> data, bool little) =>
        little ? BinaryPrimitives.ReadUInt32LittleEndian(data) : BinaryPrimitives.ReadUInt32BigEndian(data);
}
