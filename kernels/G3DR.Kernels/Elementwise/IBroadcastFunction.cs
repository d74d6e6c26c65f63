using G3DR.Compute.Simd;

namespace G3DR.Kernels.Elementwise;

/// <summary>A function of up to three broadcast operands; <see cref="BroadcastKernels{TFunction}"/> owns its loops.</summary>
public interface IBroadcastFunction
{
    /// <summary>Whether the third operand is read.</summary>
    static abstract bool UsesThird { get; }

    /// <summary>The value in float32.</summary>
    static abstract float Evaluate(float a, float b, float c);

    /// <summary>The value in float64.</summary>
    static abstract double Reference(double a, double b, double c);

    /// <summary>The value on vectors.</summary>
    static abstract V Evaluate<V>(V a, V b, V c)
        where V : struct, ISimd<V>;
}

/// <summary>f(a, b) of a binary operation.</summary>
public readonly struct ForwardOf<TOp> : IBroadcastFunction
    where TOp : struct, IBinaryOp
{
    /// <inheritdoc/>
    public static bool UsesThird => false;

    /// <inheritdoc/>
    public static float Evaluate(float a, float b, float c) => TOp.Forward(a, b);

    /// <inheritdoc/>
    public static double Reference(double a, double b, double c) => TOp.Reference(a, b);

    /// <inheritdoc/>
    public static V Evaluate<V>(V a, V b, V c)
        where V : struct, ISimd<V> => TOp.Forward(a, b);
}

/// <summary>g df/da of a binary operation; the third operand is g.</summary>
public readonly struct BackwardLeftOf<TOp> : IBroadcastFunction
    where TOp : struct, IBinaryOp
{
    /// <inheritdoc/>
    public static bool UsesThird => true;

    /// <inheritdoc/>
    public static float Evaluate(float a, float b, float c) => TOp.BackwardLeft(a, b, c);

    /// <inheritdoc/>
    public static double Reference(double a, double b, double c) => TOp.ReferenceBackwardLeft(a, b, c);

    /// <inheritdoc/>
    public static V Evaluate<V>(V a, V b, V c)
        where V : struct, ISimd<V> => TOp.BackwardLeft(a, b, c);
}

/// <summary>g df/db of a binary operation; the third operand is g.</summary>
public readonly struct BackwardRightOf<TOp> : IBroadcastFunction
    where TOp : struct, IBinaryOp
{
    /// <inheritdoc/>
    public static bool UsesThird => true;

    /// <inheritdoc/>
    public static float Evaluate(float a, float b, float c) => TOp.BackwardRight(a, b, c);

    /// <inheritdoc/>
    public static double Reference(double a, double b, double c) => TOp.ReferenceBackwardRight(a, b, c);

    /// <inheritdoc/>
    public static V Evaluate<V>(V a, V b, V c)
        where V : struct, ISimd<V> => TOp.BackwardRight(a, b, c);
}

/// <summary>b where the mask a is not zero, else c.</summary>
public readonly struct Where : IBroadcastFunction
{
    /// <inheritdoc/>
    public static bool UsesThird => true;

    /// <inheritdoc/>
    public static float Evaluate(float a, float b, float c) => a != 0f ? b : c;

    /// <inheritdoc/>
    public static double Reference(double a, double b, double c) => a != 0 ? b : c;

    /// <inheritdoc/>
    public static V Evaluate<V>(V a, V b, V c)
        where V : struct, ISimd<V> => V.Select(V.GreaterOrEqual(a, V.Zero) & V.GreaterOrEqual(V.Zero, a), c, b);
}

/// <summary>a b + c.</summary>
public readonly struct MultiplyAdd : IBroadcastFunction
{
    /// <inheritdoc/>
    public static bool UsesThird => true;

    /// <inheritdoc/>
    public static float Evaluate(float a, float b, float c) => (a * b) + c;

    /// <inheritdoc/>
    public static double Reference(double a, double b, double c) => (a * b) + c;

    /// <inheritdoc/>
    public static V Evaluate<V>(V a, V b, V c)
        where V : struct, ISimd<V> => V.MultiplyAdd(a, b, c);
}
