using G3DR.Compute;
using G3DR.Compute.Simd;
using G3DR.Kernels.Normalization;

namespace G3DR.Kernels.Elementwise;

/// <summary>SiLU (swish): x sigmoid(x).</summary>
public readonly struct Silu : IActivation
{
    /// <inheritdoc/>
    public static OpSpec Spec => new("silu", Saves.Input, (-20, 20), 1e-6, 2e-6) { Flops = 14 };

    /// <inheritdoc/>
    public static float Forward(float x) => x / (1f + XMath.Exp(-x));

    /// <inheritdoc/>
    public static float Backward(float x, float y, float g)
    {
        float s = 1f / (1f + XMath.Exp(-x));
        return g * s * (1f + (x * (1f - s)));
    }

    /// <inheritdoc/>
    public static double Reference(double x) => x / (1 + XMath.Exp(-x));

    /// <inheritdoc/>
    public static double ReferenceBackward(double x, double y, double g)
    {
        double s = 1 / (1 + XMath.Exp(-x));
        return g * s * (1 + (x * (1 - s)));
    }

    /// <inheritdoc/>
    public static V Forward<V>(V x)
        where V : struct, ISimd<V> => x * SimdMath.Sigmoid(x);

    /// <inheritdoc/>
    public static V Backward<V>(V x, V y, V g)
        where V : struct, ISimd<V>
    {
        V s = SimdMath.Sigmoid(x);
        return g * s * V.MultiplyAdd(x, V.Create(1f) - s, V.Create(1f));
    }
}
