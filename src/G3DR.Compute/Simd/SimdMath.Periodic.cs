using System.Runtime.CompilerServices;

namespace G3DR.Compute.Simd;

/// <content>Sine and cosine.</content>
public static partial class SimdMath
{
    // Above this the three-part reduction loses digits; such lanes are rare and take the framework's function.
    private const float PeriodicLimit = 1e4f;

    // pi/2 in three parts (Cody and Waite; the split of Cephes' sinf, public domain). The first has 8 bits, so n * HalfPi1 is exact up to 1e4.
    private const float TwoOverPi = 0.636619772f, HalfPi1 = 1.5703125f, HalfPi2 = 4.837512969970703125e-4f, HalfPi3 = 7.54978995489188216e-8f;

    /// <summary>Sine of angles in radians; infinite angles give NaN.</summary>
    [MethodImpl(Inline)]
    public static V Sin<V>(V x)
        where V : struct, ISimd<V> =>
        V.CountTrue(V.Greater(V.Abs(x), V.Create(PeriodicLimit))) == 0 ? Periodic(x, V.Zero) : LargeSin(x);

    /// <summary>Cosine of angles in radians; infinite angles give NaN.</summary>
    [MethodImpl(Inline)]
    public static V Cos<V>(V x)
        where V : struct, ISimd<V> =>
        V.CountTrue(V.Greater(V.Abs(x), V.Create(PeriodicLimit))) == 0 ? Periodic(x, V.Create(1f)) : LargeCos(x);

    // sin(x + shift * pi/2): the quarter turn that x falls into, plus the shift, picks polynomial and sign.
    [MethodImpl(Inline)]
    private static V Periodic<V>(V x, V shift)
        where V : struct, ISimd<V>
    {
        V n = V.Round(x * V.Create(TwoOverPi));
        V r = V.MultiplyAdd(n, V.Create(-HalfPi1), x);
        r = V.MultiplyAdd(n, V.Create(-HalfPi2), r);
        r = V.MultiplyAdd(n, V.Create(-HalfPi3), r);
        V square = r * r;
        V sine = V.MultiplyAdd(V.Create(-1.9515295891e-4f), square, V.Create(8.3321608736e-3f));
        sine = V.MultiplyAdd(sine, square, V.Create(-1.6666654611e-1f));
        sine = V.MultiplyAdd(sine * square, r, r);
        V cosine = V.MultiplyAdd(V.Create(2.443315711809948e-5f), square, V.Create(-1.388731625493765e-3f));
        cosine = V.MultiplyAdd(cosine, square, V.Create(4.166664568298827e-2f));
        cosine = V.MultiplyAdd(cosine * square, square, V.MultiplyAdd(V.Create(-0.5f), square, V.Create(1f)));
        V quarter = n + shift;
        V inTurn = V.MultiplyAdd(V.Create(-4f), V.Floor(quarter * V.Create(0.25f)), quarter);
        V odd = V.MultiplyAdd(V.Create(-2f), V.Floor(inTurn * V.Create(0.5f)), inTurn);
        V value = V.Select(V.Greater(odd, V.Create(0.5f)), cosine, sine);
        return V.Select(V.Greater(inTurn, V.Create(1.5f)), -value, value);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static unsafe V LargeSin<V>(V x)
        where V : struct, ISimd<V>
    {
        float* lanes = stackalloc float[V.Count];
        x.Store(lanes);
        for (int i = 0; i < V.Count; i++)
        {
            lanes[i] = MathF.Sin(lanes[i]);
        }

        return V.Load(lanes);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static unsafe V LargeCos<V>(V x)
        where V : struct, ISimd<V>
    {
        float* lanes = stackalloc float[V.Count];
        x.Store(lanes);
        for (int i = 0; i < V.Count; i++)
        {
            lanes[i] = MathF.Cos(lanes[i]);
        }

        return V.Load(lanes);
    }
}
