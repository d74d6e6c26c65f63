using G3DR.Compute;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.Elementwise;

/// <summary>Logistic function 1 / (1 + e^-x); its derivative is y (1 - y).</summary>
public readonly struct Sigmoid : IUnaryOp
{
    /// <inheritdoc/>
    public static OpSpec Spec => new("sigmoid", Saves.Output, (-20, 20), 1e-6, 1e-6) { Flops = 13 };

    /// <inheritdoc/>
    public static float Forward(float x) => 1f / (1f + XMath.Exp(-x));

    /// <inheritdoc/>
    public static float Backward(float x, float y, float g) => g * y * (1f - y);

    /// <inheritdoc/>
    public static double Reference(double x) => 1 / (1 + XMath.Exp(-x));

    /// <inheritdoc/>
    public static double ReferenceBackward(double x, double y, double g) => g * y * (1 - y);

    /// <inheritdoc/>
    public static V Forward<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Sigmoid(x);

    /// <inheritdoc/>
    public static V Backward<V>(V x, V y, V g)
        where V : struct, ISimd<V> => g * y * (V.Create(1f) - y);
}
