using System.Runtime.CompilerServices;

namespace G3DR.Compute.Simd;

/// <content>Error function and powers.</content>
public static partial class SimdMath
{
    // Below it erf(x) = x + x P(x^2), above it erf(x) = 1 - e^-Q(x), which keeps its digits as erf approaches 1.
    private const float ErfSplit = 0.875f;

    /// <summary>
    /// Error function. P interpolates erf(x)/x - 1 and Q interpolates -ln(erfc(x)) at Chebyshev nodes of [0, 0.875^2] and [0.875, 4];
    /// beyond 4 the float32 value is 1.
    /// </summary>
    [MethodImpl(Inline)]
    public static V Erf<V>(V x)
        where V : struct, ISimd<V>
    {
        V a = V.Abs(x);
        V s = x * x;
        V p = V.MultiplyAdd(V.Create(-6.214585155e-4f), s, V.Create(5.034370814e-3f));
        p = V.MultiplyAdd(p, s, V.Create(-2.679294720e-2f));
        p = V.MultiplyAdd(p, s, V.Create(1.128249690e-1f));
        p = V.MultiplyAdd(p, s, V.Create(-3.761255443e-1f));
        p = V.MultiplyAdd(p, s, V.Create(1.283791512e-1f));
        V small = V.MultiplyAdd(p, x, x);

        V t = V.Min(V.Create(4f), a);
        V q = V.MultiplyAdd(V.Create(-1.641114409e-6f), t, V.Create(4.611922850e-5f));
        q = V.MultiplyAdd(q, t, V.Create(-5.971515202e-4f));
        q = V.MultiplyAdd(q, t, V.Create(4.760285839e-3f));
        q = V.MultiplyAdd(q, t, V.Create(-2.642001584e-2f));
        q = V.MultiplyAdd(q, t, V.Create(1.100718454e-1f));
        q = V.MultiplyAdd(q, t, V.Create(6.318424344e-1f));
        q = V.MultiplyAdd(q, t, V.Create(1.130218863f));
        q = V.MultiplyAdd(q, t, V.Create(-3.151541459e-4f));
        V large = V.Create(1f) - Exp(-q);
        large = V.Select(V.GreaterOrEqual(x, V.Zero), large, -large);
        return V.Select(V.Greater(V.Create(ErfSplit), a), small, large);
    }

    /// <summary>
    /// a to the power b, lane by lane with the framework's function: a vector formula in single precision would lose digits in proportion to b ln(a).
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static unsafe V Pow<V>(V a, V b)
        where V : struct, ISimd<V>
    {
        float* lanes = stackalloc float[2 * V.Count];
        a.Store(lanes);
        b.Store(lanes + V.Count);
        for (int i = 0; i < V.Count; i++)
        {
            lanes[i] = MathF.Pow(lanes[i], lanes[V.Count + i]);
        }

        return V.Load(lanes);
    }
}
