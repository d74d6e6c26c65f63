using G3DR.Compute;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.Elementwise;

/// <summary>Absolute value; the derivative at 0 is 0.</summary>
public readonly struct Abs : IUnaryOp
{
    /// <inheritdoc/>
    public static OpSpec Spec => new("abs", Saves.Input, (-10, 10), 1e-7, 1e-7) { Kinks = [0] };

    /// <inheritdoc/>
    public static float Forward(float x) => XMath.Abs(x);

    /// <inheritdoc/>
    public static float Backward(float x, float y, float g) => x > 0f ? g : x < 0f ? -g : 0f * x;

    /// <inheritdoc/>
    public static double Reference(double x) => XMath.Abs(x);

    /// <inheritdoc/>
    public static double ReferenceBackward(double x, double y, double g) => x > 0 ? g : x < 0 ? -g : 0 * x;

    /// <inheritdoc/>
    public static V Forward<V>(V x)
        where V : struct, ISimd<V> => V.Abs(x);

    /// <inheritdoc/>
    public static V Backward<V>(V x, V y, V g)
        where V : struct, ISimd<V> =>
        V.Select(V.Greater(x, V.Zero), g, V.Select(V.Greater(V.Zero, x), -g, V.Zero * x));
}
