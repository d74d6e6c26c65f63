using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Compute.Simd;
using G3DR.Kernels.MatMul;

namespace G3DR.Kernels.Convolution;

/// <summary>Pointers of a weight gradient and the work that both ways to cut it share.</summary>
internal readonly unsafe struct WeightGradientOperands(
    WeightGradientPlan plan, DirectInput input, float* gradient, float* result, long* tapOffsets, long* rowOffsets)
{
    private const int CacheGap = 16;

    private readonly float* _gradient = gradient, _result = result;
    private readonly long* _tapOffsets = tapOffsets, _rowOffsets = rowOffsets;

    /// <summary>The plan.</summary>
    public WeightGradientPlan Plan => plan;

    /// <summary>The input of the forward pass.</summary>
    public DirectInput Input => input;

    /// <summary>The output's gradient in the lines of a panel, pixel after pixel.</summary>
    public void Pack<V>(DirectTile tile, int group, int panel, float* packed)
        where V : struct, ISimd<V>
    {
        TapConvolution c = plan.Tiles.C;
        int width = PanelKernel.Width<V>(), line = panel * width, lines = Math.Min(width, c.Lines - line);
        for (int y = 0; y < tile.Rows; y++)
        {
            long pixel = ((((long)tile.Picture * c.Y.Count) + tile.Row + y) * c.X.Count) + tile.Column;
            float* from = _gradient + (pixel * c.ResultChannels) + (group * c.Lines) + line;
            for (int x = 0; x < tile.Columns; x++)
            {
                PanelPacking.CopyStep<V>(from, lines, packed);
                from += c.ResultChannels;
                packed += width;
            }
        }
    }

    /// <summary>Adds a tile's products to sums [tap][channel][line].</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="from">Where its input lies, at the first of the channels.</param>
    /// <param name="channels">Channels of input.</param>
    /// <param name="packed">Its gradient, packed.</param>
    /// <param name="sums">The sums.</param>
    /// <param name="accumulate">Whether the sums hold something already.</param>
    public void Add<V>(DirectTile tile, float* from, int channels, float* packed, float* sums, bool accumulate)
        where V : struct, ISimd<V>
    {
        TapConvolution c = plan.Tiles.C;
        int width = PanelKernel.Width<V>();
        var product = new PanelProduct
        {
            Offsets = _rowOffsets,
            Segments = tile.Rows,
            Depth = tile.Columns,
            DepthStep = (long)c.X.Stride * plan.Tiles.PixelStep,
            RowStep = 1,
            RowStepC = width,
            Accumulate = accumulate,
        };
        for (int tap = 0; tap < c.Taps; tap++)
        {
            PanelKernel.Run<V>(product, channels, from + _tapOffsets[tap], packed, sums + ((long)tap * channels * width));
        }
    }

    /// <summary>Brings sums [tap][channel][line] of some channels of a panel into the layout of the weights.</summary>
    /// <param name="sums">The sums.</param>
    /// <param name="group">Group of channels.</param>
    /// <param name="panel">Panel of lines.</param>
    /// <param name="channel">First channel of the group.</param>
    /// <param name="channels">Number of channels.</param>
    /// <param name="rows">Room of <see cref="StoreLength"/>.</param>
    public void Store<V>(float* sums, int group, int panel, int channel, int channels, float* rows)
        where V : struct, ISimd<V>
    {
        TapConvolution c = plan.Tiles.C;
        int width = PanelKernel.Width<V>(), line = panel * width, lines = Math.Min(width, c.Lines - line), taps = c.KernelTaps;
        long* offsets = stackalloc long[width];
        for (int j = 0; j < lines; j++)
        {
            offsets[j] = j * RowStep(c, channels);
        }

        // Neighbours in the result are taps or, with one tap, channels. Rows of the result often lie at distances at which they evict each other from the
        // first-level cache, so they are put together beside each other first.
        (int outer, int inner, long innerStep) = taps == 1 ? (1, channels, width) : (channels, taps, (long)channels * width);
        for (int i = 0; i < outer; i++)
        {
            PanelPacking.Scatter(sums + ((long)i * width), innerStep, inner, inner, lines, offsets, rows + ((long)i * inner));
        }

        float* to = _result + (group * c.GroupWeights) + ((long)line * c.LineStep) + ((long)channel * taps);
        for (int j = 0; j < lines; j++)
        {
            new ReadOnlySpan<float>(rows + offsets[j], channels * taps).CopyTo(new(to + ((long)j * c.LineStep), channels * taps));
        }
    }

    /// <summary>Room that <see cref="Store"/> needs.</summary>
    public static long StoreLength(DirectPlan tiles, int channels, int width) => width * RowStep(tiles.C, channels);

    private static long RowStep(TapConvolution c, int channels) => ((long)channels * c.KernelTaps) + CacheGap;
}

/// <summary>Few weights: private sums [part][group][panel][tap][channel][line], each of some tiles of pixels.</summary>
internal readonly unsafe struct WeightGradientSums(CpuAccelerator device, WeightGradientOperands operands, float* sums) : IVectorKernel
{
    private readonly float* _sums = sums;

    public void Run<V>(int shard)
        where V : struct, ISimd<V>
    {
        WeightGradientPlan plan = operands.Plan;
        DirectPlan tiles = plan.Tiles;
        TapConvolution c = tiles.C;
        int group = shard / plan.Parts, part = shard % plan.Parts;
        int first = (int)((long)tiles.AllTiles * part / plan.Parts), end = (int)((long)tiles.AllTiles * (part + 1) / plan.Parts);
        using MemoryBuffer<float> scratch = device.Allocate<float>(tiles.TileCopyLength + ((long)tiles.TilePixels * PanelKernel.Width<V>()));
        float* copy = scratch.View.Pointer, packed = copy + tiles.TileCopyLength;
        float* sums = _sums + ((((long)part * c.Groups) + group) * plan.Panels * plan.PanelLength);
        for (int index = first; index < end; index++)
        {
            DirectTile tile = tiles.Tile(index);
            float* from = operands.Input.Read(tile, group, copy);
            for (int panel = 0; panel < plan.Panels; panel++)
            {
                operands.Pack<V>(tile, group, panel, packed);
                operands.Add<V>(tile, from, c.Depth, packed, sums + (panel * plan.PanelLength), accumulate: index > first);
            }
        }
    }
}

/// <summary>Adds the private sums in order, a panel per shard.</summary>
internal readonly unsafe struct WeightGradientTotals(CpuAccelerator device, WeightGradientOperands operands, float* sums) : IVectorKernel
{
    private readonly float* _sums = sums;

    public void Run<V>(int shard)
        where V : struct, ISimd<V>
    {
        WeightGradientPlan plan = operands.Plan;
        float* total = _sums + (shard * plan.PanelLength);
        for (int part = 1; part < plan.Parts; part++)
        {
            float* other = total + ((long)part * plan.Tiles.C.Groups * plan.Panels * plan.PanelLength);
            for (long i = 0; i < plan.PanelLength; i += V.Count)
            {
                (V.Load(total + i) + V.Load(other + i)).Store(total + i);
            }
        }

        int depth = plan.Tiles.C.Depth;
        using MemoryBuffer<float> rows = device.Allocate<float>(WeightGradientOperands.StoreLength(plan.Tiles, depth, PanelKernel.Width<V>()));
        operands.Store<V>(total, shard / plan.Panels, shard % plan.Panels, 0, depth, rows.View.Pointer);
    }
}

/// <summary>Many weights: a panel of lines per shard, for all pixels; some channels at a time, so that their sums reach the result from the cache.</summary>
internal readonly unsafe struct OwnedWeightGradient(CpuAccelerator device, WeightGradientOperands operands) : IVectorKernel
{
    // A multiple of the highest register blocks of all instruction sets.
    private const int Channels = 84;

    public void Run<V>(int shard)
        where V : struct, ISimd<V>
    {
        WeightGradientPlan plan = operands.Plan;
        DirectPlan tiles = plan.Tiles;
        TapConvolution c = tiles.C;
        int width = PanelKernel.Width<V>(), group = shard / plan.Panels, panel = shard % plan.Panels;
        long tileLength = (long)tiles.TilePixels * width;
        long packedLength = tileLength * tiles.AllTiles, sumsLength = (long)c.Taps * Channels * width;
        long rowsLength = WeightGradientOperands.StoreLength(tiles, Channels, width);
        using MemoryBuffer<float> scratch = device.Allocate<float>(packedLength + sumsLength + rowsLength);
        float* packed = scratch.View.Pointer, sums = packed + packedLength, rows = sums + sumsLength;
        for (int tile = 0; tile < tiles.AllTiles; tile++)
        {
            operands.Pack<V>(tiles.Tile(tile), group, panel, packed + (tile * tileLength));
        }

        for (int channel = 0; channel < c.Depth; channel += Channels)
        {
            int channels = Math.Min(Channels, c.Depth - channel);
            for (int index = 0; index < tiles.AllTiles; index++)
            {
                DirectTile tile = tiles.Tile(index);
                float* from = operands.Input.Read(tile, group, null) + channel;
                operands.Add<V>(tile, from, channels, packed + (index * tileLength), sums, accumulate: index > 0);
            }

            operands.Store<V>(sums, group, panel, channel, channels, rows);
        }
    }
}
