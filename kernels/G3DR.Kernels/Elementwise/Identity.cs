using G3DR.Compute.Simd;
using G3DR.Kernels.Normalization;

namespace G3DR.Kernels.Elementwise;

/// <summary>x itself, for loops that can apply a function on the way.</summary>
public readonly struct Identity : IActivation
{
    /// <inheritdoc/>
    public static OpSpec Spec => new("identity", Saves.None, (-10, 10), 0, 0);

    /// <inheritdoc/>
    public static float Forward(float x) => x;

    /// <inheritdoc/>
    public static float Backward(float x, float y, float g) => g;

    /// <inheritdoc/>
    public static double Reference(double x) => x;

    /// <inheritdoc/>
    public static double ReferenceBackward(double x, double y, double g) => g;

    /// <inheritdoc/>
    public static V Forward<V>(V x)
        where V : struct, ISimd<V> => x;

    /// <inheritdoc/>
    public static V Backward<V>(V x, V y, V g)
        where V : struct, ISimd<V> => g;
}
