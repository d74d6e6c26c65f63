namespace G3DR.Kernels.Convolution;

/// <summary>Where a direct convolution reads its input.</summary>
internal enum InputPlace
{
    /// <summary>Where it lies: no tap leaves it.</summary>
    InPlace,

    /// <summary>In a copy of the whole input with its padding.</summary>
    WholeCopy,

    /// <summary>In a copy that each tile makes for itself, which is still in the cache when it is read.</summary>
    TileCopy,
}

/// <summary>A rectangle of grid positions.</summary>
/// <param name="Picture">Picture of the batch.</param>
/// <param name="Row">First row.</param>
/// <param name="Column">First column.</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="Columns">Number of columns.</param>
internal readonly record struct DirectTile(int Picture, int Row, int Column, int Rows, int Columns);

/// <summary>
/// How a direct convolution is cut into shards, by its sizes alone. Few weights are packed once and shared by tiles of pixels; where there are more weights
/// than pixels, each shard packs the panel that it owns, so that all weights come from memory once and never return to it.
/// </summary>
internal sealed record DirectPlan
{
    /// <summary>Elements, a cache line, that are put between rows which would evict each other from the first-level cache.</summary>
    public const int CacheGap = 16;

    // A packed panel of so many bytes stays in the second-level cache beside the pixels; its lines are counted as 32 whatever the vector.
    private const int PanelBytes = 640 * 1024, PanelLineBytes = 128;

    // The same for a matrix: the rows of a tile, which have no neighbours in common, should stay there too while all panels pass by.
    private const int MatrixPanelBytes = 128 * 1024;

    // Pixels of a tile: enough to repay packing; rows of a picture are cut only where they are longer.
    private const int MostTilePixels = 512, LeastTilePixels = 224, EnoughTiles = 16, LongestRow = 448;

    // Rows that lie so far apart, or a multiple of it, fall on few lines of the first-level cache.
    private const int CachePeriod = 256;

    /// <summary>The plan for a convolution.</summary>
    /// <param name="convolution">The convolution.</param>
    /// <param name="ownsPanels">Whether each shard has a panel of lines for itself; null: where there are more weights than inputs.</param>
    public DirectPlan(TapConvolution convolution, bool? ownsPanels = null)
    {
        C = convolution;
        OwnsPanels = ownsPanels ?? C.Groups * C.GroupWeights > (long)C.Batch * C.Y.Input * C.X.Input * C.InputChannels;
        TileColumns = Math.Min(C.X.Count, LongestRow);
        int rows = Math.Clamp(MostTilePixels / TileColumns, 1, C.Y.Count);
        if (!OwnsPanels)
        {
            while (Tiles(rows) < EnoughTiles && rows * TileColumns >= 2 * LeastTilePixels)
            {
                (rows, TileColumns) = rows > 1 ? ((rows + 1) / 2, TileColumns) : (rows, (TileColumns + 1) / 2);
            }
        }

        TileRows = rows;
        int taps = Math.Max(1, C.Taps);
        int blocks = Math.Clamp(Shards.Count((long)C.Depth * taps * PanelLineBytes, taps == 1 ? MatrixPanelBytes : PanelBytes), 1, C.Depth);
        DepthBlock = Math.Min(C.Depth, (Shards.Count(C.Depth, blocks) + 3) / 4 * 4);
        bool aliases = C.X.Stride * C.InputChannels % 1024 == 0;
        Reading = C.Y.IsInside && C.X.IsInside && !aliases ? InputPlace.InPlace : OwnsPanels ? InputPlace.WholeCopy : InputPlace.TileCopy;
        int channels = Reading == InputPlace.TileCopy ? C.Depth : C.InputChannels;
        PixelStep = Reading != InputPlace.InPlace && C.X.Stride * channels % CachePeriod == 0 ? channels + CacheGap : channels;
        CopyRows = C.Y.Extent(Reading == InputPlace.TileCopy ? TileRows : C.Y.Count);
        CopyColumns = C.X.Extent(Reading == InputPlace.TileCopy ? TileColumns : C.X.Count);
    }

    /// <summary>The convolution.</summary>
    public TapConvolution C { get; }

    /// <summary>Whether each shard packs a panel for itself.</summary>
    public bool OwnsPanels { get; }

    /// <summary>Rows of a tile of the grid.</summary>
    public int TileRows { get; }

    /// <summary>Columns of a tile of the grid.</summary>
    public int TileColumns { get; }

    /// <summary>Positions of a whole tile.</summary>
    public int TilePixels => TileRows * TileColumns;

    /// <summary>Input channels whose weights are in use at a time.</summary>
    public int DepthBlock { get; }

    /// <summary>Where the input is read.</summary>
    public InputPlace Reading { get; }

    /// <summary>Elements between pixels of the input where it is read.</summary>
    public int PixelStep { get; }

    /// <summary>Rows of a copy.</summary>
    public int CopyRows { get; }

    /// <summary>Columns of a copy.</summary>
    public int CopyColumns { get; }

    private long CopyLength => (Reading == InputPlace.WholeCopy ? C.Batch : 1L) * CopyRows * CopyColumns * PixelStep;

    /// <summary>Elements of the copy that all tiles share.</summary>
    public long WholeCopyLength => Reading == InputPlace.WholeCopy ? CopyLength : 0;

    /// <summary>Elements of the copy that a tile makes.</summary>
    public long TileCopyLength => Reading == InputPlace.TileCopy ? CopyLength : 0;

    /// <summary>Pixels between rows of the input where it is read.</summary>
    public int RowPixels => Reading == InputPlace.InPlace ? C.X.Input : CopyColumns;

    /// <summary>Tiles side by side.</summary>
    public int ColumnTiles => Shards.Count(C.X.Count, TileColumns);

    /// <summary>Tiles of a picture one below the other.</summary>
    public int RowTiles => Shards.Count(C.Y.Count, TileRows);

    /// <summary>Tiles of all pictures.</summary>
    public int AllTiles => checked(C.Batch * RowTiles * ColumnTiles);

    /// <summary>Blocks of input channels.</summary>
    public int DepthBlocks => Shards.Count(C.Depth, DepthBlock);

    /// <summary>Tile number <paramref name="index"/>.</summary>
    public DirectTile Tile(int index)
    {
        int row = index / ColumnTiles % RowTiles * TileRows, column = index % ColumnTiles * TileColumns;
        return new(index / ColumnTiles / RowTiles, row, column, Math.Min(TileRows, C.Y.Count - row), Math.Min(TileColumns, C.X.Count - column));
    }

    /// <summary>Channels of input of block <paramref name="block"/>.</summary>
    public int DepthOf(int block) => Math.Min(DepthBlock, C.Depth - (block * DepthBlock));

    /// <summary>Where each tap lies relative to the place of a grid position in the input as it is read.</summary>
    public long[] InputOffsets()
    {
        (int lowY, int lowX) = Reading == InputPlace.InPlace ? (0, 0) : (C.Y.Low, C.X.Low);
        return [.. from y in C.Y.Taps from x in C.X.Taps select ((((long)y.Position - lowY) * RowPixels) + x.Position - lowX) * PixelStep];
    }

    /// <summary>The first pixel of a tile's result.</summary>
    public long Place(DirectTile tile) =>
        ((((long)tile.Picture * C.Y.Result) + C.Y.First + ((long)tile.Row * C.Y.Step)) * C.X.Result) + C.X.First + ((long)tile.Column * C.X.Step);

    /// <summary>Elements from the first row of a tile's result to row <paramref name="y"/>.</summary>
    public long RowOffset(int y) => (long)y * C.Y.Step * C.X.Result * C.ResultChannels;

    private long Tiles(int rows) => (long)C.Batch * Shards.Count(C.Y.Count, rows) * ColumnTiles;
}
