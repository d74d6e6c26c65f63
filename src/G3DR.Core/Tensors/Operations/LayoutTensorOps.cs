namespace G3DR.Core.Tensors;

/// <summary>Axes in another order.</summary>
internal sealed class PermuteTensorOp(int[] order) : TensorOp
{
    public override string Name => "permute";

    public override IReadOnlyList<Tensor> Forward(OpContext context, IReadOnlyList<Tensor> inputs) => [Permute(inputs[0], order)];

    public override IReadOnlyList<Tensor?> Backward(OpContext context, IReadOnlyList<Tensor?> gradients)
    {
        int[] inverse = new int[order.Length];
        for (int axis = 0; axis < inverse.Length; axis++)
        {
            inverse[order[axis]] = axis;
        }

        return [Permute(gradients[0]!, inverse)];
    }

    private Tensor Permute(Tensor x, int[] by)
    {
        long[] dense = x.Shape.DenseStrides();
        Tensor y = x.Like([.. by.Select(axis => x.Shape[axis])], Name);
        long[] strides = [.. by.Select(axis => dense[axis])];
        Copying.Strided(x, 0, strides, y, 0, y.Shape.DenseStrides(), y.Shape.AsSpan());
        return y;
    }
}

/// <summary>Axes of length 1 repeated.</summary>
internal sealed class BroadcastTensorOp(Shape shape) : TensorOp
{
    public override string Name => "broadcast";

    public override IReadOnlyList<Tensor> Forward(OpContext context, IReadOnlyList<Tensor> inputs) => [Copying.BroadcastTo(inputs[0], shape)];

    public override IReadOnlyList<Tensor?> Backward(OpContext context, IReadOnlyList<Tensor?> gradients) =>
        [Reducing.SumTo(gradients[0]!, context.InputShapes[0])];
}

/// <summary>A regular part: along each axis a start, a length and a step.</summary>
internal sealed class SliceTensorOp(int[] starts, int[] lengths, int[] steps) : TensorOp
{
    public override string Name => "slice";

    public override IReadOnlyList<Tensor> Forward(OpContext context, IReadOnlyList<Tensor> inputs)
    {
        Tensor x = inputs[0];
        Tensor y = x.Like(lengths, Name);
        (long offset, long[] strides) = Pattern(x.Shape);
        Copying.Strided(x, offset, strides, y, 0, y.Shape.DenseStrides(), lengths);
        return [y];
    }

    public override IReadOnlyList<Tensor?> Backward(OpContext context, IReadOnlyList<Tensor?> gradients)
    {
        Tensor g = gradients[0]!;
        Tensor dx = Tensor.Zeros(g.Accelerator, context.InputShapes[0], g.DType);
        (long offset, long[] strides) = Pattern(dx.Shape);
        Copying.Strided(g, 0, g.Shape.DenseStrides(), dx, offset, strides, lengths);
        return [dx];
    }

    private (long Offset, long[] Strides) Pattern(Shape whole)
    {
        long[] strides = whole.DenseStrides();
        long offset = 0;
        for (int axis = 0; axis < strides.Length; axis++)
        {
            offset += starts[axis] * strides[axis];
            strides[axis] *= steps[axis];
        }

        // An empty part may start behind the end; nothing is read then.
        return (lengths.Contains(0) ? 0 : offset, strides);
    }
}

/// <summary>Tensors one after another along an axis.</summary>
internal sealed class ConcatTensorOp(int axis) : TensorOp
{
    public override string Name => "concat";

    public override IReadOnlyList<Tensor> Forward(OpContext context, IReadOnlyList<Tensor> inputs)
    {
        int[] sizes = inputs[0].Shape.ToArray();
        sizes[axis] = inputs.Sum(input => input.Shape[axis]);
        Tensor y = inputs[0].Like(sizes, Name);
        long[] strides = y.Shape.DenseStrides();
        long offset = 0;
        foreach (Tensor input in inputs)
        {
            if (input.Length > 0)
            {
                Copying.Strided(input, 0, input.Shape.DenseStrides(), y, offset, strides, input.Shape.AsSpan());
            }

            offset += input.Shape[axis] * strides[axis];
        }

        return [y];
    }

    public override IReadOnlyList<Tensor?> Backward(OpContext context, IReadOnlyList<Tensor?> gradients)
    {
        Tensor g = gradients[0]!;
        long[] strides = g.Shape.DenseStrides();
        var results = new Tensor?[context.InputShapes.Count];
        long offset = 0;
        for (int i = 0; i < results.Length; i++)
        {
            Shape shape = context.InputShapes[i];
            if (context.NeedsGradient(i))
            {
                Tensor part = g.Like(shape, Name);
                if (shape.Length > 0)
                {
                    Copying.Strided(g, offset, strides, part, 0, shape.DenseStrides(), shape.AsSpan());
                }

                results[i] = part;
            }

            offset += shape[axis] * strides[axis];
        }

        return results;
    }
}

/// <summary>A border of one value around a tensor.</summary>
internal sealed class PadTensorOp(int[] before, int[] after, double value) : TensorOp
{
    public override string Name => "pad";

    public override IReadOnlyList<Tensor> Forward(OpContext context, IReadOnlyList<Tensor> inputs)
    {
        Tensor x = inputs[0];
        int[] sizes = [.. Enumerable.Range(0, x.Rank).Select(axis => checked(before[axis] + x.Shape[axis] + after[axis]))];
        Tensor y = Tensor.Full(x.Accelerator, sizes, value, x.DType);
        Copying.Strided(x, 0, x.Shape.DenseStrides(), y, Offset(y.Shape, x.Shape), y.Shape.DenseStrides(), x.Shape.AsSpan());
        return [y];
    }

    public override IReadOnlyList<Tensor?> Backward(OpContext context, IReadOnlyList<Tensor?> gradients)
    {
        Tensor g = gradients[0]!;
        Tensor dx = g.Like(context.InputShapes[0], Name);
        Copying.Strided(g, Offset(g.Shape, dx.Shape), g.Shape.DenseStrides(), dx, 0, dx.Shape.DenseStrides(), dx.Shape.AsSpan());
        return [dx];
    }

    private long Offset(Shape padded, Shape inside)
    {
        long[] strides = padded.DenseStrides();
        return inside.Length == 0 ? 0 : strides.Select((stride, axis) => stride * before[axis]).Sum();
    }
}
