using G3DR.Compute;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.Elementwise;

/// <summary>e^x, its own derivative.</summary>
public readonly struct Exp : IUnaryOp
{
    /// <inheritdoc/>
    public static OpSpec Spec => new("exp", Saves.Output, (-20, 20), 1e-6, 1e-6) { Flops = 10 };

    /// <inheritdoc/>
    public static float Forward(float x) => XMath.Exp(x);

    /// <inheritdoc/>
    public static float Backward(float x, float y, float g) => g * y;

    /// <inheritdoc/>
    public static double Reference(double x) => XMath.Exp(x);

    /// <inheritdoc/>
    public static double ReferenceBackward(double x, double y, double g) => g * y;

    /// <inheritdoc/>
    public static V Forward<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Exp(x);

    /// <inheritdoc/>
    public static V Backward<V>(V x, V y, V g)
        where V : struct, ISimd<V> => g * y;
}
