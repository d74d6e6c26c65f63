using G3DR.Compute;
using G3DR.Compute.Simd;
using G3DR.Kernels.Normalization;

namespace G3DR.Kernels.Elementwise;

/// <summary>max(x, 0); the derivative at 0 is 0. NaN stays NaN.</summary>
public readonly struct Relu : IActivation
{
    /// <inheritdoc/>
    public static OpSpec Spec => new("relu", Saves.Output, (-10, 10), 0, 0) { Kinks = [0] };

    /// <inheritdoc/>
    public static float Forward(float x) => XMath.Max(x, 0f);

    /// <inheritdoc/>
    public static float Backward(float x, float y, float g) => y > 0f ? g : 0f;

    /// <inheritdoc/>
    public static double Reference(double x) => XMath.Max(x, 0);

    /// <inheritdoc/>
    public static double ReferenceBackward(double x, double y, double g) => y > 0 ? g : 0;

    /// <inheritdoc/>
    public static V Forward<V>(V x)
        where V : struct, ISimd<V> => V.Max(V.Zero, x);

    /// <inheritdoc/>
    public static V Backward<V>(V x, V y, V g)
        where V : struct, ISimd<V> => V.Select(V.Greater(y, V.Zero), g, V.Zero);
}
