using System.Buffers.Binary;

namespace G3DR.Tests.Imaging;

/// <summary>A plain GIF reader, written from the specification, to check what the library writes.</summary>
internal sealed class GifDecoder
{
    private readonly byte[] _file;
    private int _position;

    private GifDecoder(byte[] file)
    {
        _file = file;
        if (!file.AsSpan(0, 6).SequenceEqual("GIF89a"u8))
            throw new InvalidDataException("no GIF89a signature");
        Width = UInt16(6);
        Height = UInt16(8);
        _position = 13;
        byte[]? shared = (file[10] & 0x80) != 0 ? Take(3 << ((file[10] & 7) + 1)) : null;
        ReadBlocks(shared);
    }

    public int Width { get; }

    public int Height { get; }

    public int? Loops { get; private set; }

    public bool HasGlobalPalette => (_file[10] & 0x80) != 0;

    /// <summary>RGB values, (height, width, 3), of each frame.</summary>
    public List<byte[]> Frames { get; } = [];

    public List<int> Delays { get; } = [];

    public static GifDecoder Decode(byte[] file) => new(file);

    private void ReadBlocks(byte[]? shared)
    {
        while (true)
        {
            byte block = Take(1)[0];
            if (block == 0x3B)
            {
                if (_position != _file.Length)
                    throw new InvalidDataException("bytes behind the trailer");
                return;
            }
            if (block == 0x21)
                ReadExtension();
            else if (block == 0x2C)
                ReadFrame(shared);
            else
                throw new InvalidDataException($"unknown block {block:X2} at {_position}");
        }
    }

    private void ReadExtension()
    {
        byte label = Take(1)[0];
        byte[] first = Take(Take(1)[0]);
        byte[] rest = SubBlocks();
        if (label == 0xF9)
            Delays.Add(BinaryPrimitives.ReadUInt16LittleEndian(first.AsSpan(1)));
        if (label == 0xFF && first.AsSpan().SequenceEqual("NETSCAPE2.0"u8))
            Loops = BinaryPrimitives.ReadUInt16LittleEndian(rest.AsSpan(1));
    }

    private void ReadFrame(byte[]? shared)
    {
        byte[] descriptor = Take(9);
        int width = BinaryPrimitives.ReadUInt16LittleEndian(descriptor.AsSpan(4));
        int height = BinaryPrimitives.ReadUInt16LittleEndian(descriptor.AsSpan(6));
        byte[] palette = (descriptor[8] & 0x80) != 0 ? Take(3 << ((descriptor[8] & 7) + 1)) : shared ?? throw new InvalidDataException("no palette");
        int bits = Take(1)[0];
        byte[] indices = Lzw(SubBlocks(), bits);
        if (indices.Length != width * height)
            throw new InvalidDataException($"{indices.Length} pixels instead of {width} x {height}");
        byte[] pixels = new byte[3 * indices.Length];
        for (int i = 0; i < indices.Length; i++)
            palette.AsSpan(3 * indices[i], 3).CopyTo(pixels.AsSpan(3 * i));
        Frames.Add(pixels);
    }

    private static byte[] Lzw(byte[] data, int bits)
    {
        var output = new List<byte>();
        int clear = 1 << bits;
        List<byte[]> table = [];
        byte[]? previous = null;
        int width = bits + 1;
        int bit = 0;
        while (true)
        {
            int code = 0;
            for (int i = 0; i < width; i++, bit++)
                code |= ((data[bit >> 3] >> (bit & 7)) & 1) << i;
            if (code == clear + 1)
            {
                if (data.Length != (bit + 7) / 8)
                    throw new InvalidDataException("data behind the end code");
                return [.. output];
            }
            if (code == clear)
            {
                table = [.. Enumerable.Range(0, clear + 2).Select(i => new[] { (byte)i })];
                width = bits + 1;
                previous = null;
                continue;
            }
            byte[] entry = code < table.Count ? table[code] : code == table.Count ? [.. previous!, previous![0]] : throw new InvalidDataException($"code {code} of {table.Count}");
            output.AddRange(entry);
            if (previous is not null && table.Count < 4096)
                table.Add([.. previous, entry[0]]);
            if (table.Count == 1 << width && width < 12)
                width++;
            previous = entry;
        }
    }

    private byte[] SubBlocks()
    {
        var data = new List<byte>();
        while (true)
        {
            int length = Take(1)[0];
            if (length == 0)
                return [.. data];
            data.AddRange(Take(length));
        }
    }

    private byte[] Take(int count) => _file[_position..(_position += count)];

    private ushort UInt16(int at) => BinaryPrimitives.ReadUInt16LittleEndian(_file.AsSpan(at));
}
