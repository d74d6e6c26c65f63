using G3DR.Compute.Simd;

namespace G3DR.Kernels.Elementwise;

/// <summary>
/// An elementwise operation y = f(x). Each member says the same thing once: plain float32 (every device), float64 (the reference) and vectors
/// (the processor). <see cref="UnaryKernels{TOp}"/> owns all loops.
/// </summary>
public interface IUnaryOp
{
    /// <summary>Name, test range, tolerances and what the backward pass needs.</summary>
    static abstract OpSpec Spec { get; }

    /// <summary>f(x).</summary>
    static abstract float Forward(float x);

    /// <summary>g f'(x).</summary>
    /// <param name="x">Input; undefined unless the specification saves it.</param>
    /// <param name="y">Output; undefined unless the specification saves it.</param>
    /// <param name="g">Gradient of the output.</param>
    static abstract float Backward(float x, float y, float g);

    /// <summary>f(x) in double precision.</summary>
    static abstract double Reference(double x);

    /// <summary>g f'(x) in double precision.</summary>
    static abstract double ReferenceBackward(double x, double y, double g);

    /// <summary>f(x) on vectors.</summary>
    static abstract V Forward<V>(V x)
        where V : struct, ISimd<V>;

    /// <summary>g f'(x) on vectors.</summary>
    static abstract V Backward<V>(V x, V y, V g)
        where V : struct, ISimd<V>;
}

/// <summary>An elementwise operation y = f(x; a, b) with one or two constants; see <see cref="IUnaryOp"/>.</summary>
public interface IParametricUnaryOp
{
    /// <inheritdoc cref="IUnaryOp.Spec"/>
    static abstract OpSpec Spec { get; }

    /// <summary>f(x; a, b).</summary>
    static abstract float Forward(float x, float a, float b);

    /// <summary>g df/dx.</summary>
    static abstract float Backward(float x, float y, float g, float a, float b);

    /// <summary>f(x; a, b) in double precision.</summary>
    static abstract double Reference(double x, double a, double b);

    /// <summary>g df/dx in double precision.</summary>
    static abstract double ReferenceBackward(double x, double y, double g, double a, double b);

    /// <summary>f(x; a, b) on vectors.</summary>
    static abstract V Forward<V>(V x, V a, V b)
        where V : struct, ISimd<V>;

    /// <summary>g df/dx on vectors.</summary>
    static abstract V Backward<V>(V x, V y, V g, V a, V b)
        where V : struct, ISimd<V>;
}

/// <summary>Gives an operation without constants the shape of one with constants, so that one driver serves both.</summary>
/// <typeparam name="TOp">The operation.</typeparam>
public readonly struct Unparameterized<TOp> : IParametricUnaryOp
    where TOp : struct, IUnaryOp
{
    /// <inheritdoc/>
    public static OpSpec Spec => TOp.Spec;

    /// <inheritdoc/>
    public static float Forward(float x, float a, float b) => TOp.Forward(x);

    /// <inheritdoc/>
    public static float Backward(float x, float y, float g, float a, float b) => TOp.Backward(x, y, g);

    /// <inheritdoc/>
    public static double Reference(double x, double a, double b) => TOp.Reference(x);

    /// <inheritdoc/>
    public static double ReferenceBackward(double x, double y, double g, double a, double b) => TOp.ReferenceBackward(x, y, g);

    /// <inheritdoc/>
    public static V Forward<V>(V x, V a, V b)
        where V : struct, ISimd<V> => TOp.Forward(x);

    /// <inheritdoc/>
    public static V Backward<V>(V x, V y, V g, V a, V b)
        where V : struct, ISimd<V> => TOp.Backward(x, y, g);
}
