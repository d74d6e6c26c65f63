using G3DR.Kernels.Elementwise;

namespace G3DR.Core.Tensors;

/// <content>Arithmetic, with NumPy's broadcasting.</content>
public sealed partial class Tensor
{
    /// <summary>Sum.</summary>
    public static Tensor operator +(Tensor a, Tensor b) => a.Elementwise<Add>(b);

    /// <summary>Sum with a constant.</summary>
    public static Tensor operator +(Tensor a, double b) => a.Affine(1, b);

    /// <summary>Sum with a constant.</summary>
    public static Tensor operator +(double a, Tensor b) => b.Affine(1, a);

    /// <summary>Difference.</summary>
    public static Tensor operator -(Tensor a, Tensor b) => a.Elementwise<Subtract>(b);

    /// <summary>Difference with a constant.</summary>
    public static Tensor operator -(Tensor a, double b) => a.Affine(1, -b);

    /// <summary>Difference with a constant.</summary>
    public static Tensor operator -(double a, Tensor b) => b.Affine(-1, a);

    /// <summary>Product.</summary>
    public static Tensor operator *(Tensor a, Tensor b) => a.Elementwise<Multiply>(b);

    /// <summary>Product with a constant.</summary>
    public static Tensor operator *(Tensor a, double b) => a.Affine(b, 0);

    /// <summary>Product with a constant.</summary>
    public static Tensor operator *(double a, Tensor b) => b.Affine(a, 0);

    /// <summary>Quotient.</summary>
    public static Tensor operator /(Tensor a, Tensor b) => a.Elementwise<Divide>(b);

    /// <summary>Quotient with a constant: the product with its reciprocal.</summary>
    public static Tensor operator /(Tensor a, double b) => a.Affine(1 / b, 0);

    /// <summary>Quotient of a constant.</summary>
    public static Tensor operator /(double a, Tensor b) => b.Reciprocal().Affine(a, 0);

    /// <summary>Sign flipped.</summary>
    public static Tensor operator -(Tensor a) => a.Negate();
}
