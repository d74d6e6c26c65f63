namespace G3DR.Kernels.Convolution;

/// <summary>
/// Weight gradients as sums over pixels: for each tap a product of the shifted input, transposed, with the gradient of the output. Few weights: each shard
/// has some tiles of pixels and all lines, and sums of its own, which are added in order afterwards. Many: each shard owns a panel of lines and sees all pixels.
/// </summary>
internal sealed class WeightGradientPlan
{
    // Most elements that the private sums take together, and how many shards are worth them.
    private const long MostElements = 8L << 20;
    private const int MostParts = 16, LeastParts = 8;

    /// <summary>The plan for a forward pass.</summary>
    /// <param name="convolution">The forward pass.</param>
    /// <param name="width">Lines of a panel.</param>
    public WeightGradientPlan(TapConvolution convolution, int width)
    {
        Panels = Shards.Count(convolution.Lines, width);
        PanelLength = (long)convolution.Taps * convolution.Depth * width;
        var shared = new DirectPlan(convolution);
        long affordable = Math.Min(MostElements / Length(convolution), MostParts);
        bool owns = shared.OwnsPanels || Math.Min(affordable, shared.AllTiles) < LeastParts;
        Tiles = owns ? new(convolution, ownsPanels: true) : shared;
        Parts = owns ? 1 : (int)Math.Min(affordable, shared.AllTiles);
    }

    /// <summary>Tiles of pixels.</summary>
    public DirectPlan Tiles { get; }

    /// <summary>Private sums.</summary>
    public int Parts { get; }

    /// <summary>Panels of a group.</summary>
    public int Panels { get; }

    /// <summary>Elements of the sums of a panel.</summary>
    public long PanelLength { get; }

    /// <summary>Elements of all sums.</summary>
    public long SumsLength => Tiles.OwnsPanels ? 0 : Parts * Length(Tiles.C);

    /// <summary>Where each row of a tile begins in the input.</summary>
    public long[] RowOffsets() =>
        [.. Enumerable.Range(0, Tiles.TileRows).Select(y => (long)y * Tiles.C.Y.Stride * Tiles.RowPixels * Tiles.PixelStep)];

    private long Length(TapConvolution c) => c.Groups * Panels * PanelLength;
}
