using System.Runtime.CompilerServices;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.MatMul;

/// <summary>
/// Splits rows into register blocks. Two multiply-adds run per cycle and each takes four, so blocks below four rows waste most of their time: 16 rows are
/// two blocks of 8, not 14 and 2.
/// </summary>
internal static class RowBlocks
{
    private const int Tabled = 64;

    // Height and relative time of a step: the sums that wait for each other, or the instructions.
    private static readonly (int Height, float Time)[] s_wide = [(14, 14f), (12, 12.1f), (8, 8.3f), (6, 6.5f), (4, 5f), (2, 4f), (1, 4f)];
    private static readonly (int Height, float Time)[] s_narrow = [(6, 6f), (4, 4.5f), (2, 4f), (1, 4f)];
    private static readonly byte[] s_nextWide = Plan(s_wide), s_nextNarrow = Plan(s_narrow);

    /// <summary>Height of the next block when <paramref name="rows"/> are left.</summary>
    /// <typeparam name="V">Vector type: 512-bit code has 32 registers, the narrower sets 16.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Next<V>(int rows)
        where V : struct, ISimd<V>
    {
        byte[] next = V.Count == 16 ? s_nextWide : s_nextNarrow;
        return next[Math.Min(rows, Tabled)];
    }

    // Shortest total time for every number of rows.
    private static byte[] Plan((int Height, float Time)[] blocks)
    {
        byte[] next = new byte[Tabled + 1];
        float[] best = new float[Tabled + 1];
        for (int rows = 1; rows <= Tabled; rows++)
        {
            best[rows] = float.PositiveInfinity;
            foreach ((int height, float time) in blocks)
            {
                if (height <= rows && best[rows - height] + time < best[rows])
                {
                    best[rows] = best[rows - height] + time;
                    next[rows] = (byte)height;
                }
            }
        }

        // Beyond the table the highest block is right, whatever follows.
        next[Tabled] = (byte)blocks[0].Height;
        return next;
    }
}
