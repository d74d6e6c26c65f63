using G3DR.Compute.Simd;

namespace G3DR.Kernels.Elementwise;

/// <summary>1 / x.</summary>
public readonly struct Reciprocal : IUnaryOp
{
    /// <inheritdoc/>
    public static OpSpec Spec => new("reciprocal", Saves.Output, (0.2, 50), 1e-6, 1e-6);

    /// <inheritdoc/>
    public static float Forward(float x) => 1f / x;

    /// <inheritdoc/>
    public static float Backward(float x, float y, float g) => -g * y * y;

    /// <inheritdoc/>
    public static double Reference(double x) => 1 / x;

    /// <inheritdoc/>
    public static double ReferenceBackward(double x, double y, double g) => -g * y * y;

    /// <inheritdoc/>
    public static V Forward<V>(V x)
        where V : struct, ISimd<V> => V.Create(1f) / x;

    /// <inheritdoc/>
    public static V Backward<V>(V x, V y, V g)
        where V : struct, ISimd<V> => -g * y * y;
}
