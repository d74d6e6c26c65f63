using G3DR.Compute;
using G3DR.Kernels.MatMul;

namespace G3DR.Kernels.Convolution;

/// <summary>
/// Convolutions of one group as matrix products by tiles, as <see cref="MatMulTiles"/> computes them, with a <see cref="PictureGather"/> in place of one operand.
/// </summary>
public static partial class ConvolutionTiles
{
    /// <summary>One tile of (pixels, channels), or of a part of its sums: rows of the gathered matrix times packed weights.</summary>
    /// <param name="source">Pictures that are read.</param>
    /// <param name="weights">Packed weights (taps * channels of the source, columns).</param>
    /// <param name="bias">A number for each column, or empty.</param>
    /// <param name="result">Results (parts, pixels, columns).</param>
    /// <param name="gather">How pixels of the result read the source.</param>
    /// <param name="rows">Pixels of the result.</param>
    /// <param name="columns">Channels of the result.</param>
    /// <param name="terms">Taps times channels of the source.</param>
    /// <param name="depth">Terms of a part.</param>
    [GroupKernel(MatMulTiles.Side, MatMulTiles.Side)]
    public static void ComputePixels(
        ArrayView<float> source,
        ArrayView<float> weights,
        ArrayView<float> bias,
        ArrayView<float> result,
        PictureGather gather,
        int rows,
        int columns,
        int terms,
        int depth)
    {
        ArrayView<float> sliceA = SharedMemory.Allocate<float>(MatMulTiles.Slice * MatMulTiles.Pitch);
        ArrayView<float> sliceB = SharedMemory.Allocate<float>(MatMulTiles.Slice * MatMulTiles.Pitch);
        ArrayView<int> origins = SharedMemory.Allocate<int>(3 * MatMulTiles.Tile);
        Span<float> sums = stackalloc float[MatMulTiles.PerItem * MatMulTiles.PerItem];
        Span<float> rowValues = stackalloc float[MatMulTiles.PerItem];
        Span<float> columnValues = stackalloc float[MatMulTiles.PerItem];
        int tilesAcross = (columns + MatMulTiles.Tile - 1) / MatMulTiles.Tile;
        int top = Grid.IdxX / tilesAcross * MatMulTiles.Tile, left = Grid.IdxX % tilesAcross * MatMulTiles.Tile;
        int from = Grid.IdxY * depth, item = (Group.IdxY * MatMulTiles.Side) + Group.IdxX;
        int steps = XMath.Min(depth, terms - from);
        for (int x = 0; x < MatMulTiles.PerItem; x++)
        {
            int column = left + Group.IdxX + (x * MatMulTiles.Side);

            // The first part begins at the bias, so that adding it takes no pass of its own.
            float first = bias.Length != 0 && from == 0 && column < columns ? bias[column] : 0f;
            for (int y = 0; y < MatMulTiles.PerItem; y++)
            {
                sums[(y * MatMulTiles.PerItem) + x] = first;
            }
        }

        SetOrigin(origins, MatMulTiles.Tile, item, gather, top + item);
        Group.Barrier();

        // Neighbouring items read neighbouring channels.
        int k = item % MatMulTiles.Slice, firstLine = item / MatMulTiles.Slice;
        for (int done = 0; done < steps; done += MatMulTiles.Slice)
        {
            int term = from + done + k;
            int tap = term / gather.Channels, channel = term % gather.Channels;
            for (int line = firstLine; line < MatMulTiles.Tile; line += MatMulTiles.Items / MatMulTiles.Slice)
            {
                bool inside = top + line < rows && done + k < steps;
                sliceA[(k * MatMulTiles.Pitch) + line] = inside ? Read(source, origins, MatMulTiles.Tile, line, gather, tap, channel) : 0f;
            }

            MatMulTiles.Copy(weights, ((long)(from + done) * columns) + left, 1, columns, columns - left, steps - done, sliceB);
            Group.Barrier();
            MatMulTiles.Multiply(sliceA, sliceB, rowValues, columnValues, sums);
            Group.Barrier();
        }

        MatMulTiles.Store(sums, result, (long)Grid.IdxY * rows * columns, top, left, rows, columns);
    }

    /// <summary>One tile of (output channels, taps * input channels), or of a part of its sums over pixels.</summary>
    /// <param name="x">Input.</param>
    /// <param name="dy">Gradient of the output.</param>
    /// <param name="result">Results (parts, output channels, taps, input channels).</param>
    /// <param name="gather">How pixels of the output read the input.</param>
    /// <param name="rows">Output channels.</param>
    /// <param name="columns">Taps times input channels.</param>
    /// <param name="terms">Pixels of the output.</param>
    /// <param name="depth">Terms of a part.</param>
    [GroupKernel(MatMulTiles.Side, MatMulTiles.Side)]
    public static void ComputeWeights(
        ArrayView<float> x, ArrayView<float> dy, ArrayView<float> result, PictureGather gather, int rows, int columns, int terms, int depth)
    {
        ArrayView<float> sliceA = SharedMemory.Allocate<float>(MatMulTiles.Slice * MatMulTiles.Pitch);
        ArrayView<float> sliceB = SharedMemory.Allocate<float>(MatMulTiles.Slice * MatMulTiles.Pitch);
        ArrayView<int> origins = SharedMemory.Allocate<int>(3 * MatMulTiles.Slice);
        Span<float> sums = stackalloc float[MatMulTiles.PerItem * MatMulTiles.PerItem];
        Span<float> rowValues = stackalloc float[MatMulTiles.PerItem];
        Span<float> columnValues = stackalloc float[MatMulTiles.PerItem];
        int tilesAcross = (columns + MatMulTiles.Tile - 1) / MatMulTiles.Tile;
        int top = Grid.IdxX / tilesAcross * MatMulTiles.Tile, left = Grid.IdxX % tilesAcross * MatMulTiles.Tile;
        int from = Grid.IdxY * depth, item = (Group.IdxY * MatMulTiles.Side) + Group.IdxX;
        int steps = XMath.Min(depth, terms - from);
        int tap = (left + item) / gather.Channels, channel = (left + item) % gather.Channels;
        for (int done = 0; done < steps; done += MatMulTiles.Slice)
        {
            if (item < MatMulTiles.Slice)
            {
                SetOrigin(origins, MatMulTiles.Slice, item, gather, from + done + item);
            }

            Group.Barrier();
            for (int k = 0; k < MatMulTiles.Slice; k++)
            {
                bool inside = left + item < columns && done + k < steps;
                sliceB[(k * MatMulTiles.Pitch) + item] = inside ? Read(x, origins, MatMulTiles.Slice, k, gather, tap, channel) : 0f;
            }

            MatMulTiles.Copy(dy, ((long)(from + done) * rows) + top, 1, rows, rows - top, steps - done, sliceA);
            Group.Barrier();
            MatMulTiles.Multiply(sliceA, sliceB, rowValues, columnValues, sums);
            Group.Barrier();
        }

        MatMulTiles.Store(sums, result, (long)Grid.IdxY * rows * columns, top, left, rows, columns);
    }

    // Where a pixel of the result reads the source, computed once for all taps and channels.
    private static void SetOrigin(ArrayView<int> origins, int count, int place, PictureGather gather, int pixel)
    {
        origins[place] = gather.OriginY(pixel);
        origins[count + place] = gather.OriginX(pixel);
        origins[(2 * count) + place] = gather.FirstPixel(pixel);
    }

    private static float Read(ArrayView<float> source, ArrayView<int> origins, int count, int place, PictureGather gather, int tap, int channel)
    {
        long offset = gather.Offset(origins[place], origins[count + place], origins[(2 * count) + place], tap);
        return offset < 0 ? 0f : source[offset + channel];
    }
}
