namespace G3DR.Core.Imaging;

/// <summary>A Huffman table of a JPEG file (ITU-T T.81, annex C), decoded by a table of 9 bits for short codes and by length for the rest.</summary>
internal sealed class JpegHuffmanTable
{
    private const int LookupBits = 9;

    // For each 9-bit prefix that starts with a whole code: length * 256 + symbol; otherwise 0.
    private readonly ushort[] _lookup = new ushort[1 << LookupBits];

    // For each length: the first 16-bit prefix that is beyond its codes, and what turns a code into an index of _symbols.
    private readonly int[] _limit = new int[17];
    private readonly int[] _offset = new int[17];
    private readonly byte[] _symbols;

    /// <summary>Builds the table.</summary>
    /// <param name="counts">Number of codes of each length 1..16.</param>
    /// <param name="symbols">The symbols in order of their codes.</param>
    public JpegHuffmanTable(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> symbols)
    {
        _symbols = symbols.ToArray();
        int code = 0;
        int index = 0;
        for (int length = 1; length <= 16; length++)
        {
            _offset[length] = index - code;
            for (int i = 0; i < counts[length - 1]; i++, code++, index++)
            {
                if (code >= 1 << length)
                    throw new ImageFormatException($"JPEG: a Huffman table has more codes of {length} bits than exist (damaged).");
                if (length <= LookupBits)
                    _lookup.AsSpan(code << (LookupBits - length), 1 << (LookupBits - length)).Fill((ushort)((length << 8) | symbols[index]));
            }
            _limit[length] = code << (16 - length);
            code <<= 1;
        }
    }

    /// <summary>Finds the code at the start of 16 bits.</summary>
    /// <returns>The code's length.</returns>
    public int Decode(int next16, out int symbol)
    {
        int entry = _lookup[next16 >> (16 - LookupBits)];
        if (entry != 0)
        {
            symbol = entry & 0xFF;
            return entry >> 8;
        }
        for (int length = LookupBits + 1; length <= 16; length++)
        {
            if (next16 < _limit[length])
            {
                symbol = _symbols[(next16 >> (16 - length)) + _offset[length]];
                return length;
            }
        }
        throw new ImageFormatException("JPEG: the picture data contains a code that its Huffman table does not define (damaged).");
    }
}
