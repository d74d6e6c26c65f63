using G3DR.Compute;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.Elementwise;

/// <summary>x to the constant power a, for positive x or whole a.</summary>
public readonly struct PowerScalar : IParametricUnaryOp
{
    /// <inheritdoc/>
    public static OpSpec Spec => new("pow_scalar", Saves.Input, (0.1, 4), 2e-6, 4e-6) { Parameters = (1.7, 0), Flops = 30 };

    /// <inheritdoc/>
    public static float Forward(float x, float a, float b) => XMath.Pow(x, a);

    /// <inheritdoc/>
    public static float Backward(float x, float y, float g, float a, float b) => g * a * XMath.Pow(x, a - 1f);

    /// <inheritdoc/>
    public static double Reference(double x, double a, double b) => XMath.Pow(x, a);

    /// <inheritdoc/>
    public static double ReferenceBackward(double x, double y, double g, double a, double b) => g * a * XMath.Pow(x, a - 1);

    /// <inheritdoc/>
    public static V Forward<V>(V x, V a, V b)
        where V : struct, ISimd<V> => SimdMath.Pow(x, a);

    /// <inheritdoc/>
    public static V Backward<V>(V x, V y, V g, V a, V b)
        where V : struct, ISimd<V> => g * a * SimdMath.Pow(x, a - V.Create(1f));
}
