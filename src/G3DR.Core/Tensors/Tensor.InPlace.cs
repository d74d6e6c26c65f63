using G3DR.Kernels.Elementwise;

namespace G3DR.Core.Tensors;

/// <content>Changes in place, for sums of gradients and optimisers. They are not recorded.</content>
public sealed partial class Tensor
{
    /// <summary>Zeros of the shape, type and device of another tensor, owned by the caller whatever scope is open.</summary>
    internal static Tensor UnownedZeros(Tensor like)
    {
        Tensor tensor = Create(like.Accelerator, like.Shape, like.DType, "zeros", owned: false);
        tensor._storage.Clear();
        return tensor;
    }

    /// <summary>this += other.</summary>
    internal void AddInPlace(Tensor other)
    {
        Broadcasting.Run<ForwardOf<Add>>(this, other, other, this);
        MarkChanged();
    }

    /// <summary>this += factor * other.</summary>
    internal void AddScaledInPlace(Tensor other, double factor)
    {
        using Tensor constant = Create(Accelerator, [], DType, "factor", owned: false);
        constant.FillConstant(factor);
        Broadcasting.Run<MultiplyAdd>(other, constant, this, this);
        MarkChanged();
    }

    /// <summary>this *= factor.</summary>
    internal void ScaleInPlace(double factor) => RunInPlace<Affine>(factor, 0);

    /// <summary>Limits every element to [min, max].</summary>
    internal void ClampInPlace(double min, double max) => RunInPlace<Clamp>(min, max);

    private void RunInPlace<TOp>(double a, double b)
        where TOp : struct, IParametricUnaryOp
    {
        if (DType == DType.Float32)
        {
            UnaryKernels<TOp>.Forward(Accelerator, View<float>(), View<float>(), (float)a, (float)b);
        }
        else
        {
            UnaryKernels<TOp>.Forward(Accelerator, View<double>(), View<double>(), a, b);
        }

        MarkChanged();
    }
}
