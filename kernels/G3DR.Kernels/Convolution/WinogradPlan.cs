using G3DR.Compute.Simd;

namespace G3DR.Kernels.Convolution;

/// <summary>How a Winograd convolution is cut: sizes of tiles and of the blocks of tiles that a shard keeps in its processor's cache.</summary>
/// <param name="Size">Outputs of a tile's side.</param>
/// <param name="Tiles">Tiles of all pictures.</param>
/// <param name="TileRows">Tiles over the height of the output.</param>
/// <param name="TileColumns">Tiles over the width of the output.</param>
/// <param name="Block">Tiles of a block.</param>
internal readonly unsafe record struct WinogradPlan(int Size, int Tiles, int TileRows, int TileColumns, int Block)
{
    // Blocks are multiples of what the register blocks are high.
    private const int BlockStep = 14, LeastSteps = 2, MostSteps = 8, EnoughBlocks = 8;

    /// <summary>Products of a tile and pair of channels.</summary>
    public int Positions => (Size + 2) * (Size + 2);

    /// <summary>Number of blocks.</summary>
    public int Blocks => Shards.Count(Tiles, Block);

    /// <summary>A plan by the sizes alone.</summary>
    /// <param name="shape">Sizes of the convolution.</param>
    /// <param name="tile">Kind of tile.</param>
    public static WinogradPlan For(in ConvolutionShape shape, WinogradTile tile)
    {
        int size = tile == WinogradTile.F2 ? 2 : 4;
        int rows = Shards.Count(shape.OutputHeight, size), columns = Shards.Count(shape.OutputWidth, size);
        int tiles = checked(shape.Batch * rows * columns);

        // The transformed weights are read again for every block, and the more channels they have the longer a block must be to hide that.
        long wanted = (long)shape.InputChannels * shape.OutputChannels / (shape.InputChannels + shape.OutputChannels) * 3 / 4;
        int block = (int)Math.Clamp(wanted / BlockStep, LeastSteps, MostSteps) * BlockStep;
        while (block > BlockStep && Shards.Count(tiles, block) < EnoughBlocks)
        {
            block -= BlockStep;
        }

        return new(size, tiles, rows, columns, block);
    }

    /// <summary>The input in tiles.</summary>
    public TiledPicture Input(in ConvolutionShape shape, float* data) => new(
        (nint)data, shape.InputHeight, shape.InputWidth, shape.InputChannels, TileRows, TileColumns, Size, Size + 2, -shape.PadTop, -shape.PadLeft);

    /// <summary>The output in tiles.</summary>
    public TiledPicture Output(in ConvolutionShape shape, float* data) => new(
        (nint)data, shape.OutputHeight, shape.OutputWidth, shape.OutputChannels, TileRows, TileColumns, Size, Size, 0, 0);

    /// <summary>Elements between rows of channels: room for whole panels, and an odd multiple of a cache line, so that rows do not evict each other.</summary>
    public static int RowStep(int channels) => (Shards.Count(channels, 32) * 32) + 16;

    /// <summary>Elements between positions of the transformed weights: all panels, and a cache line, so that positions do not evict each other.</summary>
    /// <param name="width">Outputs of a panel.</param>
    /// <param name="depth">Channels that the convolution reads.</param>
    /// <param name="lanes">Channels that it makes.</param>
    public static long PanelStep(int width, int depth, int lanes) => ((long)Shards.Count(lanes, width) * depth * width) + 16;

    /// <summary>Elements of two squares of vectors, the larger side of a transform each.</summary>
    public int Scratch<V>()
        where V : struct, ISimd<V> => 2 * Positions * V.Count;
}
