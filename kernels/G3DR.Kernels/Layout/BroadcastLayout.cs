namespace G3DR.Kernels.Layout;

/// <summary>
/// How dense operands of different shapes line up by NumPy's rules: shapes are aligned at the last axis, and an axis of length 1 repeats.
/// Neighbouring axes that all operands walk through alike are merged, so most cases end with one or two axes.
/// </summary>
public sealed class BroadcastLayout
{
    /// <summary>Lines up operands with a result.</summary>
    /// <param name="result">Shape of the result, every axis at least as long as in the operands.</param>
    /// <param name="operands">Shapes of the operands.</param>
    /// <exception cref="ArgumentException">An operand cannot be broadcast to the result.</exception>
    public BroadcastLayout(ReadOnlySpan<int> result, params ReadOnlySpan<int[]> operands)
    {
        var sizes = new List<int>();
        var strides = new List<long>[operands.Length];
        for (int k = 0; k < operands.Length; k++)
        {
            strides[k] = [];
        }

        long[] next = new long[operands.Length];
        Array.Fill(next, 1);
        long[] step = new long[operands.Length];
        // From the last axis to the first; the lists are reversed at the end.
        for (int axis = 1; axis <= result.Length; axis++)
        {
            int size = result[^axis];
            for (int k = 0; k < operands.Length; k++)
            {
                int own = axis <= operands[k].Length ? operands[k][^axis] : 1;
                if (own != size && own != 1)
                {
                    throw new ArgumentException($"An axis of length {own} cannot be broadcast to length {size}.");
                }

                step[k] = own == 1 ? 0 : next[k];
                next[k] *= own;
            }

            if (size == 1)
            {
                continue;
            }

            if (sizes.Count > 0 && CanMerge(sizes[^1], strides, step, size))
            {
                sizes[^1] *= size;
                continue;
            }

            sizes.Add(size);
            for (int k = 0; k < operands.Length; k++)
            {
                strides[k].Add(step[k]);
            }
        }

        if (sizes.Count == 0)
        {
            sizes.Add(1);
            foreach (List<long> list in strides)
            {
                list.Add(0);
            }
        }

        sizes.Reverse();
        Sizes = [.. sizes];
        Strides = [.. strides.Select(list => list.AsEnumerable().Reverse().ToArray())];
        Length = 1;
        foreach (int size in Sizes)
        {
            Length = checked(Length * size);
        }
    }

    /// <summary>Lengths of the merged axes, at least one.</summary>
    public IReadOnlyList<int> Sizes { get; }

    /// <summary>For each operand the elements to step along each merged axis, 0 where it repeats.</summary>
    public IReadOnlyList<long[]> Strides { get; }

    /// <summary>Elements of the result.</summary>
    public long Length { get; }

    /// <summary>Elements of one row, the last merged axis; along it every operand steps by 0 or 1.</summary>
    public int RowLength => Sizes[^1];

    /// <summary>First element of <paramref name="row"/> in an operand.</summary>
    /// <param name="operand">Number of the operand.</param>
    /// <param name="row">Number of the row in the result.</param>
    public long RowOffset(int operand, long row)
    {
        long[] strides = Strides[operand];
        long offset = 0;
        for (int axis = Sizes.Count - 2; axis >= 0; axis--)
        {
            offset += row % Sizes[axis] * strides[axis];
            row /= Sizes[axis];
        }

        return offset;
    }

    // The outer axis continues the inner one if every operand's step over it equals a walk through the inner one.
    private static bool CanMerge(int innerSize, List<long>[] strides, long[] outerStep, int outerSize)
    {
        if ((long)innerSize * outerSize > int.MaxValue)
        {
            return false;
        }

        for (int k = 0; k < strides.Length; k++)
        {
            if (outerStep[k] != strides[k][^1] * innerSize)
            {
                return false;
            }
        }

        return true;
    }
}
