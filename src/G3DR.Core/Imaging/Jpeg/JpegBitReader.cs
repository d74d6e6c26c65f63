namespace G3DR.Core.Imaging;

/// <summary>
/// Reads bits of entropy-coded JPEG data: undoes byte stuffing (FF 00) and stops at markers. Behind the end it delivers zero bits, and
/// <see cref="CheckNotOverrun"/> reports that some of them were used.
/// </summary>
internal sealed class JpegBitReader(byte[] data)
{
    private ulong _bits;
    private int _count;
    private int _padding;

    /// <summary>Index of the next byte to take; at a marker, of its FF.</summary>
    public int Position { get; private set; }

    /// <summary>Starts at a byte position with no bits pending.</summary>
    public void Restart(int position)
    {
        Position = position;
        _bits = 0;
        _count = 0;
        _padding = 0;
    }

    /// <summary>Makes at least 32 bits available.</summary>
    public void Fill()
    {
        while (_count <= 48)
        {
            int next = NextByte();
            if (next < 0)
            {
                _padding += 8;
                next = 0;
            }
            _bits = (_bits << 8) | (uint)next;
            _count += 8;
        }
    }

    /// <summary>The next <paramref name="count"/> bits without taking them; at most 32 after <see cref="Fill"/>.</summary>
    public int Peek(int count) => (int)(_bits >> (_count - count)) & ((1 << count) - 1);

    /// <summary>Drops bits that were peeked.</summary>
    public void Skip(int count) => _count -= count;

    /// <summary>Takes up to 16 bits.</summary>
    public int Take(int count)
    {
        if (_count < 32)
            Fill();
        int value = Peek(count);
        _count -= count;
        return value;
    }

    /// <summary>Takes a number of <paramref name="size"/> bits in JPEG's form: a leading 0 bit means negative (ITU-T T.81, F.2.2.1).</summary>
    public int TakeSigned(int size)
    {
        if (size == 0)
            return 0;
        int value = Take(size);
        return value < 1 << (size - 1) ? value - (1 << size) + 1 : value;
    }

    /// <summary>Takes the next Huffman-coded symbol.</summary>
    public int TakeSymbol(JpegHuffmanTable table)
    {
        if (_count < 32)
            Fill();
        int length = table.Decode(Peek(16), out int symbol);
        _count -= length;
        return symbol;
    }

    /// <summary>Fails if bits behind the end of the data were used.</summary>
    public void CheckNotOverrun()
    {
        if (_count < _padding)
            throw new ImageFormatException($"JPEG: the picture data ends early, at byte {Position} (truncated or damaged).");
    }

    private int NextByte()
    {
        if (Position >= data.Length)
            return -1;
        byte value = data[Position];
        if (value != 0xFF)
        {
            Position++;
            return value;
        }
        if (Position + 1 >= data.Length || data[Position + 1] != 0)
            return -1;
        Position += 2;
        return 0xFF;
    }
}
