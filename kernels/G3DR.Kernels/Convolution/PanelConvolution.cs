using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Compute.Simd;
using G3DR.Kernels.MatMul;

namespace G3DR.Kernels.Convolution;

/// <summary>The pointers of a direct convolution; null where there is none.</summary>
internal unsafe struct DirectOperands
{
    /// <summary>The input.</summary>
    public float* Input;

    /// <summary>The input as the plan wants it: itself or a copy.</summary>
    public float* Source;

    /// <summary>The bias of each line.</summary>
    public float* Bias;

    /// <summary>The result.</summary>
    public float* Result;

    /// <summary>Packed panels.</summary>
    public float* Panels;

    /// <summary>Where taps lie in the input.</summary>
    public long* InputOffsets;

    /// <summary>How to pack.</summary>
    public WeightPanels Weights;
}

/// <summary>Copies the whole input with its padding, a row per shard.</summary>
internal readonly unsafe struct WholeCopy(DirectPlan plan, DirectOperands operands) : IVectorKernel
{
    private readonly DirectOperands _o = operands;

    public void Run<V>(int shard)
        where V : struct, ISimd<V>
    {
        TapConvolution c = plan.C;
        int picture = shard / plan.CopyRows, row = shard % plan.CopyRows;
        var copy = new PaddedCopy(c.Y.Input, c.X.Input, c.InputChannels, c.InputChannels, plan.PixelStep);
        float* from = _o.Input + ((long)picture * c.Y.Input * c.X.Input * c.InputChannels);
        copy.Row(from, row + c.Y.Low, c.X.Low, plan.CopyColumns, _o.Source + ((long)shard * plan.CopyColumns * plan.PixelStep));
    }
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
            _o.Weights.Pack(shard / panels, shard % panels * width, block, width, panel + PanelConvolution.BlockStart(plan, block, width));
        }
    }
}

/// <summary>
/// Direct convolution without an image-to-column copy: each row of a tile is a product whose left operand has one segment per tap. One tile per shard with
/// all panels of a group, or with one panel that the shard packs itself.
/// </summary>
internal readonly unsafe struct PanelConvolution(CpuAccelerator device, DirectPlan plan, DirectOperands operands) : IVectorKernel
{
    private readonly DirectOperands _o = operands;

    /// <summary>First element of a block of input channels in the panels of a line block.</summary>
    public static long BlockStart(DirectPlan plan, int block, int width) =>
        WeightPanels.Length(plan.C, width) / plan.C.Depth * block * plan.DepthBlock;

    /// <summary>Number of shards.</summary>
    public static int ShardsOf(DirectPlan plan, int width)
    {
        int panels = plan.OwnsPanels ? Shards.Count(plan.C.Lines, width) : 1;
        return checked(plan.C.Batch * plan.RowTiles * plan.ColumnTiles * plan.C.Groups * panels);
    }

    public void Run<V>(int shard)
        where V : struct, ISimd<V>
    {
        TapConvolution c = plan.C;
        int width = PanelKernel.Width<V>(), panels = Shards.Count(c.Lines, width), share = plan.OwnsPanels ? panels : 1;
        int tile = shard / share / c.Groups, group = shard / share % c.Groups;
        int picture = tile / plan.ColumnTiles / plan.RowTiles;
        int row = tile / plan.ColumnTiles % plan.RowTiles * plan.TileRows, column = tile % plan.ColumnTiles * plan.TileColumns;
        int rows = Math.Min(plan.TileRows, c.Y.Count - row), columns = Math.Min(plan.TileColumns, c.X.Count - column);
        bool copies = plan.Place == InputPlace.TileCopy;
        long edge = (long)columns * width, copied = copies ? plan.CopyLength : 0, owned = plan.OwnsPanels ? BlockLength(width) : 0;
        using MemoryBuffer<float> scratch = device.Allocate<float>(copied + owned + edge + width);
        float* copy = scratch.View.Pointer, own = copy + copied, aside = own + owned, bias = aside + edge;
        float* from = copies ? Copy(copy, picture, group, row, column, rows, columns) : Start(picture, group, row, column);
        float* to = _o.Result + (Place(picture, row, column) * c.ResultChannels) + (group * c.Lines);
        for (int block = 0; block < plan.DepthBlocks; block++)
        {
            int end = plan.OwnsPanels ? (shard % share) + 1 : panels;
            for (int panel = plan.OwnsPanels ? shard % share : 0; panel < end; panel++)
            {
                int line = panel * width;
                float* packed = own;
                if (plan.OwnsPanels)
                {
                    _o.Weights.Pack(group, line, block, width, own);
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
                    Start = BiasOf((group * c.Lines) + line, Math.Min(width, c.Lines - line), width, bias),
                    Accumulate = block > 0,
                };
                float* a = from + ((long)block * plan.DepthBlock);
                for (int y = 0; y < rows; y++)
                {
                    Row<V>(product, columns, a + ((long)y * c.Y.Stride * plan.RowPixels * plan.PixelStep), packed, to + RowOffset(y) + line, c.Lines - line, aside);
                }
            }
        }
    }

    // Most elements of the panels of a block.
    private long BlockLength(int width) => WeightPanels.Length(plan.C, width) / plan.C.Depth * plan.DepthBlock;

    // Pixel of the result, and elements between rows of the grid.
    private long Place(int picture, int row, int column)
    {
        TapAxis y = plan.C.Y, x = plan.C.X;
        return ((((long)picture * y.Result) + y.First + ((long)row * y.Step)) * x.Result) + x.First + ((long)column * x.Step);
    }

    private long RowOffset(int y) => (long)y * plan.C.Y.Step * plan.C.X.Result * plan.C.ResultChannels;

    // Where the grid position's taps start in the input or its whole copy.
    private float* Start(int picture, int group, int row, int column)
    {
        TapConvolution c = plan.C;
        int height = plan.Place == InputPlace.InPlace ? c.Y.Input : plan.CopyRows;
        long y = ((long)picture * height) + ((long)row * c.Y.Stride), x = (long)column * c.X.Stride;
        return _o.Source + (((y * plan.RowPixels) + x) * plan.PixelStep) + ((long)group * c.Depth);
    }

    private float* Copy(float* target, int picture, int group, int row, int column, int rows, int columns)
    {
        TapConvolution c = plan.C;
        var copy = new PaddedCopy(c.Y.Input, c.X.Input, c.InputChannels, c.Depth, plan.PixelStep);
        float* from = _o.Input + ((long)picture * c.Y.Input * c.X.Input * c.InputChannels) + ((long)group * c.Depth);
        int wide = c.X.Extent(columns), high = c.Y.Extent(rows);
        for (int y = 0; y < high; y++)
        {
            float* to = target + ((long)y * plan.CopyColumns * plan.PixelStep);
            copy.Row(from, (row * c.Y.Stride) + c.Y.Low + y, (column * c.X.Stride) + c.X.Low, wide, to);
        }

        return target;
    }

    private float* BiasOf(int channel, int lines, int width, float* bias)
    {
        if (_o.Bias == null || lines == width)
        {
            return _o.Bias == null ? null : _o.Bias + channel;
        }

        new Span<float>(bias + lines, width - lines).Clear();
        new Span<float>(_o.Bias + channel, lines).CopyTo(new(bias, lines));
        return bias;
    }

    // One row of the tile; the last panel may be wider than what is left of the channels and goes through memory aside.
    private static void Row<V>(PanelProduct product, int columns, float* a, float* panel, float* c, int left, float* aside)
        where V : struct, ISimd<V>
    {
        int width = PanelKernel.Width<V>();
        if (left >= width)
        {
            PanelKernel.Run<V>(product, columns, a, panel, c);
            return;
        }

        long step = product.RowStepC;
        for (int x = 0; product.Accumulate && x < columns; x++)
        {
            new Span<float>(c + (x * step), left).CopyTo(new(aside + ((long)x * width), left));
        }

        product.RowStepC = width;
        PanelKernel.Run<V>(product, columns, a, panel, aside);
        for (int x = 0; x < columns; x++)
        {
            new Span<float>(aside + ((long)x * width), left).CopyTo(new(c + (x * step), left));
        }
    }
}
