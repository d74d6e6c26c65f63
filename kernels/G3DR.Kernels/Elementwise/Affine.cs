using G3DR.Compute.Simd;

namespace G3DR.Kernels.Elementwise;

/// <summary>a x + b.</summary>
public readonly struct Affine : IParametricUnaryOp
{
    /// <inheritdoc/>
    public static OpSpec Spec => new("affine", Saves.None, (-10, 10), 1e-6, 1e-6) { Parameters = (1.7, -0.3), Flops = 2 };

    /// <inheritdoc/>
    public static float Forward(float x, float a, float b) => (a * x) + b;

    /// <inheritdoc/>
    public static float Backward(float x, float y, float g, float a, float b) => a * g;

    /// <inheritdoc/>
    public static double Reference(double x, double a, double b) => (a * x) + b;

    /// <inheritdoc/>
    public static double ReferenceBackward(double x, double y, double g, double a, double b) => a * g;

    /// <inheritdoc/>
    public static V Forward<V>(V x, V a, V b)
        where V : struct, ISimd<V> => V.MultiplyAdd(a, x, b);

    /// <inheritdoc/>
    public static V Backward<V>(V x, V y, V g, V a, V b)
        where V : struct, ISimd<V> => a * g;
}
