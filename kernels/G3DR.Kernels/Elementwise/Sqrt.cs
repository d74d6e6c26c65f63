using G3DR.Compute;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.Elementwise;

/// <summary>Square root.</summary>
public readonly struct Sqrt : IUnaryOp
{
    /// <inheritdoc/>
    public static OpSpec Spec => new("sqrt", Saves.Output, (1e-2, 50), 1e-6, 1e-6);

    /// <inheritdoc/>
    public static float Forward(float x) => XMath.Sqrt(x);

    /// <inheritdoc/>
    public static float Backward(float x, float y, float g) => g * (0.5f / y);

    /// <inheritdoc/>
    public static double Reference(double x) => XMath.Sqrt(x);

    /// <inheritdoc/>
    public static double ReferenceBackward(double x, double y, double g) => g * 0.5 / y;

    /// <inheritdoc/>
    public static V Forward<V>(V x)
        where V : struct, ISimd<V> => V.Sqrt(x);

    /// <inheritdoc/>
    public static V Backward<V>(V x, V y, V g)
        where V : struct, ISimd<V> => g * (V.Create(0.5f) / y);
}
