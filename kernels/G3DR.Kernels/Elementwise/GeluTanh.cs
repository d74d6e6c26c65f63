using G3DR.Compute;
using G3DR.Compute.Simd;
using G3DR.Kernels.Normalization;

namespace G3DR.Kernels.Elementwise;

/// <summary>The tanh approximation of GELU (Hendrycks and Gimpel, arXiv:1606.08415, section 2).</summary>
public readonly struct GeluTanh : IActivation
{
    // tanh(u) = 2 sigmoid(2u) - 1 turns 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) into x sigmoid(Slope (x + Cubic x^3)).
    private const double Slope = 1.59576912160573071176, Cubic = 0.044715;

    /// <inheritdoc/>
    public static OpSpec Spec => new("gelu_tanh", Saves.Input, (-10, 10), 1e-6, 2e-6) { Flops = 18 };

    /// <inheritdoc/>
    public static float Forward(float x) => x / (1f + XMath.Exp(-(float)Slope * (x + ((float)Cubic * x * x * x))));

    /// <inheritdoc/>
    public static float Backward(float x, float y, float g)
    {
        float s = 1f / (1f + XMath.Exp(-(float)Slope * (x + ((float)Cubic * x * x * x))));
        return g * s * (1f + (x * (1f - s) * (float)Slope * (1f + (3f * (float)Cubic * x * x))));
    }

    /// <inheritdoc/>
    public static double Reference(double x) => x / (1 + XMath.Exp(-Slope * (x + (Cubic * x * x * x))));

    /// <inheritdoc/>
    public static double ReferenceBackward(double x, double y, double g)
    {
        double s = 1 / (1 + XMath.Exp(-Slope * (x + (Cubic * x * x * x))));
        return g * s * (1 + (x * (1 - s) * Slope * (1 + (3 * Cubic * x * x))));
    }

    /// <inheritdoc/>
    public static V Forward<V>(V x)
        where V : struct, ISimd<V>
    {
        V inner = x * V.MultiplyAdd(V.Create((float)(Slope * Cubic)), x * x, V.Create((float)Slope));
        return x * SimdMath.Sigmoid(inner);
    }

    /// <inheritdoc/>
    public static V Backward<V>(V x, V y, V g)
        where V : struct, ISimd<V>
    {
        V square = x * x;
        V s = SimdMath.Sigmoid(x * V.MultiplyAdd(V.Create((float)(Slope * Cubic)), square, V.Create((float)Slope)));
        V slope = V.MultiplyAdd(V.Create((float)(3 * Slope * Cubic)), square, V.Create((float)Slope));
        return g * s * V.MultiplyAdd(x * (V.Create(1f) - s), slope, V.Create(1f));
    }
}
