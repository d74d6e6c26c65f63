using G3DR.Kernels.Layout;
using G3DR.Kernels.Reductions;

namespace G3DR.Core.Tensors;

/// <summary>Rows along an axis, picked by their numbers.</summary>
internal sealed class GatherTensorOp(int axis, int[] indices) : TensorOp
{
    public override string Name => "gather";

    public override IReadOnlyList<Tensor> Forward(OpContext context, IReadOnlyList<Tensor> inputs)
    {
        Tensor x = inputs[0];
        int[] sizes = x.Shape.ToArray();
        sizes[axis] = indices.Length;
        Tensor y = x.Like(sizes, Name);
        int inner = AxisSizes.Inner(x.Shape, axis);
        if (y.Length == 0)
        {
            return [y];
        }

        if (x.DType == DType.Float32)
        {
            GatherKernels.Gather(x.Accelerator, x.View<float>(), y.View<float>(), indices, x.Shape[axis], inner);
        }
        else
        {
            GatherKernels.Gather(x.Accelerator, x.View<double>(), y.View<double>(), indices, x.Shape[axis], inner);
        }

        return [y];
    }

    public override IReadOnlyList<Tensor?> Backward(OpContext context, IReadOnlyList<Tensor?> gradients)
    {
        Tensor g = gradients[0]!;
        Shape shape = context.InputShapes[0];
        Tensor dx = Tensor.Zeros(g.Accelerator, shape, g.DType);
        int inner = AxisSizes.Inner(shape, axis);
        if (g.Length == 0)
        {
            return [dx];
        }

        if (g.DType == DType.Float32)
        {
            GatherKernels.ScatterAdd(g.Accelerator, g.View<float>(), dx.View<float>(), indices, shape[axis], inner);
        }
        else
        {
            GatherKernels.ScatterAdd(g.Accelerator, g.View<double>(), dx.View<double>(), indices, shape[axis], inner);
        }

        return [dx];
    }
}

/// <summary>Running sums along an axis.</summary>
internal sealed class CumulativeSumTensorOp(int axis) : TensorOp
{
    public override string Name => "cumsum";

    public override IReadOnlyList<Tensor> Forward(OpContext context, IReadOnlyList<Tensor> inputs) => [Run(inputs[0], fromEnd: false)];

    // An element counts in its own sum and all later ones.
    public override IReadOnlyList<Tensor?> Backward(OpContext context, IReadOnlyList<Tensor?> gradients) => [Run(gradients[0]!, fromEnd: true)];

    private Tensor Run(Tensor x, bool fromEnd)
    {
        Tensor y = x.Like(x.Shape, Name);
        if (x.Length == 0)
        {
            return y;
        }

        int inner = AxisSizes.Inner(x.Shape, axis);
        if (x.DType == DType.Float32)
        {
            CumulativeSum.Run(x.Accelerator, x.View<float>(), y.View<float>(), x.Shape[axis], inner, fromEnd);
        }
        else
        {
            CumulativeSum.Run(x.Accelerator, x.View<double>(), y.View<double>(), x.Shape[axis], inner, fromEnd);
        }

        return y;
    }
}

/// <summary>Softmax over the last axis, or its logarithm.</summary>
internal sealed class SoftmaxTensorOp(bool logarithm) : TensorOp
{
    public override string Name => logarithm ? "log_softmax" : "softmax";

    public override IReadOnlyList<Tensor> Forward(OpContext context, IReadOnlyList<Tensor> inputs)
    {
        Tensor x = inputs[0];
        Tensor y = x.Like(x.Shape, Name);
        if (x.Length > 0 && x.DType == DType.Float32)
        {
            SoftmaxKernels.Forward(x.Accelerator, x.View<float>(), y.View<float>(), x.Shape[^1], logarithm);
        }
        else if (x.Length > 0)
        {
            SoftmaxKernels.Forward(x.Accelerator, x.View<double>(), y.View<double>(), x.Shape[^1], logarithm);
        }

        context.Save(y);
        return [y];
    }

    public override IReadOnlyList<Tensor?> Backward(OpContext context, IReadOnlyList<Tensor?> gradients)
    {
        Tensor y = context.Saved[0], g = gradients[0]!;
        Tensor dx = g.Like(g.Shape, Name);
        if (g.Length > 0 && g.DType == DType.Float32)
        {
            SoftmaxKernels.Backward(g.Accelerator, y.View<float>(), g.View<float>(), dx.View<float>(), g.Shape[^1], logarithm);
        }
        else if (g.Length > 0)
        {
            SoftmaxKernels.Backward(g.Accelerator, y.View<double>(), g.View<double>(), dx.View<double>(), g.Shape[^1], logarithm);
        }

        return [dx];
    }
}

/// <summary>Sizes around an axis.</summary>
internal static class AxisSizes
{
    /// <summary>Elements between neighbours along an axis of a dense tensor.</summary>
    public static int Inner(Shape shape, int axis)
    {
        int inner = 1;
        foreach (int size in shape.AsSpan()[(axis + 1)..])
        {
            inner = checked(inner * size);
        }

        return inner;
    }
}
