namespace G3DR.Core.Tensors;

/// <content>Changing shapes and choosing parts.</content>
public sealed partial class Tensor
{
    /// <summary>The same elements under another shape; memory is shared.</summary>
    /// <param name="sizes">New lengths; one of them may be -1 and follows from the others.</param>
    /// <exception cref="ArgumentException">The number of elements differs.</exception>
    public Tensor Reshape(params ReadOnlySpan<int> sizes)
    {
        int[] resolved = sizes.ToArray();
        int open = Array.IndexOf(resolved, -1);
        if (open >= 0)
        {
            resolved[open] = 1;
            long others = new Shape(resolved).Length;
            if (others == 0 || Length % others != 0)
            {
                throw new ArgumentException($"{this} cannot be reshaped to ({string.Join(", ", sizes.ToArray())}): {Length} elements do not divide by {others}.");
            }

            resolved[open] = checked((int)(Length / others));
        }

        var shape = new Shape(resolved);
        return shape.Length == Length
            ? new ReshapeTensorOp(shape).Apply(this)
            : throw new ArgumentException($"{this} has {Length} elements and cannot be reshaped to {shape}, which has {shape.Length}.");
    }

    /// <summary>Axes in another order: axis i of the result is axis order[i] of this tensor.</summary>
    /// <param name="order">Every axis once, negative from the end.</param>
    /// <exception cref="ArgumentException">An axis is missing or given twice.</exception>
    public Tensor Permute(params ReadOnlySpan<int> order)
    {
        if (order.Length != Rank)
        {
            throw new ArgumentException($"{this} has {Rank} axes; the order names {order.Length}.", nameof(order));
        }

        int[] resolved = new int[order.Length];
        for (int i = 0; i < resolved.Length; i++)
        {
            resolved[i] = Shape.ResolveAxis(order[i]);
        }

        return resolved.Distinct().Count() == Rank
            ? new PermuteTensorOp(resolved).Apply(this)
            : throw new ArgumentException($"Each axis of {this} is needed once, got ({string.Join(", ", order.ToArray())}).", nameof(order));
    }

    /// <summary>Exchanges two axes, by default the last two.</summary>
    public Tensor Transpose(int first = -2, int second = -1)
    {
        int[] order = [.. Enumerable.Range(0, Rank)];
        int a = Shape.ResolveAxis(first), b = Shape.ResolveAxis(second);
        (order[a], order[b]) = (order[b], order[a]);
        return Permute(order);
    }

    /// <summary>Repeats axes of length 1, and adds axes in front, to reach a shape. The gradient is summed over the repetitions.</summary>
    /// <exception cref="ArgumentException">The shape cannot be reached.</exception>
    public Tensor BroadcastTo(Shape shape) => shape == Shape ? this : new BroadcastTensorOp(shape).Apply(this);

    /// <summary>Part of one axis.</summary>
    /// <param name="axis">Axis, negative from the end.</param>
    /// <param name="start">First element.</param>
    /// <param name="length">Number of elements.</param>
    /// <param name="step">Elements from one to the next, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The part reaches outside the axis, or the step is below 1.</exception>
    public Tensor Slice(int axis, int start, int length, int step = 1)
    {
        int resolved = Shape.ResolveAxis(axis);
        int[] starts = new int[Rank], lengths = Shape.ToArray(), steps = new int[Rank];
        Array.Fill(steps, 1);
        (starts[resolved], lengths[resolved], steps[resolved]) = (start, length, step);
        return Slice(starts, lengths, steps);
    }

    /// <summary>Part along every axis.</summary>
    /// <param name="starts">First element along each axis.</param>
    /// <param name="lengths">Number of elements along each axis.</param>
    /// <param name="steps">Elements from one to the next along each axis, at least 1; none means 1 everywhere.</param>
    /// <inheritdoc cref="Slice(int, int, int, int)" path="/exception"/>
    /// <exception cref="ArgumentException">The number of entries is not the number of axes.</exception>
    public Tensor Slice(ReadOnlySpan<int> starts, ReadOnlySpan<int> lengths, ReadOnlySpan<int> steps = default)
    {
        int[] by = steps.ToArray();
        if (by.Length == 0)
        {
            by = new int[Rank];
            Array.Fill(by, 1);
        }

        if (starts.Length != Rank || lengths.Length != Rank || by.Length != Rank)
        {
            throw new ArgumentException($"{this} has {Rank} axes; got {starts.Length} starts, {lengths.Length} lengths and {by.Length} steps.");
        }

        for (int axis = 0; axis < Rank; axis++)
        {
            int start = starts[axis], length = lengths[axis], step = by[axis];
            bool inside = start >= 0 && length >= 0 && step >= 1 && start <= Shape[axis]
                && (length == 0 || start + ((length - 1L) * step) < Shape[axis]);
            if (!inside)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(starts), $"{length} elements from {start} in steps of {step} do not lie inside axis {axis} of {this}.");
            }
        }

        return new SliceTensorOp(starts.ToArray(), lengths.ToArray(), by).Apply(this);
    }

    /// <summary>Tensors one after another along an axis.</summary>
    /// <param name="tensors">At least one; the other axes have the same lengths in all.</param>
    /// <param name="axis">Axis, negative from the end.</param>
    /// <exception cref="ArgumentException">There are none, or shapes do not fit.</exception>
    public static Tensor Concat(IReadOnlyList<Tensor> tensors, int axis = 0)
    {
        if (tensors.Count == 0)
        {
            throw new ArgumentException("Concat needs at least one tensor.", nameof(tensors));
        }

        Shape first = tensors[0].Shape;
        int resolved = first.ResolveAxis(axis);
        foreach (Tensor tensor in tensors)
        {
            bool fits = tensor.Rank == first.Rank
                && Enumerable.Range(0, first.Rank).All(other => other == resolved || tensor.Shape[other] == first[other]);
            if (!fits)
            {
                throw new ArgumentException($"Concat along axis {resolved}: shapes {first} and {tensor.Shape} differ in another axis.", nameof(tensors));
            }
        }

        return new ConcatTensorOp(resolved).Apply([.. tensors]);
    }

    /// <summary>Rows along an axis, picked by their numbers; the gradients of a row that was picked twice are added.</summary>
    /// <param name="axis">Axis, negative from the end.</param>
    /// <param name="indices">Numbers of rows, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside the axis.</exception>
    public Tensor Gather(int axis, ReadOnlySpan<int> indices)
    {
        int resolved = Shape.ResolveAxis(axis);
        foreach (int index in indices)
        {
            if ((uint)index >= (uint)Shape[resolved])
            {
                throw new ArgumentOutOfRangeException(nameof(indices), $"Index {index} is outside axis {resolved} of {this}.");
            }
        }

        return new GatherTensorOp(resolved, indices.ToArray()).Apply(this);
    }

    /// <summary>A border around the elements.</summary>
    /// <param name="before">Elements to add in front of each axis.</param>
    /// <param name="after">Elements to add behind each axis.</param>
    /// <param name="value">Their value.</param>
    /// <exception cref="ArgumentException">The number of entries is not the number of axes, or one is negative.</exception>
    public Tensor Pad(ReadOnlySpan<int> before, ReadOnlySpan<int> after, double value = 0)
    {
        int[] front = before.ToArray(), back = after.ToArray();
        return front.Length == Rank && back.Length == Rank && !front.Concat(back).Any(size => size < 0)
            ? new PadTensorOp(front, back, value).Apply(this)
            : throw new ArgumentException(
                $"{this} needs {Rank} sizes of at least 0 on both sides, got ({string.Join(", ", front)}) and ({string.Join(", ", back)}).");
    }

    /// <summary>Running sums along an axis: element k becomes the sum of elements 0 .. k.</summary>
    public Tensor CumSum(int axis) => new CumulativeSumTensorOp(Shape.ResolveAxis(axis)).Apply(this);

    /// <summary>e^x / sum e^x along an axis.</summary>
    public Tensor Softmax(int axis = -1) => AlongLastAxis(axis, static x => new SoftmaxTensorOp(logarithm: false).Apply(x));

    /// <summary>ln(e^x / sum e^x) along an axis.</summary>
    public Tensor LogSoftmax(int axis = -1) => AlongLastAxis(axis, static x => new SoftmaxTensorOp(logarithm: true).Apply(x));

    private Tensor AlongLastAxis(int axis, Func<Tensor, Tensor> operation)
    {
        int resolved = Shape.ResolveAxis(axis);
        return resolved == Rank - 1 ? operation(this) : operation(Transpose(resolved, -1)).Transpose(resolved, -1);
    }
}
