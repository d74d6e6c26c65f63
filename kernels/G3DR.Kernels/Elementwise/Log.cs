using G3DR.Compute;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.Elementwise;

/// <summary>Natural logarithm: -infinity at 0, NaN below.</summary>
public readonly struct Log : IUnaryOp
{
    /// <inheritdoc/>
    public static OpSpec Spec => new("log", Saves.Input, (1e-3, 50), 1e-6, 1e-6) { Flops = 16 };

    /// <inheritdoc/>
    public static float Forward(float x) => XMath.Log(x);

    /// <inheritdoc/>
    public static float Backward(float x, float y, float g) => g / x;

    /// <inheritdoc/>
    public static double Reference(double x) => XMath.Log(x);

    /// <inheritdoc/>
    public static double ReferenceBackward(double x, double y, double g) => g / x;

    /// <inheritdoc/>
    public static V Forward<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Log(x);

    /// <inheritdoc/>
    public static V Backward<V>(V x, V y, V g)
        where V : struct, ISimd<V> => g / x;
}
