using G3DR.Compute;
using G3DR.Compute.Simd;
using G3DR.Kernels.Normalization;

namespace G3DR.Kernels.Elementwise;

/// <summary>The sigmoid approximation of GELU, x sigmoid(1.702 x) (Hendrycks and Gimpel, arXiv:1606.08415, section 2), which the released CLIP models use.</summary>
public readonly struct QuickGelu : IActivation
{
    private const double Slope = 1.702;

    /// <inheritdoc/>
    public static OpSpec Spec => new("quick_gelu", Saves.Input, (-10, 10), 1e-6, 2e-6) { Flops = 15 };

    /// <inheritdoc/>
    public static float Forward(float x) => x / (1f + XMath.Exp(-(float)Slope * x));

    /// <inheritdoc/>
    public static float Backward(float x, float y, float g)
    {
        float s = 1f / (1f + XMath.Exp(-(float)Slope * x));
        return g * s * (1f + (x * (float)Slope * (1f - s)));
    }

    /// <inheritdoc/>
    public static double Reference(double x) => x / (1 + XMath.Exp(-Slope * x));

    /// <inheritdoc/>
    public static double ReferenceBackward(double x, double y, double g)
    {
        double s = 1 / (1 + XMath.Exp(-Slope * x));
        return g * s * (1 + (x * Slope * (1 - s)));
    }

    /// <inheritdoc/>
    public static V Forward<V>(V x)
        where V : struct, ISimd<V> => x * SimdMath.Sigmoid(x * V.Create((float)Slope));

    /// <inheritdoc/>
    public static V Backward<V>(V x, V y, V g)
        where V : struct, ISimd<V>
    {
        V steep = x * V.Create((float)Slope), s = SimdMath.Sigmoid(steep);
        return g * s * V.MultiplyAdd(steep, V.Create(1f) - s, V.Create(1f));
    }
}
