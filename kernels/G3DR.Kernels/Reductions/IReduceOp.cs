using G3DR.Compute;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.Reductions;

/// <summary>An associative operation that folds many elements into one.</summary>
public interface IReduceOp
{
    /// <summary>Name in messages and tables.</summary>
    static abstract string Name { get; }

    /// <summary>The element that changes nothing.</summary>
    static abstract float Identity { get; }

    /// <summary>Folds two elements.</summary>
    static abstract float Combine(float a, float b);

    /// <summary>Folds two elements in double precision.</summary>
    static abstract double Combine(double a, double b);

    /// <summary>Folds lane by lane.</summary>
    static abstract V Combine<V>(V a, V b)
        where V : struct, ISimd<V>;
}

/// <summary>Sum.</summary>
public readonly struct SumReduction : IReduceOp
{
    /// <inheritdoc/>
    public static string Name => "sum";

    /// <inheritdoc/>
    public static float Identity => 0f;

    /// <inheritdoc/>
    public static float Combine(float a, float b) => a + b;

    /// <inheritdoc/>
    public static double Combine(double a, double b) => a + b;

    /// <inheritdoc/>
    public static V Combine<V>(V a, V b)
        where V : struct, ISimd<V> => a + b;
}

/// <summary>Largest element; NaN if there is one.</summary>
public readonly struct MaxReduction : IReduceOp
{
    /// <inheritdoc/>
    public static string Name => "max";

    /// <inheritdoc/>
    public static float Identity => float.NegativeInfinity;

    /// <inheritdoc/>
    public static float Combine(float a, float b) => XMath.Max(a, b);

    /// <inheritdoc/>
    public static double Combine(double a, double b) => XMath.Max(a, b);

    // Vector maximum passes a NaN of the second operand only; the outer selection keeps that of the first.

    /// <inheritdoc/>
    public static V Combine<V>(V a, V b)
        where V : struct, ISimd<V> => V.Select(V.GreaterOrEqual(a, a), V.Max(a, b), a);
}

/// <summary>Smallest element; NaN if there is one.</summary>
public readonly struct MinReduction : IReduceOp
{
    /// <inheritdoc/>
    public static string Name => "min";

    /// <inheritdoc/>
    public static float Identity => float.PositiveInfinity;

    /// <inheritdoc/>
    public static float Combine(float a, float b) => XMath.Min(a, b);

    /// <inheritdoc/>
    public static double Combine(double a, double b) => XMath.Min(a, b);

    /// <inheritdoc/>
    public static V Combine<V>(V a, V b)
        where V : struct, ISimd<V> => V.Select(V.GreaterOrEqual(a, a), V.Min(a, b), a);
}
