using System.Runtime.CompilerServices;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.Convolution;

/// <summary>Pictures (batch, height, width, channels) that are read or written in square tiles, which may reach over the edges: zero is read there and nothing written.</summary>
/// <param name="Data">First element.</param>
/// <param name="Height">Rows of a picture.</param>
/// <param name="Width">Columns of a picture.</param>
/// <param name="Channels">Channels.</param>
/// <param name="TileRows">Tiles over the height.</param>
/// <param name="TileColumns">Tiles over the width.</param>
/// <param name="Step">Pixels between tiles.</param>
/// <param name="Size">Pixels of a tile's side.</param>
/// <param name="Top">Row of the first tile's first pixel.</param>
/// <param name="Left">Column of the first tile's first pixel.</param>
internal readonly unsafe record struct TiledPicture(
    nint Data, int Height, int Width, int Channels, int TileRows, int TileColumns, int Step, int Size, int Top, int Left)
{
    /// <summary>Elements between rows.</summary>
    public long RowStep => (long)Width * Channels;

    /// <summary>Where a tile lies.</summary>
    public Place Find(int tile)
    {
        int perPicture = TileRows * TileColumns;
        int picture = tile / perPicture;
        int row = tile % perPicture / TileColumns, column = tile % TileColumns;
        int y = Top + (row * Step), x = Left + (column * Step);
        float* pixel = (float*)Data + ((((long)picture * Height) + y) * RowStep) + ((long)x * Channels);
        return new(pixel, Math.Max(0, -y), Math.Min(Size, Height - y), Math.Max(0, -x), Math.Min(Size, Width - x));
    }

    /// <summary>Reads a vector of channels of a tile and writes its transform.</summary>
    /// <typeparam name="TTransform">Transform of <see cref="Size"/> inputs.</typeparam>
    /// <typeparam name="V">Vector type.</typeparam>
    /// <param name="place">Where the tile lies.</param>
    /// <param name="channel">First channel. Lanes beyond the last channel become zero.</param>
    /// <param name="to">First vector of the transform.</param>
    /// <param name="positionStep">Elements between vectors of the transform.</param>
    /// <param name="scratch">Two squares of vectors, as large as the larger side of the transform.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Read<TTransform, V>(in Place place, int channel, float* to, long positionStep, float* scratch)
        where TTransform : struct, IWinogradTransform
        where V : struct, ISimd<V>
    {
        float* from = place.Pixel + channel;
        long rowStep = RowStep, columnStep = Channels;
        if (!place.IsWhole(Size) || channel + V.Count > Channels)
        {
            float* patch = scratch + (TTransform.Inputs * TTransform.Outputs * V.Count);
            Gather<V>(place, channel, patch);
            from = patch;
            rowStep = Size * V.Count;
            columnStep = V.Count;
        }

        WinogradSquare.Apply<TTransform, V>(from, rowStep, columnStep, to, TTransform.Outputs * positionStep, positionStep, scratch);
    }

    /// <summary>Writes the transform of a vector of channels to a tile.</summary>
    /// <typeparam name="TTransform">Transform with <see cref="Size"/> outputs.</typeparam>
    /// <typeparam name="V">Vector type.</typeparam>
    /// <param name="place">Where the tile lies.</param>
    /// <param name="channel">First channel.</param>
    /// <param name="from">First vector to transform.</param>
    /// <param name="positionStep">Elements between vectors to transform.</param>
    /// <param name="offset">What to add.</param>
    /// <param name="scratch">Two squares of vectors, as large as the larger side of the transform.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write<TTransform, V>(in Place place, int channel, float* from, long positionStep, V offset, float* scratch)
        where TTransform : struct, IWinogradResult
        where V : struct, ISimd<V>
    {
        if (place.IsWhole(Size) && channel + V.Count <= Channels)
        {
            WinogradSquare.Apply<TTransform, V>(
                from, TTransform.Inputs * positionStep, positionStep, offset, place.Pixel + channel, RowStep, Channels, scratch);
            return;
        }

        float* patch = scratch + (TTransform.Inputs * TTransform.Outputs * V.Count);
        WinogradSquare.Apply<TTransform, V>(
            from, TTransform.Inputs * positionStep, positionStep, offset, patch, Size * V.Count, V.Count, scratch);
        Scatter<V>(place, channel, patch);
    }

    private void Gather<V>(in Place place, int channel, float* patch)
        where V : struct, ISimd<V>
    {
        new Span<float>(patch, Size * Size * V.Count).Clear();
        int count = Math.Min(V.Count, Channels - channel);
        for (int y = place.Top; y < place.Bottom; y++)
        {
            for (int x = place.Left; x < place.Right; x++)
            {
                float* from = place.Pixel + (y * RowStep) + ((long)x * Channels) + channel;
                Copy<V>(from, patch + (((y * Size) + x) * V.Count), count);
            }
        }
    }

    private void Scatter<V>(in Place place, int channel, float* patch)
        where V : struct, ISimd<V>
    {
        int count = Math.Min(V.Count, Channels - channel);
        for (int y = place.Top; y < place.Bottom; y++)
        {
            for (int x = place.Left; x < place.Right; x++)
            {
                float* to = place.Pixel + (y * RowStep) + ((long)x * Channels) + channel;
                Copy<V>(patch + (((y * Size) + x) * V.Count), to, count);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy<V>(float* from, float* to, int count)
        where V : struct, ISimd<V>
    {
        if (count == V.Count)
        {
            V.Load(from).Store(to);
        }
        else
        {
            VectorTail.Load(from, to, count);
        }
    }

    /// <summary>Where a tile lies: rows <paramref name="top"/> .. <paramref name="bottom"/> - 1 and columns likewise are inside of the picture.</summary>
    /// <param name="pixel">The tile's first pixel, be it inside or not.</param>
    /// <param name="top">First row inside.</param>
    /// <param name="bottom">Row after the last one inside.</param>
    /// <param name="left">First column inside.</param>
    /// <param name="right">Column after the last one inside.</param>
    public readonly struct Place(float* pixel, int top, int bottom, int left, int right)
    {
        public float* Pixel { get; } = pixel;

        public int Top { get; } = top;

        public int Bottom { get; } = bottom;

        public int Left { get; } = left;

        public int Right { get; } = right;

        /// <summary>Whether all of the tile is inside.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool IsWhole(int size) => Top == 0 && Left == 0 && Bottom == size && Right == size;
    }
}
