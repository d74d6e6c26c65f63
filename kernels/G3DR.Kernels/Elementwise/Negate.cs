using G3DR.Compute.Simd;

namespace G3DR.Kernels.Elementwise;

/// <summary>-x.</summary>
public readonly struct Negate : IUnaryOp
{
    /// <inheritdoc/>
    public static OpSpec Spec => new("neg", Saves.None, (-10, 10), 0, 0);

    /// <inheritdoc/>
    public static float Forward(float x) => -x;

    /// <inheritdoc/>
    public static float Backward(float x, float y, float g) => -g;

    /// <inheritdoc/>
    public static double Reference(double x) => -x;

    /// <inheritdoc/>
    public static double ReferenceBackward(double x, double y, double g) => -g;

    /// <inheritdoc/>
    public static V Forward<V>(V x)
        where V : struct, ISimd<V> => -x;

    /// <inheritdoc/>
    public static V Backward<V>(V x, V y, V g)
        where V : struct, ISimd<V> => -g;
}
