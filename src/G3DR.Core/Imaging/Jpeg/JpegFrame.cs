using System.Buffers.Binary;

namespace G3DR.Core.Imaging;

/// <summary>The frame header (SOF) of a JPEG file, checked, with the planes it asks for.</summary>
internal sealed class JpegFrame
{
    public required int Width { get; init; }

    public required int Height { get; init; }

    public required bool Progressive { get; init; }

    public required JpegComponent[] Components { get; init; }

    public int MaxH { get; private set; }

    public int MaxV { get; private set; }

    /// <summary>Minimum coded units per row of an interleaved scan.</summary>
    public int McusX { get; private set; }

    /// <summary>Rows of minimum coded units of an interleaved scan.</summary>
    public int McusY { get; private set; }

    /// <summary>Reads the header and takes the memory.</summary>
    /// <param name="body">The segment after its length.</param>
    /// <param name="progressive">Whether the marker was SOF2.</param>
    /// <param name="remainingBytes">Bytes left in the file, which bound how many blocks it can hold.</param>
    /// <param name="limits">Bounds on the size.</param>
    public static JpegFrame Parse(ReadOnlySpan<byte> body, bool progressive, int remainingBytes, ImageLimits limits)
    {
        if (body.Length < 6)
            throw new ImageFormatException("JPEG: the frame header is too short.");
        if (body[0] != 8)
            throw new ImageFormatException($"JPEG: {body[0]} bits per sample; only 8 are supported.");
        int height = BinaryPrimitives.ReadUInt16BigEndian(body[1..]);
        int width = BinaryPrimitives.ReadUInt16BigEndian(body[3..]);
        limits.CheckSize(width, height, "JPEG");
        int count = body[5];
        if (count is not (1 or 3 or 4))
            throw new ImageFormatException($"JPEG: {count} colour components; 1 (grey), 3 (colour) or 4 (CMYK) are supported.");
        if (body.Length != 6 + 3 * count)
            throw new ImageFormatException($"JPEG: the frame header has {body.Length} bytes, need {6 + 3 * count} for {count} components.");

        var components = new JpegComponent[count];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> entry = body.Slice(6 + 3 * i, 3);
            int h = entry[1] >> 4;
            int v = entry[1] & 15;
            if (h is < 1 or > 4 || v is < 1 or > 4)
                throw new ImageFormatException($"JPEG: component {i} has the sampling factors {h} x {v}; both must be 1 to 4.");
            if (entry[2] > 3)
                throw new ImageFormatException($"JPEG: component {i} uses quantisation table {entry[2]}; only 0 to 3 exist.");
            components[i] = new JpegComponent { Id = entry[0], H = h, V = v, QuantizationIndex = entry[2] };
        }
        var frame = new JpegFrame { Width = width, Height = height, Progressive = progressive, Components = components };
        frame.Lay(remainingBytes);
        return frame;
    }

    private void Lay(int remainingBytes)
    {
        MaxH = Components.Max(c => c.H);
        MaxV = Components.Max(c => c.V);
        McusX = CeilingDivide(Width, 8 * MaxH);
        McusY = CeilingDivide(Height, 8 * MaxV);
        long blocks = 0;
        foreach (JpegComponent component in Components)
        {
            component.Width = CeilingDivide(Width * component.H, MaxH);
            component.Height = CeilingDivide(Height * component.V, MaxV);
            component.PaddedBlocksX = McusX * component.H;
            component.PaddedBlocksY = McusY * component.V;
            blocks += (long)component.BlocksX * component.BlocksY;
        }
        // Each block takes at least one bit, so this bounds the memory by the size of the file.
        if (blocks > remainingBytes * 8L)
            throw new ImageFormatException($"JPEG: {remainingBytes} bytes of data cannot hold the declared {Width} x {Height} pixels (truncated or damaged).");
        foreach (JpegComponent component in Components)
        {
            long samples = 64L * component.PaddedBlocksX * component.PaddedBlocksY;
            if (samples > Array.MaxLength)
                throw new ImageFormatException($"JPEG: {Width} x {Height} pixels do not fit into one array.");
            component.Plane = new byte[samples];
            if (Progressive)
                component.Coefficients = new short[samples];
        }
    }

    private static int CeilingDivide(int value, int divisor) => (value + divisor - 1) / divisor;
}
