using G3DR.Compute;
using G3DR.Compute.Memory;

namespace G3DR.Kernels.Reductions;

/// <content>Kernels for devices with shared memory.</content>
public static partial class ReduceKernels<TOp>
{
    // Elements of a row that one group folds: at most 32 additions follow each other on an item.
    private const int GroupChunk = 32 * RowGroups.Items;

    /// <summary>Chunks of rows: y[row, chunk] from the elements of the chunk in x[row, :].</summary>
    /// <param name="x">Elements (rows, count).</param>
    /// <param name="y">Values of the chunks (rows, chunks).</param>
    /// <param name="count">Elements of a row.</param>
    /// <param name="chunks">Chunks of a row.</param>
    /// <param name="lanes">Neighbouring items that share a chunk, a power of two.</param>
    [GroupKernel(RowGroups.Items)]
    public static void FoldRows(ArrayView<float> x, ArrayView<float> y, int count, int chunks, int lanes)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(RowGroups.Items);
        int lane = Group.IdxX % lanes;
        long piece = RowGroups.Row(lanes);
        float value = TOp.Identity;
        if (piece < y.Length)
        {
            int from = (int)(piece % chunks) * GroupChunk;
            int length = XMath.Min(GroupChunk, count - from);
            long start = (piece / chunks * count) + from;
            for (int k = lane; k < length; k += lanes)
            {
                value = TOp.Combine(value, x[start + k]);
            }
        }

        value = RowGroups.Fold<TOp>(shared, value, lanes);
        if (lane == 0 && piece < y.Length)
        {
            y[piece] = value;
        }
    }

    /// <summary>Chunks of columns: y[outer, chunk, inner] from the elements of the chunk in x[outer, :, inner].</summary>
    /// <param name="item">Number of the result.</param>
    /// <param name="x">Elements (outer, count, inner).</param>
    /// <param name="y">Values of the chunks (outer, chunks, inner).</param>
    /// <param name="count">Length of the folded axis.</param>
    /// <param name="inner">Elements between neighbours along it.</param>
    /// <param name="chunks">Chunks of the folded axis.</param>
    [Kernel]
    public static void FoldColumns(Index1D item, ArrayView<float> x, ArrayView<float> y, int count, int inner, int chunks)
    {
        int piece = item.X / inner, column = item.X % inner;
        int from = piece % chunks * ColumnChunk;
        int length = XMath.Min(ColumnChunk, count - from);
        long start = ((((long)(piece / chunks) * count) + from) * inner) + column;
        float value = TOp.Identity;
        for (int k = 0; k < length; k++)
        {
            value = TOp.Combine(value, x[start + ((long)k * inner)]);
        }

        y[item] = value;
    }

    /// <summary>The variant for devices with shared memory: folds chunks, then the chunks' values in the same way until one is left.</summary>
    public static void RunGroups(Accelerator device, ArrayView<float> x, ArrayView<float> y, int count, int inner)
    {
        int chunks = Math.Max(1, Shards.Count(count, inner == 1 ? GroupChunk : ColumnChunk));
        if (chunks == 1)
        {
            LaunchFold(device, x, y, count, inner, chunks);
            return;
        }

        using MemoryBuffer<float> partials = device.Allocate<float>(y.Length * chunks);
        LaunchFold(device, x, partials.View, count, inner, chunks);
        RunGroups(device, partials.View, y, chunks, inner);
    }

    private static void LaunchFold(Accelerator device, ArrayView<float> x, ArrayView<float> y, int count, int inner, int chunks)
    {
        if (inner == 1)
        {
            int lanes = RowGroups.Lanes(Math.Min(count, GroupChunk));
            device.LaunchGroups(FoldRows, RowGroups.Groups(y.Length, lanes), x, y, count, chunks, lanes);
        }
        else
        {
            device.Launch(FoldColumns, Shards.PlainExtent(y.Length), x, y, count, inner, chunks);
        }
    }
}
