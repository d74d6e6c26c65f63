using G3DR.Compute;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.Elementwise;

/// <summary>a to the power b. The gradient to b is that of a positive base, and 0 where a is 0.</summary>
public readonly struct Power : IBinaryOp
{
    /// <inheritdoc/>
    public static OpSpec Spec => new("pow", Saves.Input, (0.2, 3), 2e-6, 1e-5) { Flops = 30 };

    /// <inheritdoc/>
    public static float Forward(float a, float b) => XMath.Pow(a, b);

    /// <inheritdoc/>
    public static float BackwardLeft(float a, float b, float g) => g * b * XMath.Pow(a, b - 1f);

    /// <inheritdoc/>
    public static float BackwardRight(float a, float b, float g) => a == 0f ? 0f : g * XMath.Pow(a, b) * XMath.Log(a);

    /// <inheritdoc/>
    public static double Reference(double a, double b) => XMath.Pow(a, b);

    /// <inheritdoc/>
    public static double ReferenceBackwardLeft(double a, double b, double g) => g * b * XMath.Pow(a, b - 1);

    /// <inheritdoc/>
    public static double ReferenceBackwardRight(double a, double b, double g) => a == 0 ? 0 : g * XMath.Pow(a, b) * XMath.Log(a);

    /// <inheritdoc/>
    public static V Forward<V>(V a, V b)
        where V : struct, ISimd<V> => SimdMath.Pow(a, b);

    /// <inheritdoc/>
    public static V BackwardLeft<V>(V a, V b, V g)
        where V : struct, ISimd<V> => g * b * SimdMath.Pow(a, b - V.Create(1f));

    /// <inheritdoc/>
    public static V BackwardRight<V>(V a, V b, V g)
        where V : struct, ISimd<V> =>
        V.Select(V.GreaterOrEqual(a, V.Zero) & V.GreaterOrEqual(V.Zero, a), V.Zero, g * SimdMath.Pow(a, b) * SimdMath.Log(a));
}
