using G3DR.Compute;

namespace G3DR.Kernels.Rendering.Fused.Device;

/// <summary>One pass of a sort.</summary>
/// <param name="Points">Keys of each map.</param>
/// <param name="Shift">Lowest bit of the digit that the pass sorts by.</param>
internal readonly record struct SortShape(int Points, int Shift);

/// <summary>
/// Stable radix sort of the points of each map by key (after Satish, Harris and Garland, "Designing efficient sorting algorithms for manycore GPUs", IPDPS 2009): a
/// pass for each digit counts, scans and places. A lane owns a run of neighbouring points and, while it scans, one value of the digit; no atomic operation is needed,
/// and equal keys keep their order.
/// </summary>
internal static class SortKernels
{
    /// <summary>Items of a group.</summary>
    public const int Lanes = 64;

    /// <summary>Bits of a digit: a lane for each of its values.</summary>
    public const int DigitBits = 6;

    /// <summary>Keys that a group counts or places.</summary>
    public const int KeysPerGroup = Lanes * KeysPerLane;

    private const int KeysPerLane = 16;

    // One column more than lanes, so that lanes which go along rows meet different memory banks.
    private const int Row = Lanes + 1;

    /// <summary>Counts the digits of a block of keys. Groups are (block, map).</summary>
    /// <param name="keys">Keys [map][point].</param>
    /// <param name="counts">Receives the number of keys of each digit [map][block][digit].</param>
    /// <param name="shape">The pass.</param>
    [GroupKernel(Lanes)]
    public static void Count(ArrayView<int> keys, ArrayView<int> counts, SortShape shape)
    {
        ArrayView<int> counters = SharedMemory.Allocate<int>(Lanes * Row);
        int lane = Group.IdxX;
        CountOwn(keys, counters, lane, shape);
        Group.Barrier();
        int total = 0;
        for (int other = 0; other < Lanes; other++)
        {
            total += counters[(lane * Row) + other];
        }

        counts[(BlockNumber() * Lanes) + lane] = total;
    }

    /// <summary>Turns the counts of each map into the places where the keys of each block and digit begin. One group for each map, along y.</summary>
    /// <param name="counts">Counts [map][block][digit]; receives places.</param>
    /// <param name="blocks">Blocks of each map.</param>
    [GroupKernel(Lanes)]
    public static void Scan(ArrayView<int> counts, int blocks)
    {
        ArrayView<int> totals = SharedMemory.Allocate<int>(Lanes);
        int lane = Group.IdxX, total = 0;
        long first = ((long)Grid.IdxY * blocks * Lanes) + lane;
        for (int block = 0; block < blocks; block++)
        {
            total += counts[first + ((long)block * Lanes)];
        }

        totals[lane] = total;
        Group.Barrier();
        int place = 0;
        for (int digit = 0; digit < lane; digit++)
        {
            place += totals[digit];
        }

        for (int block = 0; block < blocks; block++)
        {
            long at = first + ((long)block * Lanes);
            int count = counts[at];
            counts[at] = place;
            place += count;
        }
    }

    /// <summary>Moves a block of keys and their points to their places. Groups are (block, map).</summary>
    /// <param name="keys">Keys [map][point].</param>
    /// <param name="order">Their points.</param>
    /// <param name="counts">What <see cref="Scan"/> wrote.</param>
    /// <param name="keysAfter">Receives the keys.</param>
    /// <param name="orderAfter">Receives the points.</param>
    /// <param name="shape">The pass.</param>
    [GroupKernel(Lanes)]
    public static void Place(
        ArrayView<int> keys, ArrayView<int> order, ArrayView<int> counts, ArrayView<int> keysAfter, ArrayView<int> orderAfter, SortShape shape)
    {
        ArrayView<int> counters = SharedMemory.Allocate<int>(Lanes * Row);
        int lane = Group.IdxX;
        CountOwn(keys, counters, lane, shape);
        Group.Barrier();

        // This lane's digit: where the run of each lane begins.
        int place = counts[(BlockNumber() * Lanes) + lane];
        for (int other = 0; other < Lanes; other++)
        {
            int at = (lane * Row) + other, count = counters[at];
            counters[at] = place;
            place += count;
        }

        Group.Barrier();
        long map = (long)Grid.IdxY * shape.Points;
        int first = FirstOf(lane), end = XMath.Min(first + KeysPerLane, shape.Points);
        for (int i = first; i < end; i++)
        {
            int key = keys[map + i], at = (Digit(key, shape) * Row) + lane, target = counters[at];
            counters[at] = target + 1;
            keysAfter[map + target] = key;
            orderAfter[map + target] = order[map + i];
        }
    }

    /// <summary>Counts the digits of a lane's own run, in the column of the lane.</summary>
    private static void CountOwn(ArrayView<int> keys, ArrayView<int> counters, int lane, SortShape shape)
    {
        for (int digit = 0; digit < Lanes; digit++)
        {
            counters[(digit * Row) + lane] = 0;
        }

        long map = (long)Grid.IdxY * shape.Points;
        int first = FirstOf(lane), end = XMath.Min(first + KeysPerLane, shape.Points);
        for (int i = first; i < end; i++)
        {
            counters[(Digit(keys[map + i], shape) * Row) + lane] += 1;
        }
    }

    private static int Digit(int key, SortShape shape) => (key >> shape.Shift) & (Lanes - 1);

    private static int FirstOf(int lane) => (Grid.IdxX * KeysPerGroup) + (lane * KeysPerLane);

    private static long BlockNumber() => ((long)Grid.IdxY * Grid.DimX) + Grid.IdxX;
}
