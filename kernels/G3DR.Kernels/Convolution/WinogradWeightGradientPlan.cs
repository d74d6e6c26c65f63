namespace G3DR.Kernels.Convolution;

/// <summary>How a gradient of weights is cut: a shard owns a block of input and output channels, whose transformed gradient stays in its cache, and some of the tiles.</summary>
/// <param name="Tiles">Plan of the tiles; a block of these is transformed at a time.</param>
/// <param name="InputBlocks">Blocks of input channels.</param>
/// <param name="OutputBlocks">Blocks of output channels.</param>
/// <param name="OutputBlock">Output channels of a block.</param>
/// <param name="Parts">Parts of the tiles, with a sum each.</param>
internal readonly record struct WinogradWeightGradientPlan(WinogradPlan Tiles, int InputBlocks, int OutputBlocks, int OutputBlock, int Parts)
{
    /// <summary>Input channels of a block.</summary>
    public const int InputBlock = 128;

    private const int EnoughShards = 16;

    /// <summary>Number of shards.</summary>
    public int ShardCount => InputBlocks * OutputBlocks * Parts;

    /// <summary>A plan by the sizes alone.</summary>
    /// <param name="shape">Sizes of the convolution.</param>
    /// <param name="tile">Kind of tile.</param>
    public static WinogradWeightGradientPlan For(in ConvolutionShape shape, WinogradTile tile)
    {
        // Multiples of all panel widths.
        (int outputBlock, int block) = tile == WinogradTile.F2 ? (128, 56) : (64, 28);
        WinogradPlan tiles = WinogradPlan.For(shape, tile) with { Block = block };
        int inputBlocks = Shards.Count(shape.InputChannels, InputBlock), outputBlocks = Shards.Count(shape.OutputChannels, outputBlock);
        int parts = Math.Clamp(Shards.Count(EnoughShards, inputBlocks * outputBlocks), 1, tiles.Blocks);
        return new(tiles, inputBlocks, outputBlocks, outputBlock, parts);
    }
}
