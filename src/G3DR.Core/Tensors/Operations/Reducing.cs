using G3DR.Kernels.Reductions;

namespace G3DR.Core.Tensors;

/// <summary>Folds axes of tensors.</summary>
internal static class Reducing
{
    /// <summary>Folds the given axes to length 1.</summary>
    /// <param name="x">Tensor.</param>
    /// <param name="axes">Axes counted from the front, without repetition, ascending.</param>
    /// <param name="name">Name of the result.</param>
    public static Tensor Fold<TOp>(Tensor x, ReadOnlySpan<int> axes, string name)
        where TOp : struct, IReduceOp
    {
        // Neighbouring axes are folded together; groups of them one after another, the last group first.
        Tensor current = x;
        int end = axes.Length;
        while (end > 0)
        {
            int start = end - 1;
            while (start > 0 && axes[start - 1] == axes[start] - 1)
            {
                start--;
            }

            current = FoldGroup<TOp>(current, axes[start], axes[end - 1], name);
            end = start;
        }

        return ReferenceEquals(current, x) ? x.Alias(x.Shape, name) : current;
    }

    /// <summary>Sums what broadcasting repeated, so that a gradient gets the shape of its operand.</summary>
    public static Tensor SumTo(Tensor x, Shape shape)
    {
        if (x.Shape == shape)
        {
            return x;
        }

        Span<int> axes = stackalloc int[Shape.MaxRank];
        int count = 0;
        int added = x.Rank - shape.Rank;
        for (int axis = 0; axis < x.Rank; axis++)
        {
            if (axis < added || (shape[axis - added] == 1 && x.Shape[axis] != 1))
            {
                axes[count++] = axis;
            }
        }

        return Fold<SumReduction>(x, axes[..count], "sum").Alias(shape, "sum");
    }

    private static Tensor FoldGroup<TOp>(Tensor x, int first, int last, string name)
        where TOp : struct, IReduceOp
    {
        int[] sizes = x.Shape.ToArray();
        int count = 1, inner = 1;
        for (int axis = first; axis <= last; axis++)
        {
            count = checked(count * sizes[axis]);
            sizes[axis] = 1;
        }

        for (int axis = last + 1; axis < sizes.Length; axis++)
        {
            inner = checked(inner * sizes[axis]);
        }

        Tensor y = x.Like(sizes, name);
        if (y.Length == 0)
        {
            return y;
        }

        if (x.DType == DType.Float32)
        {
            ReduceKernels<TOp>.Run(x.Accelerator, x.View<float>(), y.View<float>(), count, inner);
        }
        else
        {
            ReduceKernels<TOp>.Run(x.Accelerator, x.View<double>(), y.View<double>(), count, inner);
        }

        return y;
    }
}
