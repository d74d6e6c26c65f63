using G3DR.Compute;

namespace G3DR.Kernels.Layout;

/// <summary>
/// Copies a block of elements between two regular patterns: the one loop behind permuting, slicing, joining, padding and repeating.
/// Exact for any element type. Variants: <c>plain</c> (one item per element, every device) and <c>simd</c> (the processor's block copies by rows or tiles).
/// </summary>
public static class StridedCopy
{
    private const int TileEdge = 32;

    /// <summary>One element.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="i">Number of the element in the block.</param>
    /// <param name="source">First element read and what follows it.</param>
    /// <param name="destination">First element written and what follows it.</param>
    /// <param name="pattern">Axes of the block.</param>
    [Kernel]
    public static void Plain<T>(Index1D i, ArrayView<T> source, ArrayView<T> destination, CopyPattern pattern)
        where T : unmanaged
    {
        var place = CopyPlace.Of(i, pattern);
        destination[place.Destination] = source[place.Source];
    }

    /// <summary>destination[sum i_k ds_k] = source[sum i_k ss_k] for all indices i of the block.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="device">Where to run.</param>
    /// <param name="source">First element read and what follows it.</param>
    /// <param name="sourceStrides">Elements to step in the source along each axis; 0 repeats.</param>
    /// <param name="destination">First element written and what follows it.</param>
    /// <param name="destinationStrides">Elements to step in the destination along each axis.</param>
    /// <param name="sizes">Lengths of the axes.</param>
    /// <param name="plain">Whether to take the plain variant on a processor too.</param>
    /// <exception cref="ArgumentException">
    /// The numbers of axes differ, the block reaches outside a view, or it has more than <see cref="CopyPattern.MaxRank"/> axes.
    /// </exception>
    public static void Run<T>(
        Accelerator device,
        ArrayView<T> source,
        ReadOnlySpan<long> sourceStrides,
        ArrayView<T> destination,
        ReadOnlySpan<long> destinationStrides,
        ReadOnlySpan<int> sizes,
        bool plain = false)
        where T : unmanaged
    {
        if (sourceStrides.Length != sizes.Length || destinationStrides.Length != sizes.Length)
        {
            throw new ArgumentException($"Got {sizes.Length} sizes, {sourceStrides.Length} source and {destinationStrides.Length} destination strides.");
        }

        if (sizes.Length > CopyPattern.MaxRank)
        {
            throw new ArgumentException($"A block has at most {CopyPattern.MaxRank} axes, got {sizes.Length}.");
        }

        Block block = Merge(sizes, sourceStrides, destinationStrides);
        if (block.Length == 0)
        {
            return;
        }

        RequireInside(block.Sizes, block.SourceStrides, source.Length, "source");
        RequireInside(block.Sizes, block.DestinationStrides, destination.Length, "destination");
        if (plain || !Shards.UseVectors(device))
        {
            device.Launch(Plain, Shards.PlainExtent(block.Length), source, destination, block.ToPattern());
        }
        else if (block.Rank >= 2 && block.SourceStrides[^1] > 1 && block.TransposedAxis() is int axis and >= 0)
        {
            CopyTiles(device, source, destination, block.WithAxisBeforeLast(axis));
        }
        else
        {
            CopyRows(device, source, destination, block);
        }
    }

    private static void CopyRows<T>(Accelerator device, ArrayView<T> source, ArrayView<T> destination, Block block)
        where T : unmanaged
    {
        int width = block.Sizes[^1];
        long ss = block.SourceStrides[^1], ds = block.DestinationStrides[^1];
        Shards.For(device, block.Length, (start, end) =>
        {
            for (long i = start; i < end;)
            {
                long row = i / width, column = i % width;
                long count = Math.Min(width - column, end - i);
                long from = block.SourceOffset(row) + (column * ss), to = block.DestinationOffset(row) + (column * ds);
                if (ss == 1 && ds == 1)
                {
                    source.SubView(from, count).AsSpan().CopyTo(destination.SubView(to, count).AsSpan());
                }
                else
                {
                    CopyRow(source, from, ss, destination, to, ds, count);
                }

                i += count;
            }
        });
    }

    private static unsafe void CopyRow<T>(ArrayView<T> source, long from, long ss, ArrayView<T> destination, long to, long ds, long count)
        where T : unmanaged
    {
        T* read = source.Pointer + from;
        T* write = destination.Pointer + to;
        for (long k = 0; k < count; k++)
        {
            write[k * ds] = read[k * ss];
        }
    }

    // The last two axes are a transposition: small tiles keep both sides in the cache.
    private static unsafe void CopyTiles<T>(Accelerator device, ArrayView<T> source, ArrayView<T> destination, Block block)
        where T : unmanaged
    {
        int height = block.Sizes[^2], width = block.Sizes[^1];
        long sx = block.SourceStrides[^1], sy = block.SourceStrides[^2], dx = block.DestinationStrides[^1], dy = block.DestinationStrides[^2];
        int bands = (height + TileEdge - 1) / TileEdge;
        long planes = block.Length / ((long)height * width);
        Shards.For(
            device,
            planes * bands,
            (start, end) =>
            {
                for (long band = start; band < end; band++)
                {
                    // The offset of a plane is that of its first row.
                    long firstRow = band / bands * height;
                    T* read = source.Pointer + block.SourceOffset(firstRow);
                    T* write = destination.Pointer + block.DestinationOffset(firstRow);
                    int y0 = (int)(band % bands) * TileEdge, y1 = Math.Min(height, y0 + TileEdge);
                    for (int x0 = 0; x0 < width; x0 += TileEdge)
                    {
                        int x1 = Math.Min(width, x0 + TileEdge);
                        for (int y = y0; y < y1; y++)
                        {
                            for (int x = x0; x < x1; x++)
                            {
                                write[(y * dy) + (x * dx)] = read[(y * sy) + (x * sx)];
                            }
                        }
                    }
                }
            },
            size: Math.Max(1, Shards.Elements / (TileEdge * width)));
    }

    private static void RequireInside(ReadOnlySpan<int> sizes, ReadOnlySpan<long> strides, long length, string name)
    {
        long last = 0;
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            if (strides[axis] < 0)
            {
                throw new ArgumentException($"The {name} steps backwards along axis {axis}.");
            }

            last = checked(last + ((sizes[axis] - 1) * strides[axis]));
        }

        if (last >= length)
        {
            throw new ArgumentException($"The block reaches element {last} of the {name}, which has {length}.");
        }
    }

    // Drops axes of length 1 and joins neighbours that both sides walk through alike.
    private static Block Merge(ReadOnlySpan<int> sizes, ReadOnlySpan<long> source, ReadOnlySpan<long> destination)
    {
        List<int> merged = [];
        List<long> ss = [], ds = [];
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            int size = sizes[axis];
            if (size == 1)
            {
                continue;
            }

            bool joins = merged.Count > 0 && ss[^1] == source[axis] * size && ds[^1] == destination[axis] * size && (long)merged[^1] * size <= int.MaxValue;
            if (joins)
            {
                (merged[^1], ss[^1], ds[^1]) = (merged[^1] * size, source[axis], destination[axis]);
            }
            else
            {
                merged.Add(size);
                ss.Add(source[axis]);
                ds.Add(destination[axis]);
            }
        }

        return merged.Count == 0 ? new([1], [1], [1]) : new([.. merged], [.. ss], [.. ds]);
    }

    private sealed record Block(int[] Sizes, long[] SourceStrides, long[] DestinationStrides)
    {
        public int Rank => Sizes.Length;

        public long Length { get; } = Sizes.Aggregate(1L, (product, size) => checked(product * size));

        public long SourceOffset(long row) => Offset(row, SourceStrides);

        public long DestinationOffset(long row) => Offset(row, DestinationStrides);

        // The axis along which the source is contiguous, or -1.
        public int TransposedAxis() => Array.IndexOf(SourceStrides, 1, 0, Rank - 1);

        public Block WithAxisBeforeLast(int axis) => new(Moved(Sizes, axis), Moved(SourceStrides, axis), Moved(DestinationStrides, axis));

        public CopyPattern ToPattern()
        {
            CopyAxis Axis(int fromEnd) => fromEnd <= Rank ? new(Sizes[^fromEnd], SourceStrides[^fromEnd], DestinationStrides[^fromEnd]) : CopyAxis.None;
            return new(Axis(1), Axis(2), Axis(3), Axis(4), Axis(5), Axis(6), Axis(7), Axis(8));
        }

        private static T[] Moved<T>(T[] values, int axis)
        {
            List<T> list = [.. values];
            T value = list[axis];
            list.RemoveAt(axis);
            list.Insert(list.Count - 1, value);
            return [.. list];
        }

        private long Offset(long row, long[] strides)
        {
            long offset = 0;
            for (int axis = Rank - 2; axis >= 0; axis--)
            {
                offset += row % Sizes[axis] * strides[axis];
                row /= Sizes[axis];
            }

            return offset;
        }
    }
}
