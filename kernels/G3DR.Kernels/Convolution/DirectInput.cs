using G3DR.Compute.Simd;

namespace G3DR.Kernels.Convolution;

/// <summary>The input of a direct convolution at the place where its plan reads it.</summary>
/// <param name="plan">The plan.</param>
/// <param name="input">The input.</param>
/// <param name="whole">Room for a copy of all of it, if the plan wants one.</param>
internal readonly unsafe struct DirectInput(DirectPlan plan, float* input, float* whole) : IVectorKernel
{
    private readonly float* _input = input, _whole = whole;

    /// <summary>Number of shards that fill the whole copy.</summary>
    public int CopyShards => plan.Reading == InputPlace.WholeCopy ? checked(plan.C.Batch * plan.CopyRows) : 0;

    /// <summary>Copies one row of the whole input with its padding.</summary>
    public void Run<V>(int shard)
        where V : struct, ISimd<V>
    {
        TapConvolution c = plan.C;
        int picture = shard / plan.CopyRows, row = shard % plan.CopyRows;
        Copier(c.InputChannels).Row(Picture(picture), row + c.Y.Low, c.X.Low, plan.CopyColumns, _whole + ((long)shard * plan.CopyColumns * plan.PixelStep));
    }

    /// <summary>Where the lowest tap of a tile's first position lies, for the first channel of a group.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="group">Group of channels.</param>
    /// <param name="copy">Room for a copy of the tile, if the plan wants one.</param>
    public float* Read(DirectTile tile, int group, float* copy)
    {
        TapConvolution c = plan.C;
        if (plan.Reading != InputPlace.TileCopy)
        {
            bool inPlace = plan.Reading == InputPlace.InPlace;
            float* source = inPlace ? _input : _whole;
            int height = inPlace ? c.Y.Input : plan.CopyRows;
            long y = ((long)tile.Picture * height) + ((long)tile.Row * c.Y.Stride), x = (long)tile.Column * c.X.Stride;
            return source + (((y * plan.RowPixels) + x) * plan.PixelStep) + ((long)group * c.Depth);
        }

        PaddedCopy copier = Copier(c.Depth);
        float* from = Picture(tile.Picture) + ((long)group * c.Depth);
        int top = (tile.Row * c.Y.Stride) + c.Y.Low, left = (tile.Column * c.X.Stride) + c.X.Low, high = c.Y.Extent(tile.Rows), wide = c.X.Extent(tile.Columns);
        for (int y = 0; y < high; y++)
        {
            copier.Row(from, top + y, left, wide, copy + ((long)y * plan.CopyColumns * plan.PixelStep));
        }

        return copy;
    }

    private PaddedCopy Copier(int channels) => new(plan.C.Y.Input, plan.C.X.Input, plan.C.InputChannels, channels, plan.PixelStep);

    private float* Picture(int picture) => _input + ((long)picture * plan.C.Y.Input * plan.C.X.Input * plan.C.InputChannels);
}
