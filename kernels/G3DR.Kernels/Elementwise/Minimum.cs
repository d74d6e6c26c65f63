using G3DR.Compute;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.Elementwise;

/// <summary>The smaller operand; NaN if one is NaN. Equal operands get half the gradient each, as in PyTorch.</summary>
public readonly struct Minimum : IBinaryOp
{
    /// <inheritdoc/>
    public static OpSpec Spec => new("minimum", Saves.Input, (-10, 10), 0, 0);

    /// <inheritdoc/>
    public static float Forward(float a, float b) => XMath.Min(a, b);

    /// <inheritdoc/>
    public static float BackwardLeft(float a, float b, float g) => a < b ? g : a == b ? 0.5f * g : 0f;

    /// <inheritdoc/>
    public static float BackwardRight(float a, float b, float g) => b < a ? g : a == b ? 0.5f * g : 0f;

    /// <inheritdoc/>
    public static double Reference(double a, double b) => XMath.Min(a, b);

    /// <inheritdoc/>
    public static double ReferenceBackwardLeft(double a, double b, double g) => a < b ? g : a == b ? 0.5 * g : 0;

    /// <inheritdoc/>
    public static double ReferenceBackwardRight(double a, double b, double g) => b < a ? g : a == b ? 0.5 * g : 0;

    /// <inheritdoc/>
    public static V Forward<V>(V a, V b)
        where V : struct, ISimd<V> => V.Select(V.GreaterOrEqual(a, a), V.Min(a, b), a);

    /// <inheritdoc/>
    public static V BackwardLeft<V>(V a, V b, V g)
        where V : struct, ISimd<V> =>
        V.Select(V.Greater(b, a), g, V.Select(V.GreaterOrEqual(a, b) & V.GreaterOrEqual(b, a), V.Create(0.5f) * g, V.Zero));

    /// <inheritdoc/>
    public static V BackwardRight<V>(V a, V b, V g)
        where V : struct, ISimd<V> =>
        V.Select(V.Greater(a, b), g, V.Select(V.GreaterOrEqual(a, b) & V.GreaterOrEqual(b, a), V.Create(0.5f) * g, V.Zero));
}
