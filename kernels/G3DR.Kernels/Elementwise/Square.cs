using G3DR.Compute.Simd;

namespace G3DR.Kernels.Elementwise;

/// <summary>x squared.</summary>
public readonly struct Square : IUnaryOp
{
    /// <inheritdoc/>
    public static OpSpec Spec => new("square", Saves.Input, (-10, 10), 1e-6, 1e-6);

    /// <inheritdoc/>
    public static float Forward(float x) => x * x;

    /// <inheritdoc/>
    public static float Backward(float x, float y, float g) => 2f * g * x;

    /// <inheritdoc/>
    public static double Reference(double x) => x * x;

    /// <inheritdoc/>
    public static double ReferenceBackward(double x, double y, double g) => 2 * g * x;

    /// <inheritdoc/>
    public static V Forward<V>(V x)
        where V : struct, ISimd<V> => x * x;

    /// <inheritdoc/>
    public static V Backward<V>(V x, V y, V g)
        where V : struct, ISimd<V> => V.Create(2f) * g * x;
}
