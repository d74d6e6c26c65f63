using G3DR.Kernels.Elementwise;

namespace G3DR.Core.Tensors;

/// <content>Elementwise functions. Their definitions, edge cases and tolerances stand with the kernel of the same name.</content>
public sealed partial class Tensor
{
    /// <summary>e^x.</summary>
    public Tensor Exp() => Elementwise<Exp>();

    /// <summary>Natural logarithm.</summary>
    public Tensor Log() => Elementwise<Log>();

    /// <summary>Square root.</summary>
    public Tensor Sqrt() => Elementwise<Sqrt>();

    /// <summary>1 / sqrt(x).</summary>
    public Tensor Rsqrt() => Elementwise<Rsqrt>();

    /// <summary>1 / x.</summary>
    public Tensor Reciprocal() => Elementwise<Reciprocal>();

    /// <summary>x squared.</summary>
    public Tensor Square() => Elementwise<Square>();

    /// <summary>Absolute value; the derivative at 0 is 0.</summary>
    public Tensor Abs() => Elementwise<Abs>();

    /// <summary>-x.</summary>
    public Tensor Negate() => Elementwise<Negate>();

    /// <summary>ln(1 + e^x).</summary>
    public Tensor Softplus() => Elementwise<Softplus>();

    /// <summary>1 / (1 + e^-x).</summary>
    public Tensor Sigmoid() => Elementwise<Sigmoid>();

    /// <summary>x sigmoid(x).</summary>
    public Tensor Silu() => Elementwise<Silu>();

    /// <summary>GELU with the exact normal distribution function.</summary>
    public Tensor Gelu() => Elementwise<Gelu>();

    /// <summary>The tanh approximation of GELU.</summary>
    public Tensor GeluTanh() => Elementwise<GeluTanh>();

    /// <summary>The sigmoid approximation of GELU, x sigmoid(1.702 x).</summary>
    public Tensor QuickGelu() => Elementwise<QuickGelu>();

    /// <summary>max(x, 0); the derivative at 0 is 0.</summary>
    public Tensor Relu() => Elementwise<Relu>();

    /// <summary>x above 0, <paramref name="slope"/> x below.</summary>
    public Tensor LeakyRelu(double slope = 0.01) => Elementwise<LeakyRelu>(slope);

    /// <summary>Hyperbolic tangent.</summary>
    public Tensor Tanh() => Elementwise<Tanh>();

    /// <summary>Sine of angles in radians.</summary>
    public Tensor Sin() => Elementwise<Sin>();

    /// <summary>Cosine of angles in radians.</summary>
    public Tensor Cos() => Elementwise<Cos>();

    /// <summary>Largest whole number not above x. A gradient asked through it throws.</summary>
    public Tensor Floor() => Elementwise<Floor>();

    /// <summary>x limited to [<paramref name="min"/>, <paramref name="max"/>]; the gradient passes inside, both ends included.</summary>
    /// <exception cref="ArgumentException"><paramref name="min"/> is above <paramref name="max"/>, or one is NaN.</exception>
    public Tensor Clamp(double min = double.NegativeInfinity, double max = double.PositiveInfinity) => min <= max
        ? Elementwise<Clamp>(min, max)
        : throw new ArgumentException($"Clamp needs min <= max, got {min} and {max}.");

    /// <summary>a x + b with constants.</summary>
    public Tensor Affine(double scale, double offset) => Elementwise<Affine>(scale, offset);

    /// <summary>x to a constant power, for positive x or whole powers.</summary>
    public Tensor Pow(double exponent) => exponent switch
    {
        2 => Square(),
        0.5 => Sqrt(),
        _ => Elementwise<PowerScalar>(exponent),
    };

    /// <summary>x to the power of another tensor, with broadcasting.</summary>
    public Tensor Pow(Tensor exponent) => Elementwise<Power>(exponent);

    /// <summary>The smaller elements, with broadcasting; equal ones get half the gradient each.</summary>
    public Tensor Minimum(Tensor other) => Elementwise<Minimum>(other);

    /// <summary>The larger elements, with broadcasting; equal ones get half the gradient each.</summary>
    public Tensor Maximum(Tensor other) => Elementwise<Maximum>(other);

    /// <summary>Mask of 1 where this &gt; other, else 0; no gradient.</summary>
    public Tensor Greater(Tensor other) => Elementwise<Greater>(other);

    /// <summary>Mask of 1 where this &gt;= other, else 0; no gradient.</summary>
    public Tensor GreaterOrEqual(Tensor other) => Elementwise<GreaterOrEqual>(other);

    /// <summary>Mask of 1 where both are equal, else 0; no gradient.</summary>
    public Tensor EqualTo(Tensor other) => Elementwise<Equal>(other);

    /// <summary>
    /// Elements of <paramref name="whenTrue"/> where the mask is not 0, else of <paramref name="whenFalse"/>, with broadcasting. No gradient flows to the mask, and none
    /// from elements that were not chosen.
    /// </summary>
    public static Tensor Where(Tensor mask, Tensor whenTrue, Tensor whenFalse) => new WhereTensorOp().Apply(mask, whenTrue, whenFalse);

    /// <summary>Any elementwise operation, also one that this library does not know: see <c>docs/adding-an-op.md</c>.</summary>
    /// <typeparam name="TOp">The operation.</typeparam>
    public Tensor Elementwise<TOp>()
        where TOp : struct, IUnaryOp => new UnaryTensorOp<Unparameterized<TOp>>().Apply(this);

    /// <summary>Any elementwise operation with constants.</summary>
    /// <typeparam name="TOp">The operation.</typeparam>
    /// <param name="a">First constant.</param>
    /// <param name="b">Second constant, where the operation has one.</param>
    public Tensor Elementwise<TOp>(double a, double b = 0)
        where TOp : struct, IParametricUnaryOp => new UnaryTensorOp<TOp>(a, b).Apply(this);

    /// <summary>Any elementwise operation of two tensors, with broadcasting.</summary>
    /// <typeparam name="TOp">The operation.</typeparam>
    /// <param name="other">Second operand.</param>
    public Tensor Elementwise<TOp>(Tensor other)
        where TOp : struct, IBinaryOp => new BinaryTensorOp<TOp>().Apply(this, other);
}
