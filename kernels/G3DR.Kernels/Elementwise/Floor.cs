using G3DR.Compute;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.Elementwise;

/// <summary>Largest whole number not above x. It has no useful derivative, so a gradient asked through it throws.</summary>
public readonly struct Floor : IUnaryOp
{
    /// <inheritdoc/>
    public static OpSpec Spec => new("floor", Saves.None, (-10, 10), 0, 0) { HasGradient = false };

    /// <inheritdoc/>
    public static float Forward(float x) => XMath.Floor(x);

    /// <inheritdoc/>
    public static float Backward(float x, float y, float g) => float.NaN;

    /// <inheritdoc/>
    public static double Reference(double x) => XMath.Floor(x);

    /// <inheritdoc/>
    public static double ReferenceBackward(double x, double y, double g) => double.NaN;

    /// <inheritdoc/>
    public static V Forward<V>(V x)
        where V : struct, ISimd<V> => V.Floor(x);

    /// <inheritdoc/>
    public static V Backward<V>(V x, V y, V g)
        where V : struct, ISimd<V> => V.Create(float.NaN);
}
