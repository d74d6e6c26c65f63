using G3DR.Kernels.MatMul;

namespace G3DR.Core.Tensors;

/// <summary>Matrix product over the last two axes; the axes before are a batch and broadcast.</summary>
internal sealed class MatMulTensorOp(bool transposeLeft, bool transposeRight) : TensorOp
{
    public override string Name => "matmul";

    public override IReadOnlyList<Tensor> Forward(OpContext context, IReadOnlyList<Tensor> inputs)
    {
        // Each operand is needed for the gradient of the other one.
        context.Save(inputs[0], inputs[1]);
        return [Multiply(inputs[0], inputs[1], transposeLeft, transposeRight)];
    }

    public override IReadOnlyList<Tensor?> Backward(OpContext context, IReadOnlyList<Tensor?> gradients)
    {
        Tensor a = context.Saved[0], b = context.Saved[1], g = gradients[0]!;
        Tensor? left = null, right = null;
        if (context.NeedsGradient(0))
        {
            Tensor full = transposeLeft ? Multiply(b, g, transposeRight, true) : Multiply(g, b, false, !transposeRight);
            left = Reducing.SumTo(full, a.Shape);
        }

        if (context.NeedsGradient(1))
        {
            Tensor full = transposeRight ? Multiply(g, a, true, transposeLeft) : Multiply(a, g, !transposeLeft, false);
            right = Reducing.SumTo(full, b.Shape);
        }

        return [left, right];
    }

    private static Tensor Multiply(Tensor a, Tensor b, bool transposeA, bool transposeB)
    {
        int m = transposeA ? a.Shape[^1] : a.Shape[^2], k = transposeA ? a.Shape[^2] : a.Shape[^1];
        int n = transposeB ? b.Shape[^2] : b.Shape[^1];
        var shape = new MatMulShape(m, n, k, transposeA, transposeB);
        Shape batch = Shape.Broadcast(new(a.Shape.AsSpan()[..^2]), new(b.Shape.AsSpan()[..^2]), "matmul");
        var offsets = new MatMulBatch(Offsets(a, batch), Offsets(b, batch));
        Tensor c = a.Like([.. batch, m, n], "matmul");
        if (a.DType == DType.Float32)
        {
            MatMulKernels.Run(a.Accelerator, shape, offsets, a.View<float>(), b.View<float>(), c.View<float>());
        }
        else
        {
            MatMulKernels.Run(a.Accelerator, shape, offsets, a.View<double>(), b.View<double>(), c.View<double>());
        }

        return c;
    }

    // First element of the operand's matrix for each product of the batch, in row-major order.
    private static long[] Offsets(Tensor x, Shape batch)
    {
        long[] offsets = new long[batch.Length];
        long[] strides = x.Shape.DenseStrides();
        int added = batch.Rank - (x.Rank - 2);
        for (long i = 0; i < offsets.Length; i++)
        {
            long rest = i;
            for (int axis = batch.Rank - 1; axis >= 0; axis--)
            {
                long index = rest % batch[axis];
                rest /= batch[axis];
                int own = axis - added;
                offsets[i] += own < 0 || x.Shape[own] == 1 ? 0 : index * strides[own];
            }
        }

        return offsets;
    }
}
