using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Compute.Simd;
using G3DR.Kernels.MatMul;

namespace G3DR.Kernels.Convolution;

/// <summary>Pointers of a weight gradient and the work that both ways to cut it share.</summary>
internal readonly unsafe struct WeightGradientOperands(
    WeightGradientPlan plan, DirectInput input, float* gradient, float* result, long* tapOffsets, long* rowOffsets)
{
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
    public void Store<V>(CpuAccelerator device, float* sums, int group, int panel, int channel, int channels)
        where V : struct, ISimd<V> => Store<V>(device, plan.Tiles.C, sums, group, panel, channel, channels, _result);

    /// <summary>Brings sums [tap][channel][line] of some channels of a panel into the layout of the weights of any convolution.</summary>
    public static void Store<V>(CpuAccelerator device, TapConvolution c, float* sums, int group, int panel, int channel, int channels, float* result)
        where V : struct, ISimd<V>
    {
        int width = PanelKernel.Width<V>(), line = panel * width, lines = Math.Min(width, c.Lines - line), taps = c.KernelTaps, length = channels * taps;

        // Rows of the result often lie at distances at which they evict each other from the first-level cache, so they are put together elsewhere first.
        int rowStep = length + DirectPlan.CacheGap;
        using MemoryBuffer<float> rows = device.Allocate<float>((long)lines * rowStep);
        long* offsets = stackalloc long[width];
        for (int j = 0; j < lines; j++)
        {
            offsets[j] = (long)j * rowStep;
        }

        // Neighbours in the result are taps or, with one tap, channels.
        (int outer, int inner, long innerStep) = taps == 1 ? (1, channels, width) : (channels, taps, (long)channels * width);
        for (int i = 0; i < outer; i++)
        {
            PanelPacking.Scatter(sums + ((long)i * width), innerStep, inner, inner, lines, offsets, rows.View.Pointer + ((long)i * inner));
        }

        float* to = result + (group * c.GroupWeights) + ((long)line * c.LineStep) + ((long)channel * taps);
        for (int j = 0; j < lines; j++)
        {
            new ReadOnlySpan<float>(rows.View.Pointer + offsets[j], length).CopyTo(new(to + ((long)j * c.LineStep), length));
        }
    }
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
        Add<V>(total, plan.PanelLength, plan.Parts, plan.Tiles.C.Groups * plan.Panels * plan.PanelLength);
        operands.Store<V>(device, total, shard / plan.Panels, shard % plan.Panels, 0, plan.Tiles.C.Depth);
    }

    /// <summary>Adds the later parts to the first, in order.</summary>
    public static void Add<V>(float* total, long length, int parts, long partStep)
        where V : struct, ISimd<V>
    {
        for (int part = 1; part < parts; part++)
        {
            float* other = total + (part * partStep);
            for (long i = 0; i < length; i += V.Count)
            {
                (V.Load(total + i) + V.Load(other + i)).Store(total + i);
            }
        }
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
        using MemoryBuffer<float> scratch = device.Allocate<float>(packedLength + sumsLength);
        float* packed = scratch.View.Pointer, sums = packed + packedLength;
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

            operands.Store<V>(device, sums, group, panel, channel, channels);
        }
    }
}
