using G3DR.Compute.Simd;

namespace G3DR.Kernels.Elementwise;

/// <summary>a &gt; b. The mask is 1 where it holds and 0 elsewhere, and carries no gradient.</summary>
public readonly struct Greater : IBinaryOp
{
    /// <inheritdoc/>
    public static OpSpec Spec => new("greater", Saves.None, (-3, 3), 0, 0) { HasGradient = false };

    /// <inheritdoc/>
    public static GradientRule Left => GradientRule.None;

    /// <inheritdoc/>
    public static GradientRule Right => GradientRule.None;

    /// <inheritdoc/>
    public static float Forward(float a, float b) => a > b ? 1f : 0f;

    /// <inheritdoc/>
    public static float BackwardLeft(float a, float b, float g) => float.NaN;

    /// <inheritdoc/>
    public static float BackwardRight(float a, float b, float g) => float.NaN;

    /// <inheritdoc/>
    public static double Reference(double a, double b) => a > b ? 1 : 0;

    /// <inheritdoc/>
    public static double ReferenceBackwardLeft(double a, double b, double g) => double.NaN;

    /// <inheritdoc/>
    public static double ReferenceBackwardRight(double a, double b, double g) => double.NaN;

    /// <inheritdoc/>
    public static V Forward<V>(V a, V b)
        where V : struct, ISimd<V> => V.Select(V.Greater(a, b), V.Create(1f), V.Zero);

    /// <inheritdoc/>
    public static V BackwardLeft<V>(V a, V b, V g)
        where V : struct, ISimd<V> => V.Create(float.NaN);

    /// <inheritdoc/>
    public static V BackwardRight<V>(V a, V b, V g)
        where V : struct, ISimd<V> => V.Create(float.NaN);
}
