using G3DR.Compute;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.Elementwise;

/// <summary>x limited to [a, b]; the derivative is 1 inside, both ends included, and 0 outside. NaN stays NaN.</summary>
public readonly struct Clamp : IParametricUnaryOp
{
    /// <inheritdoc/>
    public static OpSpec Spec => new("clamp", Saves.Input, (-3, 3), 0, 0) { Kinks = [-1, 0.5], Parameters = (-1, 0.5), Flops = 2 };

    /// <inheritdoc/>
    public static float Forward(float x, float a, float b) => XMath.Min(XMath.Max(x, a), b);

    /// <inheritdoc/>
    public static float Backward(float x, float y, float g, float a, float b) => x >= a && x <= b ? g : 0f;

    /// <inheritdoc/>
    public static double Reference(double x, double a, double b) => XMath.Min(XMath.Max(x, a), b);

    /// <inheritdoc/>
    public static double ReferenceBackward(double x, double y, double g, double a, double b) => x >= a && x <= b ? g : 0;

    /// <inheritdoc/>
    public static V Forward<V>(V x, V a, V b)
        where V : struct, ISimd<V> => V.Min(b, V.Max(a, x));

    /// <inheritdoc/>
    public static V Backward<V>(V x, V y, V g, V a, V b)
        where V : struct, ISimd<V> => V.Select(V.GreaterOrEqual(x, a) & V.GreaterOrEqual(b, x), g, V.Zero);
}
