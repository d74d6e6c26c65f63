namespace G3DR.Core.Imaging;

/// <summary>The variable-length-code Lempel-Ziv-Welch compression of GIF (GIF89a specification, appendix F).</summary>
internal static class GifLzw
{
    private const int MaxCodes = 4096;

    /// <summary>Writes the code size, the compressed data in blocks of up to 255 bytes, and the terminator.</summary>
    /// <param name="output">The file.</param>
    /// <param name="indices">Palette indices, each below 2^<paramref name="bits"/>.</param>
    /// <param name="bits">Bits of an index, 2 to 8.</param>
    public static void Write(BinaryWriter output, ReadOnlySpan<byte> indices, int bits)
    {
        output.Write((byte)bits);
        var packer = new BlockPacker(output);
        int clear = 1 << bits;
        int end = clear + 1;
        int next = end + 1;
        int width = bits + 1;
        // The code of each known string, by the code of all but its last index and that index.
        ushort[] extension = new ushort[MaxCodes << bits];
        packer.Put(clear, width);
        int current = indices[0];
        foreach (byte index in indices[1..])
        {
            ref ushort known = ref extension[(current << bits) | index];
            if (known != 0)
            {
                current = known;
                continue;
            }
            packer.Put(current, width);
            current = index;
            if (next < MaxCodes)
            {
                known = (ushort)next;
                // A decoder knows a code one step later, so the width grows when the new code itself would not fit.
                if (next == 1 << width)
                    width++;
                next++;
                continue;
            }
            packer.Put(clear, width);
            Array.Clear(extension);
            next = end + 1;
            width = bits + 1;
        }
        packer.Put(current, width);
        // The decoder adds an entry for the last string, which may widen the code of the end mark.
        if (next == 1 << width && width < 12)
            width++;
        packer.Put(end, width);
        packer.Finish();
    }

    /// <summary>Packs codes into bytes, lowest bit first, and bytes into blocks.</summary>
    private sealed class BlockPacker(BinaryWriter output)
    {
        private readonly byte[] _block = new byte[255];
        private int _used;
        private int _bits;
        private int _count;

        public void Put(int code, int width)
        {
            _bits |= code << _count;
            _count += width;
            while (_count >= 8)
            {
                PutByte();
                _bits >>= 8;
                _count -= 8;
            }
        }

        public void Finish()
        {
            if (_count > 0)
                PutByte();
            FlushBlock();
            output.Write((byte)0);
        }

        private void PutByte()
        {
            _block[_used++] = (byte)_bits;
            if (_used == _block.Length)
                FlushBlock();
        }

        private void FlushBlock()
        {
            if (_used == 0)
                return;
            output.Write((byte)_used);
            output.Write(_block, 0, _used);
            _used = 0;
        }
    }
}
