using System.Numerics;
using G3DR.Compute;
using G3DR.Compute.Memory;

namespace G3DR.Kernels.Layout;

/// <summary>
/// Picks rows of an (outer, count, inner) array by their numbers, and the reverse. Variants: <c>plain</c> (every device) and <c>simd</c>
/// (the processor's loops over whole rows). All add in the same order and give the same bits.
/// </summary>
public static class GatherKernels
{
    // Elements of a row that one shard of the reverse handles.
    private const int InnerBlock = 256;

    /// <summary>One picked element.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="item">Element of a row, and row (o, k) of the result.</param>
    /// <param name="x">Elements (outer, count, inner).</param>
    /// <param name="y">Picked rows (outer, indices, inner), overwritten.</param>
    /// <param name="indices">Numbers of rows.</param>
    /// <param name="count">Length of the axis.</param>
    /// <param name="inner">Elements of a row.</param>
    [Kernel]
    public static void GatherPlain<T>(Index2D item, ArrayView<T> x, ArrayView<T> y, ArrayView<int> indices, int count, int inner)
        where T : unmanaged
    {
        int picked = (int)indices.Length;
        long row = ((long)(item.Y / picked) * count) + indices[item.Y % picked];
        y[((long)item.Y * inner) + item.X] = x[(row * inner) + item.X];
    }

    /// <summary>One element of one row of sums, which owns it and adds in the order of k.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="item">Element of a row, and outer index times picked rows plus number of the picked row.</param>
    /// <param name="g">Rows to add (outer, indices, inner).</param>
    /// <param name="dx">Sums (outer, count, inner), added to.</param>
    /// <param name="rows">Picked rows, each once.</param>
    /// <param name="starts">First entry of <paramref name="order"/> for each of them, and one more at the end.</param>
    /// <param name="order">Rows of <paramref name="g"/>, by the row they are added to and then as they come.</param>
    /// <param name="count">Length of the axis.</param>
    /// <param name="inner">Elements of a row.</param>
    [Kernel]
    public static void ScatterAddPlain<T>(
        Index2D item, ArrayView<T> g, ArrayView<T> dx, ArrayView<int> rows, ArrayView<int> starts, ArrayView<int> order, int count, int inner)
        where T : unmanaged, INumber<T>
    {
        int picked = (int)rows.Length, row = item.Y % picked;
        long outer = item.Y / picked;
        long sum = (((outer * count) + rows[row]) * inner) + item.X;
        for (int k = starts[row]; k < starts[row + 1]; k++)
        {
            dx[sum] += g[(((outer * order.Length) + order[k]) * inner) + item.X];
        }
    }

    /// <summary>y[o, k, :] = x[o, indices[k], :].</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="device">Where to run.</param>
    /// <param name="x">Elements, outer * count * inner.</param>
    /// <param name="y">Picked rows, outer * indices.Count * inner.</param>
    /// <param name="indices">Numbers of rows, 0 to count - 1, in any order and with repetitions.</param>
    /// <param name="count">Length of the axis.</param>
    /// <param name="inner">Elements of a row.</param>
    public static void Gather<T>(Accelerator device, ArrayView<T> x, ArrayView<T> y, IReadOnlyList<int> indices, int count, int inner)
        where T : unmanaged
    {
        long outer = RequireSizes(x.Length, y.Length, indices, count, inner);
        if (!Shards.UseVectors(device))
        {
            // Given back while the device may still read it: the memory goes to later work only, which waits for earlier work.
            using MemoryBuffer<int> rows = Upload(device, indices);
            device.Launch(GatherPlain, new Index2D(inner, Shards.PlainExtent(outer * indices.Count)), x, y, rows.View, count, inner);
            return;
        }

        Shards.For(
            device,
            outer * indices.Count,
            (start, end) =>
            {
                for (long row = start; row < end; row++)
                {
                    long from = ((row / indices.Count * count) + indices[(int)(row % indices.Count)]) * inner;
                    x.SubView(from, inner).AsSpan().CopyTo(y.SubView(row * inner, inner).AsSpan());
                }
            },
            size: Math.Max(1, Shards.Elements / inner));
    }

    /// <summary>dx[o, indices[k], :] += g[o, k, :], in the order of k.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="device">Where to run.</param>
    /// <param name="g">Rows to add, outer * indices.Count * inner.</param>
    /// <param name="dx">Sums, outer * count * inner.</param>
    /// <param name="indices">Numbers of rows.</param>
    /// <param name="count">Length of the axis.</param>
    /// <param name="inner">Elements of a row.</param>
    public static void ScatterAdd<T>(Accelerator device, ArrayView<T> g, ArrayView<T> dx, IReadOnlyList<int> indices, int count, int inner)
        where T : unmanaged, INumber<T>
    {
        long outer = RequireSizes(dx.Length, g.Length, indices, count, inner);
        var sorted = SortedRows.Of(indices);
        int picked = sorted.Rows.Length;
        if (picked == 0)
        {
            return;
        }

        if (!Shards.UseVectors(device))
        {
            using MemoryBuffer<int> rows = Upload(device, sorted.Rows), starts = Upload(device, sorted.Starts), order = Upload(device, sorted.Order);
            device.Launch(
                ScatterAddPlain, new Index2D(inner, Shards.PlainExtent(outer * picked)), g, dx, rows.View, starts.View, order.View, count, inner);
            return;
        }

        int blocks = Shards.Count(inner, InnerBlock);
        // A shard owns some columns of some rows of sums: what meets in one of them is added by one thread, in order.
        Shards.For(
            device,
            outer * picked * blocks,
            (start, end) =>
            {
                for (long piece = start; piece < end; piece++)
                {
                    int from = (int)(piece % blocks) * InnerBlock, to = Math.Min(inner, from + InnerBlock);
                    (long o, long row) = Math.DivRem(piece / blocks, picked);
                    long write = ((o * count) + sorted.Rows[row]) * inner;
                    for (int k = sorted.Starts[row]; k < sorted.Starts[row + 1]; k++)
                    {
                        long read = ((o * indices.Count) + sorted.Order[k]) * inner;
                        for (int i = from; i < to; i++)
                        {
                            dx[write + i] += g[read + i];
                        }
                    }
                }
            },
            size: Math.Max(1, Shards.Elements / (Math.Min(inner, InnerBlock) * Math.Max(1, indices.Count / picked))));
    }

    private static MemoryBuffer<int> Upload(Accelerator device, IReadOnlyList<int> indices)
    {
        MemoryBuffer<int> buffer = device.Allocate<int>(indices.Count);
        buffer.CopyFrom(indices as int[] ?? [.. indices]);
        return buffer;
    }

    private static long RequireSizes(long all, long picked, IReadOnlyList<int> indices, int count, int inner)
    {
        if (count < 1 || inner < 1 || all % ((long)count * inner) != 0)
        {
            throw new ArgumentException($"{all} elements do not make arrays of {count} x {inner}.");
        }

        long outer = all / ((long)count * inner);
        if (picked != outer * indices.Count * inner)
        {
            throw new ArgumentException($"{indices.Count} indices pick {outer * indices.Count * inner} elements, the view has {picked}.");
        }

        for (int k = 0; k < indices.Count; k++)
        {
            if ((uint)indices[k] >= (uint)count)
            {
                throw new ArgumentOutOfRangeException(nameof(indices), $"Index {indices[k]} at position {k} is not in 0 .. {count - 1}.");
            }
        }

        return outer;
    }

    // Indices brought together by the row that they name.
    private sealed record SortedRows(int[] Rows, int[] Starts, int[] Order)
    {
        public static SortedRows Of(IReadOnlyList<int> indices)
        {
            // The position stands in the lower half, so equal indices stay in their order.
            long[] keys = [.. indices.Select((index, position) => ((long)index << 32) | (uint)position)];
            Array.Sort(keys);
            List<int> rows = [], starts = [];
            for (int k = 0; k < keys.Length; k++)
            {
                int row = (int)(keys[k] >> 32);
                if (k == 0 || row != rows[^1])
                {
                    rows.Add(row);
                    starts.Add(k);
                }
            }

            return new([.. rows], [.. starts, keys.Length], Array.ConvertAll(keys, key => (int)key));
        }
    }
}
