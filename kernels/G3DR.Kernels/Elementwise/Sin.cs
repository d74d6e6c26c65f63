using G3DR.Compute;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.Elementwise;

/// <summary>Sine of an angle in radians.</summary>
public readonly struct Sin : IUnaryOp
{
    /// <inheritdoc/>
    public static OpSpec Spec => new("sin", Saves.Input, (-100, 100), 1e-6, 1e-6) { Flops = 22 };

    /// <inheritdoc/>
    public static float Forward(float x) => XMath.Sin(x);

    /// <inheritdoc/>
    public static float Backward(float x, float y, float g) => g * XMath.Cos(x);

    /// <inheritdoc/>
    public static double Reference(double x) => XMath.Sin(x);

    /// <inheritdoc/>
    public static double ReferenceBackward(double x, double y, double g) => g * XMath.Cos(x);

    /// <inheritdoc/>
    public static V Forward<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Sin(x);

    /// <inheritdoc/>
    public static V Backward<V>(V x, V y, V g)
        where V : struct, ISimd<V> => g * SimdMath.Cos(x);
}
