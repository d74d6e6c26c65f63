using G3DR.Compute;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.Elementwise;

/// <summary>softplus(x) = ln(1 + e^x). Computed as max(x, 0) + ln(1 + e^-|x|), which neither overflows nor cancels.</summary>
public readonly struct Softplus : IUnaryOp
{
    /// <inheritdoc/>
    public static OpSpec Spec => new("softplus", Saves.Input, (-30, 30), 1e-6, 1e-6) { Flops = 22 };

    /// <inheritdoc/>
    public static float Forward(float x) => XMath.Max(x, 0f) + LogOnePlus(XMath.Exp(-XMath.Abs(x)));

    /// <inheritdoc/>
    public static float Backward(float x, float y, float g) => g / (1f + XMath.Exp(-x));

    /// <inheritdoc/>
    public static double Reference(double x) => XMath.Max(x, 0) + LogOnePlus(XMath.Exp(-XMath.Abs(x)));

    /// <inheritdoc/>
    public static double ReferenceBackward(double x, double y, double g) => g / (1 + XMath.Exp(-x));

    /// <inheritdoc/>
    public static V Forward<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Softplus(x);

    /// <inheritdoc/>
    public static V Backward<V>(V x, V y, V g)
        where V : struct, ISimd<V> => g * SimdMath.Sigmoid(x);

    // ln(1 + t): what rounding took from 1 + t is put back as a factor (Kahan), so small t keep their digits.
    private static float LogOnePlus(float t)
    {
        float u = 1f + t;
        return u == 1f ? t : XMath.Log(u) * (t / (u - 1f));
    }

    private static double LogOnePlus(double t)
    {
        double u = 1 + t;
        return u == 1 ? t : XMath.Log(u) * (t / (u - 1));
    }
}
