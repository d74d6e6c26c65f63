using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Compute.Simd;
using G3DR.Kernels.MatMul;

namespace G3DR.Kernels.Convolution;

/// <summary>The pointers of a direct convolution; null where there is none.</summary>
internal unsafe struct DirectOperands
{
    /// <summary>The input.</summary>
    public DirectInput Input;

    /// <summary>The bias of each line.</summary>
    public float* Bias;

    /// <summary>The result.</summary>
    public float* Result;

    /// <summary>What follows.</summary>
    public RowEpilogue Epilogue;

    /// <summary>Packed panels.</summary>
    public float* Panels;

    /// <summary>Where taps lie in the input.</summary>
    public long* InputOffsets;

    /// <summary>How to pack.</summary>
    public WeightPanels Weights;
}

/// <summary>Packs all panels, one per shard.</summary>
internal readonly unsafe struct PackPanels(DirectPlan plan, DirectOperands operands) : IVectorKernel
{
    private readonly DirectOperands _o = operands;

    public void Run<V>(int shard)
        where V : struct, ISimd<V>
    {
        int width = PanelKernel.Width<V>(), panels = Shards.Count(plan.C.Lines, width);
        float* panel = _o.Panels + (shard * WeightPanels.Length(plan.C, width));
        for (int block = 0; block < plan.DepthBlocks; block++)
        {
            _o.Weights.Pack<V>(shard / panels, shard % panels * width, block, panel + PanelConvolution.BlockStart(plan, block, width));
        }
    }
}

/// <summary>
/// Direct convolution without an image-to-column copy: each row of a tile is a product whose left operand has one segment per tap. One tile per shard with
/// panels that all share, or with one panel that the shard packs itself.
/// </summary>
internal readonly unsafe struct PanelConvolution(CpuAccelerator device, DirectPlan plan, DirectOperands operands) : IVectorKernel
{
    private const int EnoughShards = 16;

    private readonly DirectOperands _o = operands;

    /// <summary>First element of a block of input channels in the panels of a line block.</summary>
    public static long BlockStart(DirectPlan plan, int block, int width) =>
        WeightPanels.Length(plan.C, width) / plan.C.Depth * block * plan.DepthBlock;

    /// <summary>Number of shards.</summary>
    public static int ShardsOf(DirectPlan plan, int width) => checked(plan.AllTiles * plan.C.Groups * Shares(plan, width));

    public void Run<V>(int shard)
        where V : struct, ISimd<V>
    {
        TapConvolution c = plan.C;
        int width = PanelKernel.Width<V>(), panels = Shards.Count(c.Lines, width), shares = Shares(plan, width);
        int share = shard % shares, group = shard / shares % c.Groups;
        int firstPanel = panels * share / shares, endPanel = panels * (share + 1) / shares;
        DirectTile tile = plan.Tile(shard / shares / c.Groups);
        long edge = (long)tile.Columns * width, owned = plan.OwnsPanels ? BlockLength(width) : 0;
        using MemoryBuffer<float> scratch = device.Allocate<float>(plan.TileCopyLength + owned + edge + width);
        float* copy = scratch.View.Pointer, own = copy + plan.TileCopyLength, aside = own + owned, bias = aside + edge;
        float* from = _o.Input.Read(tile, group, copy);
        float* to = _o.Result + (plan.Place(tile) * c.ResultChannels) + (group * c.Lines);
        for (int block = 0; block < plan.DepthBlocks; block++)
        {
            for (int panel = firstPanel; panel < endPanel; panel++)
            {
                int line = panel * width;
                float* packed = own;
                if (plan.OwnsPanels)
                {
                    _o.Weights.Pack<V>(group, line, block, own);
                }
                else
                {
                    packed = _o.Panels + ((((long)group * panels) + panel) * WeightPanels.Length(c, width)) + BlockStart(plan, block, width);
                }

                var product = new PanelProduct
                {
                    Offsets = _o.InputOffsets,
                    Segments = c.Taps,
                    Depth = plan.DepthOf(block),
                    RowStep = (long)c.X.Stride * plan.PixelStep,
                    RowStepC = (long)c.X.Step * c.ResultChannels,
                    Start = PanelKernel.Start(_o.Bias == null ? null : _o.Bias + (group * c.Lines) + line, Math.Min(width, c.Lines - line), width, bias),
                    Accumulate = block > 0,
                };
                float* a = from + ((long)block * plan.DepthBlock);
                for (int y = 0; y < tile.Rows; y++)
                {
                    float* result = to + plan.RowOffset(y) + line;
                    PanelKernel.RunEdge<V>(
                        product, tile.Columns, a + ((long)y * c.Y.Stride * plan.RowPixels * plan.PixelStep), packed, result, c.Lines - line, aside);
                    if (block == plan.DepthBlocks - 1)
                    {
                        _o.Epilogue.Run<V>(result, tile.Columns, product.RowStepC, Math.Min(width, c.Lines - line));
                    }
                }
            }
        }
    }

    // Shards that share a tile: one for each panel, or as many as it takes to keep threads busy.
    private static int Shares(DirectPlan plan, int width)
    {
        int panels = Shards.Count(plan.C.Lines, width);
        return plan.OwnsPanels ? panels : Math.Clamp(Shards.Count(EnoughShards, (long)plan.AllTiles * plan.C.Groups), 1, Math.Max(1, panels / 2));
    }

    // Most elements of the panels of a block.
    private long BlockLength(int width) => WeightPanels.Length(plan.C, width) / plan.C.Depth * plan.DepthBlock;
}
