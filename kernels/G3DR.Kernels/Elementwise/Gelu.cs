using G3DR.Compute;
using G3DR.Compute.Simd;
using G3DR.Kernels.Normalization;

namespace G3DR.Kernels.Elementwise;

/// <summary>GELU x Phi(x) with the exact normal distribution function Phi (Hendrycks and Gimpel, arXiv:1606.08415).</summary>
public readonly struct Gelu : IActivation
{
    // 1 / sqrt(2) and 1 / sqrt(2 pi): Phi(x) = (1 + erf(x / sqrt 2)) / 2 and its density.
    private const double InverseSqrt2 = 0.70710678118654752440, InverseSqrt2Pi = 0.39894228040143267794;

    /// <inheritdoc/>
    public static OpSpec Spec => new("gelu", Saves.Input, (-10, 10), 1e-6, 2e-6) { Flops = 40 };

    /// <inheritdoc/>
    public static float Forward(float x) => 0.5f * x * (1f + XMath.Erf(x * (float)InverseSqrt2));

    /// <inheritdoc/>
    public static float Backward(float x, float y, float g)
    {
        float distribution = 0.5f * (1f + XMath.Erf(x * (float)InverseSqrt2));
        return g * (distribution + (x * (float)InverseSqrt2Pi * XMath.Exp(-0.5f * x * x)));
    }

    /// <inheritdoc/>
    public static double Reference(double x) => 0.5 * x * (1 + XMath.Erf(x * InverseSqrt2));

    /// <inheritdoc/>
    public static double ReferenceBackward(double x, double y, double g)
    {
        double distribution = 0.5 * (1 + XMath.Erf(x * InverseSqrt2));
        return g * (distribution + (x * InverseSqrt2Pi * XMath.Exp(-0.5 * x * x)));
    }

    /// <inheritdoc/>
    public static V Forward<V>(V x)
        where V : struct, ISimd<V> =>
        V.Create(0.5f) * x * (V.Create(1f) + SimdMath.Erf(x * V.Create((float)InverseSqrt2)));

    /// <inheritdoc/>
    public static V Backward<V>(V x, V y, V g)
        where V : struct, ISimd<V>
    {
        V distribution = V.Create(0.5f) * (V.Create(1f) + SimdMath.Erf(x * V.Create((float)InverseSqrt2)));
        V density = V.Create((float)InverseSqrt2Pi) * SimdMath.Exp(V.Create(-0.5f) * x * x);
        return g * V.MultiplyAdd(x, density, distribution);
    }
}
