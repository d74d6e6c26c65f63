using G3DR.Compute.Simd;

namespace G3DR.Kernels.Elementwise;

/// <summary>a - b.</summary>
public readonly struct Subtract : IBinaryOp
{
    /// <inheritdoc/>
    public static OpSpec Spec => new("sub", Saves.None, (-10, 10), 1e-6, 0);

    /// <inheritdoc/>
    public static GradientRule Left => GradientRule.Identity;

    /// <inheritdoc/>
    public static float Forward(float a, float b) => a - b;

    /// <inheritdoc/>
    public static float BackwardLeft(float a, float b, float g) => g;

    /// <inheritdoc/>
    public static float BackwardRight(float a, float b, float g) => -g;

    /// <inheritdoc/>
    public static double Reference(double a, double b) => a - b;

    /// <inheritdoc/>
    public static double ReferenceBackwardLeft(double a, double b, double g) => g;

    /// <inheritdoc/>
    public static double ReferenceBackwardRight(double a, double b, double g) => -g;

    /// <inheritdoc/>
    public static V Forward<V>(V a, V b)
        where V : struct, ISimd<V> => a - b;

    /// <inheritdoc/>
    public static V BackwardLeft<V>(V a, V b, V g)
        where V : struct, ISimd<V> => g;

    /// <inheritdoc/>
    public static V BackwardRight<V>(V a, V b, V g)
        where V : struct, ISimd<V> => -g;
}
