using G3DR.Compute;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.Elementwise;

/// <summary>Hyperbolic tangent; its derivative is 1 - y^2.</summary>
public readonly struct Tanh : IUnaryOp
{
    /// <inheritdoc/>
    public static OpSpec Spec => new("tanh", Saves.Output, (-10, 10), 1e-6, 1e-6) { Flops = 22 };

    /// <inheritdoc/>
    public static float Forward(float x) => XMath.Tanh(x);

    /// <inheritdoc/>
    public static float Backward(float x, float y, float g) => g * (1f - (y * y));

    /// <inheritdoc/>
    public static double Reference(double x) => XMath.Tanh(x);

    /// <inheritdoc/>
    public static double ReferenceBackward(double x, double y, double g) => g * (1 - (y * y));

    /// <inheritdoc/>
    public static V Forward<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Tanh(x);

    /// <inheritdoc/>
    public static V Backward<V>(V x, V y, V g)
        where V : struct, ISimd<V> => g * (V.Create(1f) - (y * y));
}
