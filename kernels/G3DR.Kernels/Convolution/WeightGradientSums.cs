using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Compute.Simd;
using G3DR.Kernels.MatMul;

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
    public long SumsLength => Parts * Length(Tiles.C);

    /// <summary>Where each row of a tile begins in the input.</summary>
    public long[] RowOffsets() =>
        [.. Enumerable.Range(0, Tiles.TileRows).Select(y => (long)y * Tiles.C.Y.Stride * Tiles.RowPixels * Tiles.PixelStep)];

    private long Length(TapConvolution c) => c.Groups * Panels * PanelLength;
}

/// <summary>The sums [part][group][panel][tap][channel][line].</summary>
internal readonly unsafe struct WeightGradientSums(
    CpuAccelerator device, WeightGradientPlan plan, DirectInput input, float* gradient, long* tapOffsets, long* rowOffsets, float* sums) : IVectorKernel
{
    private readonly float* _gradient = gradient, _sums = sums;
    private readonly long* _tapOffsets = tapOffsets, _rowOffsets = rowOffsets;

    /// <summary>Number of shards.</summary>
    public static int ShardsOf(WeightGradientPlan plan) => plan.Tiles.C.Groups * (plan.Tiles.OwnsPanels ? plan.Panels : plan.Parts);

    public void Run<V>(int shard)
        where V : struct, ISimd<V>
    {
        DirectPlan tiles = plan.Tiles;
        TapConvolution c = tiles.C;
        int width = PanelKernel.Width<V>(), share = tiles.OwnsPanels ? plan.Panels : plan.Parts, group = shard / share;
        (int part, int parts) = tiles.OwnsPanels ? (0, 1) : (shard % share, share);
        (int firstPanel, int panels) = tiles.OwnsPanels ? (shard % share, 1) : (0, plan.Panels);
        int tile = (int)((long)tiles.AllTiles * part / parts), end = (int)((long)tiles.AllTiles * (part + 1) / parts);
        long panelLength = (long)tiles.TileRows * tiles.TileColumns * width;
        using MemoryBuffer<float> scratch = device.Allocate<float>(tiles.TileCopyLength + panelLength);
        float* copy = scratch.View.Pointer, packed = copy + tiles.TileCopyLength;
        float* sums = _sums + ((((long)part * c.Groups) + group) * plan.Panels * plan.PanelLength);
        for (bool accumulate = false; tile < end; tile++, accumulate = true)
        {
            DirectTile at = tiles.Tile(tile);
            float* from = input.Read(at, group, copy);
            for (int panel = firstPanel; panel < firstPanel + panels; panel++)
            {
                Pack(at, (group * c.Lines) + (panel * width), Math.Min(width, c.Lines - (panel * width)), width, packed);
                var product = new PanelProduct
                {
                    Offsets = _rowOffsets,
                    Segments = at.Rows,
                    Depth = at.Columns,
                    DepthStep = (long)c.X.Stride * tiles.PixelStep,
                    RowStep = 1,
                    RowStepC = width,
                    Accumulate = accumulate,
                };
                float* to = sums + (panel * plan.PanelLength);
                for (int tap = 0; tap < c.Taps; tap++)
                {
                    PanelKernel.Run<V>(product, c.Depth, from + _tapOffsets[tap], packed, to + ((long)tap * c.Depth * width));
                }
            }
        }
    }

    // The gradient of a panel's lines, pixel after pixel.
    private void Pack(DirectTile at, int line, int lines, int width, float* packed)
    {
        TapConvolution c = plan.Tiles.C;
        for (int y = 0; y < at.Rows; y++)
        {
            float* from = _gradient + (((((((long)at.Picture * c.Y.Count) + at.Row + y) * c.X.Count) + at.Column) * c.ResultChannels) + line);
            for (int x = 0; x < at.Columns; x++)
            {
                PanelPacking.CopyStep(from, lines, width, packed);
                from += c.ResultChannels;
                packed += width;
            }
        }
    }
}

/// <summary>Adds the parts [part][group][panel][tap][channel][line] in order and brings the sums into the layout of the weights, a panel per shard.</summary>
/// <param name="convolution">The forward pass.</param>
/// <param name="parts">Private sums.</param>
/// <param name="sums">All sums.</param>
/// <param name="result">Gradient of the weights.</param>
internal readonly unsafe struct WeightGradientResult(TapConvolution convolution, int parts, float* sums, float* result) : IVectorKernel
{
    private readonly float* _sums = sums, _result = result;

    public void Run<V>(int shard)
        where V : struct, ISimd<V>
    {
        TapConvolution c = convolution;
        int width = PanelKernel.Width<V>(), panels = Shards.Count(c.Lines, width), group = shard / panels;
        int line = shard % panels * width, lines = Math.Min(width, c.Lines - line);
        long panelLength = (long)c.Taps * c.Depth * width;
        float* first = _sums + (shard * panelLength);
        for (int part = 1; part < parts; part++)
        {
            Add<V>(first + ((long)part * c.Groups * panels * panelLength), first, panelLength);
        }

        float* to = _result + (group * c.GroupWeights) + ((long)line * c.LineStep);
        long* offsets = stackalloc long[width];
        for (int j = 0; j < lines; j++)
        {
            offsets[j] = (long)j * c.LineStep;
        }

        // Neighbours in the result are taps or, with one tap, channels.
        (int outer, long outerStep, int inner) = c.KernelTaps == 1 ? (1, 0L, c.Depth) : (c.Depth, width, c.KernelTaps);
        for (int i = 0; i < outer; i++)
        {
            PanelPacking.Scatter(first + (i * outerStep), c.KernelTaps == 1 ? width : (long)c.Depth * width, inner, inner, lines, offsets, to + ((long)i * inner));
        }
    }

    private static void Add<V>(float* part, float* total, long length)
        where V : struct, ISimd<V>
    {
        for (long i = 0; i < length; i += V.Count)
        {
            (V.Load(total + i) + V.Load(part + i)).Store(total + i);
        }
    }
}
