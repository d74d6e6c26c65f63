namespace G3DR.Core.Imaging;

/// <summary>The checksum of PNG chunks: CRC-32 with the reflected polynomial 0xEDB88320 (PNG specification, annex D).</summary>
internal static class Crc32
{
    private static readonly uint[] Table = BuildTable();

    /// <summary>The start value of a running checksum.</summary>
    public const uint Start = 0xFFFFFFFF;

    /// <summary>Continues a running checksum. The final value is the complement of the result.</summary>
    public static uint Append(uint running, ReadOnlySpan<byte> data)
    {
        foreach (byte b in data)
            running = Table[(byte)(running ^ b)] ^ (running >> 8);
        return running;
    }

    private static uint[] BuildTable()
    {
        uint[] table = new uint[256];
        for (uint n = 0; n < 256; n++)
        {
            uint value = n;
            for (int bit = 0; bit < 8; bit++)
                value = (value & 1) != 0 ? 0xEDB88320 ^ (value >> 1) : value >> 1;
            table[n] = value;
        }
        return table;
    }
}
