using G3DR.Compute;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.Elementwise;

/// <summary>1 / sqrt(x).</summary>
public readonly struct Rsqrt : IUnaryOp
{
    /// <inheritdoc/>
    public static OpSpec Spec => new("rsqrt", Saves.Output, (1e-1, 50), 1e-6, 1e-6) { Flops = 2 };

    /// <inheritdoc/>
    public static float Forward(float x) => 1f / XMath.Sqrt(x);

    /// <inheritdoc/>
    public static float Backward(float x, float y, float g) => -0.5f * g * y * y * y;

    /// <inheritdoc/>
    public static double Reference(double x) => 1 / XMath.Sqrt(x);

    /// <inheritdoc/>
    public static double ReferenceBackward(double x, double y, double g) => -0.5 * g * y * y * y;

    /// <inheritdoc/>
    public static V Forward<V>(V x)
        where V : struct, ISimd<V> => V.Create(1f) / V.Sqrt(x);

    /// <inheritdoc/>
    public static V Backward<V>(V x, V y, V g)
        where V : struct, ISimd<V> => V.Create(-0.5f) * g * y * y * y;
}
