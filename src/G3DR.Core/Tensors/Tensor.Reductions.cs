using G3DR.Kernels.Reductions;

namespace G3DR.Core.Tensors;

/// <content>Reductions. Their results do not depend on the number of threads.</content>
public sealed partial class Tensor
{
    /// <summary>Sum over axes.</summary>
    /// <param name="axes">Axes to sum over, negative from the end; none means all.</param>
    /// <param name="keepDims">Keeps the axes with length 1.</param>
    /// <exception cref="ArgumentException">An axis is given twice.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public Tensor Sum(ReadOnlySpan<int> axes = default, bool keepDims = false)
    {
        int[] resolved = ResolveAxes(axes);
        return Finish(new SumTensorOp(resolved).Apply(this), resolved, keepDims);
    }

    /// <summary>Mean over axes.</summary>
    /// <inheritdoc cref="Sum"/>
    public Tensor Mean(ReadOnlySpan<int> axes = default, bool keepDims = false)
    {
        using Tensor sum = Sum(axes, keepDims);
        return sum * ((double)sum.Length / Length);
    }

    /// <summary>Largest element over axes. Elements that tie share the gradient equally.</summary>
    /// <inheritdoc cref="Sum"/>
    /// <exception cref="InvalidOperationException">There are no elements to choose from.</exception>
    public Tensor Max(ReadOnlySpan<int> axes = default, bool keepDims = false) => Extremum<MaxReduction>(axes, keepDims);

    /// <summary>Smallest element over axes. Elements that tie share the gradient equally.</summary>
    /// <inheritdoc cref="Max"/>
    public Tensor Min(ReadOnlySpan<int> axes = default, bool keepDims = false) => Extremum<MinReduction>(axes, keepDims);

    private Tensor Extremum<TOp>(ReadOnlySpan<int> axes, bool keepDims)
        where TOp : struct, IReduceOp
    {
        int[] resolved = ResolveAxes(axes);
        foreach (int axis in resolved)
        {
            if (Shape[axis] == 0)
            {
                throw new InvalidOperationException($"{TOp.Name} over axis {axis} of {this}: there are no elements to choose from.");
            }
        }

        return Finish(new ExtremumTensorOp<TOp>(resolved).Apply(this), resolved, keepDims);
    }

    private int[] ResolveAxes(ReadOnlySpan<int> axes)
    {
        if (axes.IsEmpty)
        {
            return [.. Enumerable.Range(0, Rank)];
        }

        int[] resolved = new int[axes.Length];
        for (int i = 0; i < resolved.Length; i++)
        {
            resolved[i] = Shape.ResolveAxis(axes[i]);
        }

        Array.Sort(resolved);
        for (int i = 1; i < resolved.Length; i++)
        {
            if (resolved[i] == resolved[i - 1])
            {
                throw new ArgumentException($"Axis {resolved[i]} of shape {Shape} is given twice.", nameof(axes));
            }
        }

        return resolved;
    }

    private static Tensor Finish(Tensor reduced, int[] axes, bool keepDims)
    {
        if (keepDims)
        {
            return reduced;
        }

        int[] sizes = [.. Enumerable.Range(0, reduced.Rank).Where(axis => !axes.Contains(axis)).Select(axis => reduced.Shape[axis])];
        using (reduced)
        {
            return reduced.Reshape(sizes);
        }
    }
}
