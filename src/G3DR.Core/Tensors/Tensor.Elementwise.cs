using G3DR.Kernels.Elementwise;

namespace G3DR.Core.Tensors;

/// <content>Elementwise functions. Their definitions, edge cases and tolerances stand with the kernel of the same name.</content>
public sealed partial class Tensor
{
    /// <summary>e^x.</summary>
    public Tensor Exp() => Unary<Exp>();

    /// <summary>Natural logarithm.</summary>
    public Tensor Log() => Unary<Log>();

    /// <summary>Square root.</summary>
    public Tensor Sqrt() => Unary<Sqrt>();

    /// <summary>1 / sqrt(x).</summary>
    public Tensor Rsqrt() => Unary<Rsqrt>();

    /// <summary>1 / x.</summary>
    public Tensor Reciprocal() => Unary<Reciprocal>();

    /// <summary>x squared.</summary>
    public Tensor Square() => Unary<Square>();

    /// <summary>Absolute value; the derivative at 0 is 0.</summary>
    public Tensor Abs() => Unary<Abs>();

    /// <summary>-x.</summary>
    public Tensor Negate() => Unary<Negate>();

    /// <summary>ln(1 + e^x).</summary>
    public Tensor Softplus() => Unary<Softplus>();

    /// <summary>1 / (1 + e^-x).</summary>
    public Tensor Sigmoid() => Unary<Sigmoid>();

    /// <summary>x sigmoid(x).</summary>
    public Tensor Silu() => Unary<Silu>();

    /// <summary>GELU with the exact normal distribution function.</summary>
    public Tensor Gelu() => Unary<Gelu>();

    /// <summary>The tanh approximation of GELU.</summary>
    public Tensor GeluTanh() => Unary<GeluTanh>();

    /// <summary>max(x, 0); the derivative at 0 is 0.</summary>
    public Tensor Relu() => Unary<Relu>();

    /// <summary>x above 0, <paramref name="slope"/> x below.</summary>
    public Tensor LeakyRelu(double slope = 0.01) => Parametric<LeakyRelu>(slope);

    /// <summary>Hyperbolic tangent.</summary>
    public Tensor Tanh() => Unary<Tanh>();

    /// <summary>Sine of angles in radians.</summary>
    public Tensor Sin() => Unary<Sin>();

    /// <summary>Cosine of angles in radians.</summary>
    public Tensor Cos() => Unary<Cos>();

    /// <summary>Largest whole number not above x. A gradient asked through it throws.</summary>
    public Tensor Floor() => Unary<Floor>();

    /// <summary>x limited to [<paramref name="min"/>, <paramref name="max"/>]; the gradient passes inside, both ends included.</summary>
    /// <exception cref="ArgumentException"><paramref name="min"/> is above <paramref name="max"/>, or one is NaN.</exception>
    public Tensor Clamp(double min = double.NegativeInfinity, double max = double.PositiveInfinity) => min <= max
        ? Parametric<Clamp>(min, max)
        : throw new ArgumentException($"Clamp needs min <= max, got {min} and {max}.");

    /// <summary>a x + b with constants.</summary>
    public Tensor Affine(double scale, double offset) => Parametric<Affine>(scale, offset);

    /// <summary>x to a constant power, for positive x or whole powers.</summary>
    public Tensor Pow(double exponent) => exponent switch
    {
        2 => Square(),
        0.5 => Sqrt(),
        _ => Parametric<PowerScalar>(exponent),
    };

    /// <summary>x to the power of another tensor, with broadcasting.</summary>
    public Tensor Pow(Tensor exponent) => Binary<Power>(this, exponent);

    /// <summary>The smaller elements, with broadcasting; equal ones get half the gradient each.</summary>
    public Tensor Minimum(Tensor other) => Binary<Minimum>(this, other);

    /// <summary>The larger elements, with broadcasting; equal ones get half the gradient each.</summary>
    public Tensor Maximum(Tensor other) => Binary<Maximum>(this, other);

    /// <summary>Mask of 1 where this &gt; other, else 0; no gradient.</summary>
    public Tensor Greater(Tensor other) => Binary<Greater>(this, other);

    /// <summary>Mask of 1 where this &gt;= other, else 0; no gradient.</summary>
    public Tensor GreaterOrEqual(Tensor other) => Binary<GreaterOrEqual>(this, other);

    /// <summary>Mask of 1 where both are equal, else 0; no gradient.</summary>
    public Tensor EqualTo(Tensor other) => Binary<Equal>(this, other);

    /// <summary>
    /// Elements of <paramref name="whenTrue"/> where the mask is not 0, else of <paramref name="whenFalse"/>, with broadcasting. No gradient flows to the mask, and none
    /// from elements that were not chosen.
    /// </summary>
    public static Tensor Where(Tensor mask, Tensor whenTrue, Tensor whenFalse) => new WhereTensorOp().Apply(mask, whenTrue, whenFalse);

    internal static Tensor Binary<TOp>(Tensor a, Tensor b)
        where TOp : struct, IBinaryOp => new BinaryTensorOp<TOp>().Apply(a, b);

    /// <summary>this += other, for tensors that nothing else has seen.</summary>
    internal void AddInPlace(Tensor other)
    {
        Broadcasting.Run<ForwardOf<Add>>(this, other, other, this);
        MarkChanged();
    }

    private Tensor Unary<TOp>()
        where TOp : struct, IUnaryOp => new UnaryTensorOp<Unparameterized<TOp>>().Apply(this);

    private Tensor Parametric<TOp>(double a, double b = 0)
        where TOp : struct, IParametricUnaryOp => new UnaryTensorOp<TOp>(a, b).Apply(this);
}
