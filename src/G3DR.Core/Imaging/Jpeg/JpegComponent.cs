namespace G3DR.Core.Imaging;

/// <summary>One colour component of a JPEG frame: its sampling, its tables and its decoded plane.</summary>
internal sealed class JpegComponent
{
    public required byte Id { get; init; }

    /// <summary>Horizontal sampling factor, 1..4.</summary>
    public required int H { get; init; }

    /// <summary>Vertical sampling factor, 1..4.</summary>
    public required int V { get; init; }

    public required int QuantizationIndex { get; init; }

    /// <summary>Samples per row that belong to the picture.</summary>
    public int Width { get; set; }

    /// <summary>Rows that belong to the picture.</summary>
    public int Height { get; set; }

    /// <summary>Blocks per row and column that belong to the picture; what a scan of this component alone contains.</summary>
    public int BlocksX => (Width + 7) / 8;

    /// <inheritdoc cref="BlocksX"/>
    public int BlocksY => (Height + 7) / 8;

    /// <summary>Blocks per row including the padding to whole units of an interleaved scan.</summary>
    public int PaddedBlocksX { get; set; }

    /// <summary>Blocks per column including padding.</summary>
    public int PaddedBlocksY { get; set; }

    /// <summary>Samples from one row of <see cref="Plane"/> to the next.</summary>
    public int Stride => PaddedBlocksX * 8;

    /// <summary>Decoded samples, padded to whole blocks.</summary>
    public byte[] Plane { get; set; } = [];

    /// <summary>Coefficients of all blocks in zigzag order (progressive files only).</summary>
    public short[] Coefficients { get; set; } = [];

    /// <summary>Quantisation steps in zigzag order, as they were when the component's first scan began.</summary>
    public ushort[]? Quantization { get; set; }

    public JpegHuffmanTable? DcTable { get; set; }

    public JpegHuffmanTable? AcTable { get; set; }

    /// <summary>The last DC value, from which the next one differs.</summary>
    public int DcPredictor { get; set; }

    /// <summary>Whether a scan delivered this component's DC coefficients.</summary>
    public bool Seen { get; set; }
}
