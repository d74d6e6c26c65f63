using G3DR.Compute.Simd;

namespace G3DR.Kernels.Elementwise;

/// <summary>How the gradient of a binary operation reaches one operand.</summary>
public enum GradientRule
{
    /// <summary>By the operation's backward function.</summary>
    General,

    /// <summary>The gradient of the output passes unchanged.</summary>
    Identity,

    /// <summary>There is none by definition: the output is a mask.</summary>
    None,
}

/// <summary>An elementwise operation y = f(a, b) with NumPy broadcasting. <see cref="BroadcastKernels{TFunction}"/> owns all loops.</summary>
public interface IBinaryOp
{
    /// <inheritdoc cref="IUnaryOp.Spec"/>
    static abstract OpSpec Spec { get; }

    /// <summary>How the gradient reaches a.</summary>
    static virtual GradientRule Left => GradientRule.General;

    /// <summary>How the gradient reaches b.</summary>
    static virtual GradientRule Right => GradientRule.General;

    /// <summary>f(a, b).</summary>
    static abstract float Forward(float a, float b);

    /// <summary>g df/da.</summary>
    static abstract float BackwardLeft(float a, float b, float g);

    /// <summary>g df/db.</summary>
    static abstract float BackwardRight(float a, float b, float g);

    /// <summary>f(a, b) in double precision.</summary>
    static abstract double Reference(double a, double b);

    /// <summary>g df/da in double precision.</summary>
    static abstract double ReferenceBackwardLeft(double a, double b, double g);

    /// <summary>g df/db in double precision.</summary>
    static abstract double ReferenceBackwardRight(double a, double b, double g);

    /// <summary>f(a, b) on vectors.</summary>
    static abstract V Forward<V>(V a, V b)
        where V : struct, ISimd<V>;

    /// <summary>g df/da on vectors.</summary>
    static abstract V BackwardLeft<V>(V a, V b, V g)
        where V : struct, ISimd<V>;

    /// <summary>g df/db on vectors.</summary>
    static abstract V BackwardRight<V>(V a, V b, V g)
        where V : struct, ISimd<V>;
}
