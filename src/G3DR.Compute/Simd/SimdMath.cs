using System.Runtime.CompilerServices;

namespace G3DR.Compute.Simd;

/// <summary>
/// Elementary functions on <see cref="ISimd{V}"/> vectors, from minimax polynomials; the tests measure
/// and state their errors. Written once for all instruction sets.
/// </summary>
public static partial class SimdMath
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    // ln 2 in two parts: the first has few bits, so that n * Ln2High is exact.
    private const float Log2E = 1.44269504f, Ln2High = 0.693359375f, Ln2Low = -2.12194440e-4f;

    /// <summary>e^x; 0 below -104, infinity above 88.73, NaN stays NaN.</summary>
    [MethodImpl(Inline)]
    public static V Exp<V>(V x)
        where V : struct, ISimd<V>
    {
        // The operand order of Min and Max lets NaN through.
        V clamped = V.Min(V.Create(89f), V.Max(V.Create(-104f), x));
        V n = V.Round(clamped * V.Create(Log2E));
        V r = V.MultiplyAdd(n, V.Create(-Ln2High), clamped);
        r = V.MultiplyAdd(n, V.Create(-Ln2Low), r);
        V p = V.MultiplyAdd(V.Create(0.00139485845f), r, V.Create(0.00837513188f));
        p = V.MultiplyAdd(p, r, V.Create(0.0416662182f));
        p = V.MultiplyAdd(p, r, V.Create(0.166664154f));
        p = V.MultiplyAdd(p, r, V.Create(0.5f));
        p = V.MultiplyAdd(p, r, V.Create(1.00000004f));
        p = V.MultiplyAdd(p, r, V.Create(1f));
        return V.ScaleByPowerOfTwo(p, n);
    }

    /// <summary>ln(1 + t) for t in [0, 1].</summary>
    [MethodImpl(Inline)]
    public static V LogOnePlusUnit<V>(V t)
        where V : struct, ISimd<V>
    {
        V p = V.MultiplyAdd(V.Create(-0.00325641959f), t, V.Create(0.0199074111f));
        p = V.MultiplyAdd(p, t, V.Create(-0.0570648109f));
        p = V.MultiplyAdd(p, t, V.Create(0.106143434f));
        p = V.MultiplyAdd(p, t, V.Create(-0.153119221f));
        p = V.MultiplyAdd(p, t, V.Create(0.196781435f));
        p = V.MultiplyAdd(p, t, V.Create(-0.249545656f));
        p = V.MultiplyAdd(p, t, V.Create(0.33330005f));
        p = V.MultiplyAdd(p, t, V.Create(-0.499999041f));
        p = V.MultiplyAdd(p, t, V.Create(0.999999995f));
        return p * t;
    }

    /// <summary>Natural logarithm; 0 gives -infinity, negative numbers NaN.</summary>
    [MethodImpl(Inline)]
    public static V Log<V>(V x)
        where V : struct, ISimd<V>
    {
        // Denormal numbers are scaled by 2^24 into the range that SplitExponent takes apart.
        V denormal = V.Greater(V.Create(1.17549435e-38f), x);
        V m = V.SplitExponent(V.Select(denormal, x * V.Create(16777216f), x), out V e) - V.Create(1f);
        e -= denormal & V.Create(24f);
        // ln(1 + m) = m - m^2/2 + m^3 q(m) on [sqrt(1/2) - 1, sqrt(2) - 1] (coefficients as in Cephes' logf, public domain).
        V q = V.MultiplyAdd(V.Create(7.0376836292e-2f), m, V.Create(-1.1514610310e-1f));
        q = V.MultiplyAdd(q, m, V.Create(1.1676998740e-1f));
        q = V.MultiplyAdd(q, m, V.Create(-1.2420140846e-1f));
        q = V.MultiplyAdd(q, m, V.Create(1.4249322787e-1f));
        q = V.MultiplyAdd(q, m, V.Create(-1.6668057665e-1f));
        q = V.MultiplyAdd(q, m, V.Create(2.0000714765e-1f));
        q = V.MultiplyAdd(q, m, V.Create(-2.4999993993e-1f));
        q = V.MultiplyAdd(q, m, V.Create(3.3333331174e-1f));
        V square = m * m;
        V low = V.MultiplyAdd(e, V.Create(Ln2Low), V.MultiplyAdd(V.Create(-0.5f), square, q * m * square));
        V value = V.MultiplyAdd(e, V.Create(Ln2High), m + low);
        value = V.Select(V.Greater(x, V.Zero), value, V.Create(float.NegativeInfinity));
        value = V.Select(V.GreaterOrEqual(x, V.Create(float.PositiveInfinity)), x, value);
        V nan = V.Create(float.NaN);
        return V.Select(V.GreaterOrEqual(x, V.Zero), value, nan);
    }

    /// <summary>softplus(x) = ln(1 + e^x).</summary>
    [MethodImpl(Inline)]
    public static V Softplus<V>(V x)
        where V : struct, ISimd<V> => V.Max(V.Zero, x) + LogOnePlusUnit(Exp(-V.Abs(x)));

    /// <summary>softplus(x) and its derivative, the logistic function.</summary>
    [MethodImpl(Inline)]
    public static V SoftplusWithSigmoid<V>(V x, out V sigmoid)
        where V : struct, ISimd<V>
    {
        V e = Exp(-V.Abs(x));
        V d = V.Create(1f) / (V.Create(1f) + e);
        sigmoid = V.Select(V.GreaterOrEqual(x, V.Zero), d, e * d);
        return V.Max(V.Zero, x) + LogOnePlusUnit(e);
    }

    /// <summary>Logistic function 1 / (1 + e^-x).</summary>
    [MethodImpl(Inline)]
    public static V Sigmoid<V>(V x)
        where V : struct, ISimd<V> => V.Create(1f) / (V.Create(1f) + Exp(-x));

    /// <summary>Hyperbolic tangent.</summary>
    [MethodImpl(Inline)]
    public static V Tanh<V>(V x)
        where V : struct, ISimd<V>
    {
        V a = V.Abs(x);
        V e = Exp(V.Create(-2f) * a);
        V large = (V.Create(1f) - e) / (V.Create(1f) + e);
        // Odd Taylor polynomial near zero, where the quotient above cancels.
        V s = x * x;
        V p = V.MultiplyAdd(V.Create(-0.0218694885f), s, V.Create(0.0539682540f));
        p = V.MultiplyAdd(p, s, V.Create(-0.133333333f));
        p = V.MultiplyAdd(p, s, V.Create(0.333333333f));
        V small = V.MultiplyAdd(-p * s, a, a);
        V value = V.Select(V.Greater(V.Create(0.25f), a), small, large);
        return V.Select(V.GreaterOrEqual(x, V.Zero), value, -value);
    }
}
