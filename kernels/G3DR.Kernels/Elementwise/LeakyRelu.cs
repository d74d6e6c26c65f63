using G3DR.Compute.Simd;

namespace G3DR.Kernels.Elementwise;

/// <summary>x above 0, a x below; the derivative at 0 is a.</summary>
public readonly struct LeakyRelu : IParametricUnaryOp
{
    /// <inheritdoc/>
    public static OpSpec Spec => new("leaky_relu", Saves.Input, (-10, 10), 1e-6, 1e-6) { Kinks = [0], Parameters = (0.2, 0), Flops = 2 };

    /// <inheritdoc/>
    public static float Forward(float x, float a, float b) => x > 0f ? x : a * x;

    /// <inheritdoc/>
    public static float Backward(float x, float y, float g, float a, float b) => x > 0f ? g : a * g;

    /// <inheritdoc/>
    public static double Reference(double x, double a, double b) => x > 0 ? x : a * x;

    /// <inheritdoc/>
    public static double ReferenceBackward(double x, double y, double g, double a, double b) => x > 0 ? g : a * g;

    /// <inheritdoc/>
    public static V Forward<V>(V x, V a, V b)
        where V : struct, ISimd<V> => V.Select(V.Greater(x, V.Zero), x, a * x);

    /// <inheritdoc/>
    public static V Backward<V>(V x, V y, V g, V a, V b)
        where V : struct, ISimd<V> => V.Select(V.Greater(x, V.Zero), g, a * g);
}
