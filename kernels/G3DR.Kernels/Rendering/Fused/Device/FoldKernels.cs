using G3DR.Compute;

namespace G3DR.Kernels.Rendering.Fused.Device;

/// <summary>Sums of many rows in a fixed order, with what rounding takes away carried along (Kahan, CACM 8(1), 1965): devices need no double precision.</summary>
internal static class FoldKernels
{
    /// <summary>Rows that are added to one at a time.</summary>
    public const int RowsPerPart = 64;

    /// <summary>Adds up one entry of <see cref="RowsPerPart"/> rows.</summary>
    /// <param name="item">(entry, part).</param>
    /// <param name="rows">Rows [row][entry].</param>
    /// <param name="parts">Receives the sums [part][entry].</param>
    /// <param name="entries">Entries of a row.</param>
    /// <param name="count">Number of rows.</param>
    [Kernel]
    public static void FoldParts(Index2D item, ArrayView<float> rows, ArrayView<float> parts, int entries, int count)
    {
        float sum = 0f, lost = 0f;
        int first = item.Y * RowsPerPart, end = XMath.Min(first + RowsPerPart, count);
        for (int row = first; row < end; row++)
        {
            Add(rows[((long)row * entries) + item.X], ref sum, ref lost);
        }

        parts[((long)item.Y * entries) + item.X] = sum;
    }

    /// <summary>Adds one entry of all rows to a running total.</summary>
    /// <param name="entry">Entry.</param>
    /// <param name="rows">Rows [row][entry].</param>
    /// <param name="totals">Totals, then what they lost to rounding.</param>
    /// <param name="entries">Entries of a row.</param>
    /// <param name="count">Number of rows.</param>
    [Kernel]
    public static void AddToTotals(Index1D entry, ArrayView<float> rows, ArrayView<float> totals, int entries, int count)
    {
        float sum = totals[entry.X], lost = totals[(long)entries + entry.X];
        for (int row = 0; row < count; row++)
        {
            Add(rows[((long)row * entries) + entry.X], ref sum, ref lost);
        }

        totals[entry.X] = sum;
        totals[(long)entries + entry.X] = lost;
    }

    private static void Add(float value, ref float sum, ref float lost)
    {
        float corrected = value - lost;
        float next = sum + corrected;
        lost = next - sum - corrected;
        sum = next;
    }
}
