using System.Numerics;
using G3DR.Compute;

namespace G3DR.Kernels.Reductions;

/// <summary>
/// How groups of items share rows: a power of two of neighbouring items, the lanes, walks each row together, so that short rows leave few items idle and
/// neighbouring lanes read neighbouring memory.
/// </summary>
internal static class RowGroups
{
    /// <summary>Items of a group.</summary>
    public const int Items = 128;

    // A row's elements per lane, while there are lanes to give: enough to be worth the lanes' folding.
    private const int ElementsPerLane = 8;

    // Eight neighbouring float32 are what memory hands out at a time.
    private const int FewestLanes = 8;

    /// <summary>Lanes for a row of <paramref name="count"/> elements.</summary>
    public static int Lanes(int count)
    {
        uint wanted = BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(count / ElementsPerLane, 1, Items));
        return Math.Min(Items, Math.Max(FewestLanes, (int)wanted));
    }

    /// <summary>Groups for <paramref name="rows"/> rows.</summary>
    /// <exception cref="OverflowException">There are 2^31 groups or more.</exception>
    public static Index3D Groups(long rows, int lanes) => new(Shards.Count(rows, Items / lanes), 1, 1);

    /// <summary>Row of the calling item; it may lie behind the last one.</summary>
    public static long Row(int lanes) => ((long)Grid.IdxX * (Items / lanes)) + (Group.IdxX / lanes);

    /// <summary>Folds the values of each row's lanes in a tree; every lane gets the result. All items of the group must call it.</summary>
    /// <typeparam name="TOp">What is folded.</typeparam>
    /// <param name="shared">Shared memory of <see cref="Items"/> elements.</param>
    /// <param name="value">Value of the calling item.</param>
    /// <param name="lanes">Lanes of a row, a power of two.</param>
    public static float Fold<TOp>(ArrayView<float> shared, float value, int lanes)
        where TOp : struct, IReduceOp
    {
        int item = Group.IdxX, lane = item % lanes;

        // The memory may still be read for a fold before this one.
        Group.Barrier();
        shared[item] = value;
        for (int step = lanes / 2; step > 0; step /= 2)
        {
            Group.Barrier();
            if (lane < step)
            {
                shared[item] = TOp.Combine(shared[item], shared[item + step]);
            }
        }

        Group.Barrier();
        return shared[item - lane];
    }
}
