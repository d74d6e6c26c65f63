using System.Runtime.CompilerServices;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.Convolution;

/// <summary>
/// Discrete Fourier transforms of 16 vectors, X(k) = sum of x(n) w^(nk) with w = exp(-2 pi i / 16), lane by lane: two stages of four transforms of four
/// (Cooley and Tukey, "An algorithm for the machine calculation of complex Fourier series", 1965), for n = 4 m + j and k = r + 4 s
/// the sum over m and, times w^(jr), the sum over j.
/// </summary>
internal static unsafe class FourierTransform
{
    /// <summary>Length of the transforms.</summary>
    public const int Size = 16;

    /// <summary>Frequencies of a real transform that are not conjugates of others.</summary>
    public const int HalfSize = (Size / 2) + 1;

    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    // Cosine and sine of pi / 8, and of pi / 4.
    private const float Cos = 0.92387953251128674f, Sin = 0.38268343236508977f, Root = 0.70710678118654752f;

    /// <summary>Complex to complex. The transform with the opposite sign of i is the same with real and imaginary parts in each other's place on both sides.</summary>
    /// <typeparam name="V">Vector type.</typeparam>
    /// <param name="re">Real part of the first number.</param>
    /// <param name="im">Imaginary part of the first number.</param>
    /// <param name="step">Elements between numbers.</param>
    /// <param name="toRe">Real part of the first result.</param>
    /// <param name="toIm">Imaginary part of the first result.</param>
    /// <param name="toStep">Elements between results.</param>
    /// <param name="work">32 vectors.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Complex<V>(float* re, float* im, long step, float* toRe, float* toIm, long toStep, float* work)
        where V : struct, ISimd<V>
    {
        // In pairs of real and imaginary part.
        int pair = 2 * V.Count;
        Four<V>(re, im, 4 * step, work, work + V.Count, 4 * pair);
        Four<V>(re + step, im + step, 4 * step, work + pair, work + pair + V.Count, 4 * pair);
        Four<V>(re + (2 * step), im + (2 * step), 4 * step, work + (2 * pair), work + (2 * pair) + V.Count, 4 * pair);
        Four<V>(re + (3 * step), im + (3 * step), 4 * step, work + (3 * pair), work + (3 * pair) + V.Count, 4 * pair);
        Turn<V>(work + (5 * pair), Cos, Sin);
        Turn<V>(work + (6 * pair), Root, Root);
        Turn<V>(work + (7 * pair), Sin, Cos);
        Turn<V>(work + (9 * pair), Root, Root);
        Turn<V>(work + (10 * pair), 0, 1);
        Turn<V>(work + (11 * pair), -Root, Root);
        Turn<V>(work + (13 * pair), Sin, Cos);
        Turn<V>(work + (14 * pair), -Root, Root);
        Turn<V>(work + (15 * pair), -Cos, -Sin);
        for (int r = 0; r < 4; r++)
        {
            Four<V>(work + (4 * r * pair), work + (4 * r * pair) + V.Count, pair, toRe + (r * toStep), toIm + (r * toStep), 4 * toStep);
        }
    }

    /// <summary>Real to the first nine complex frequencies; of the others these are the conjugates in reverse.</summary>
    /// <typeparam name="V">Vector type.</typeparam>
    /// <param name="from">First number.</param>
    /// <param name="step">Elements between numbers.</param>
    /// <param name="toRe">Real part of the first result.</param>
    /// <param name="toIm">Imaginary part of the first result.</param>
    /// <param name="toStep">Elements between results.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Real<V>(float* from, long step, float* toRe, float* toIm, long toStep)
        where V : struct, ISimd<V>
    {
        // Sums over m for r = 0 and 2, which are real, and r = 1; that for r = 3 is the conjugate of the latter.
        FourReal(from, step, out V a0, out V b0, out V c0, out V d0);
        FourReal(from + step, step, out V a1, out V b1, out V c1, out V d1);
        FourReal(from + (2 * step), step, out V a2, out V b2, out V c2, out V d2);
        FourReal(from + (3 * step), step, out V a3, out V b3, out V c3, out V d3);

        V even = a0 + a2, odd = a1 + a3;
        StoreComplex(even + odd, V.Zero, toRe, toIm);
        StoreComplex(a0 - a2, a3 - a1, toRe + (4 * toStep), toIm + (4 * toStep));
        StoreComplex(even - odd, V.Zero, toRe + (8 * toStep), toIm + (8 * toStep));

        V difference = V.Create(Root) * (c1 - c3), sum = V.Create(Root) * (c1 + c3);
        StoreComplex(c0 + difference, -(c2 + sum), toRe + (2 * toStep), toIm + (2 * toStep));
        StoreComplex(c0 - difference, c2 - sum, toRe + (6 * toStep), toIm + (6 * toStep));

        Turn(ref b1, ref d1, Cos, Sin);
        Turn(ref b2, ref d2, Root, Root);
        Turn(ref b3, ref d3, Sin, Cos);
        V s0 = b0 + b2, s1 = b0 - b2, s2 = b1 + b3, s3 = b1 - b3, t0 = d0 + d2, t1 = d0 - d2, t2 = d1 + d3, t3 = d1 - d3;
        StoreComplex(s0 + s2, t0 + t2, toRe + toStep, toIm + toStep);
        StoreComplex(s1 + t3, t1 - s3, toRe + (5 * toStep), toIm + (5 * toStep));

        // Frequencies 9 and 13, as conjugates of 7 and 3.
        StoreComplex(s0 - s2, t2 - t0, toRe + (7 * toStep), toIm + (7 * toStep));
        StoreComplex(s1 - t3, -(t1 + s3), toRe + (3 * toStep), toIm + (3 * toStep));
    }

    /// <summary>The inverse of <see cref="Real"/>, times 16. Imaginary parts of the first and last frequency are taken as zero.</summary>
    /// <typeparam name="V">Vector type.</typeparam>
    /// <param name="re">Real part of the first frequency.</param>
    /// <param name="im">Imaginary part of the first frequency.</param>
    /// <param name="step">Elements between frequencies.</param>
    /// <param name="to">First result.</param>
    /// <param name="toStep">Elements between results.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RealInverse<V>(float* re, float* im, long step, float* to, long toStep)
        where V : struct, ISimd<V>
    {
        V two = V.Create(2), root = V.Create(2 * Root);
        V first = V.Load(re), last = V.Load(re + (8 * step)), real = two * V.Load(re + (4 * step)), imaginary = two * V.Load(im + (4 * step));
        V sum = first + last, difference = first - last;
        V a0 = sum + real, a1 = difference - imaginary, a2 = sum - real, a3 = difference + imaginary;

        V p = V.Load(re + (2 * step)), q = V.Load(im + (2 * step)), u = V.Load(re + (6 * step)), v = V.Load(im + (6 * step));
        V c0 = two * (p + u), c1 = root * (p - q - (u + v)), c2 = two * (v - q), c3 = root * (u - v - (p + q));

        // Frequencies 9 and 13 are conjugates of 7 and 3.
        V r1 = V.Load(re + step), i1 = V.Load(im + step), r5 = V.Load(re + (5 * step)), i5 = V.Load(im + (5 * step));
        V r9 = V.Load(re + (7 * step)), i7 = V.Load(im + (7 * step)), r13 = V.Load(re + (3 * step)), i3 = V.Load(im + (3 * step));
        V s0 = r1 + r9, s1 = r1 - r9, s2 = r5 + r13, s3 = r5 - r13, t0 = i1 - i7, t1 = i1 + i7, t2 = i5 - i3, t3 = i5 + i3;
        V b1 = s1 - t3, d1 = t1 + s3, b2 = s0 - s2, d2 = t0 - t2, b3 = s1 + t3, d3 = t1 - s3;
        Turn(ref b1, ref d1, Cos, -Sin);
        Turn(ref b2, ref d2, Root, -Root);
        Turn(ref b3, ref d3, Sin, -Cos);
        StoreFour(a0, s0 + s2, c0, t0 + t2, to, 4 * toStep);
        StoreFour(a1, b1, c1, d1, to + toStep, 4 * toStep);
        StoreFour(a2, b2, c2, d2, to + (2 * toStep), 4 * toStep);
        StoreFour(a3, b3, c3, d3, to + (3 * toStep), 4 * toStep);
    }

    [MethodImpl(Inline)]
    private static void StoreComplex<V>(V re, V im, float* toRe, float* toIm)
        where V : struct, ISimd<V>
    {
        re.Store(toRe);
        im.Store(toIm);
    }

    // The sum over r of four terms: a, b + d i, c, b - d i.
    [MethodImpl(Inline)]
    private static void StoreFour<V>(V a, V b, V c, V d, float* to, long step)
        where V : struct, ISimd<V>
    {
        V even = a + c, odd = a - c, real = V.Create(2) * b, imaginary = V.Create(2) * d;
        (even + real).Store(to);
        (odd - imaginary).Store(to + step);
        (even - real).Store(to + (2 * step));
        (odd + imaginary).Store(to + (3 * step));
    }

    // Of four real numbers: a and c are real, b + d i complex.
    [MethodImpl(Inline)]
    private static void FourReal<V>(float* from, long step, out V a, out V b, out V c, out V d)
        where V : struct, ISimd<V>
    {
        V x0 = V.Load(from), x1 = V.Load(from + (4 * step)), x2 = V.Load(from + (8 * step)), x3 = V.Load(from + (12 * step));
        V even = x0 + x2, odd = x1 + x3;
        a = even + odd;
        b = x0 - x2;
        c = even - odd;
        d = x3 - x1;
    }

    [MethodImpl(Inline)]
    private static void Four<V>(float* re, float* im, long step, float* toRe, float* toIm, long toStep)
        where V : struct, ISimd<V>
    {
        V r0 = V.Load(re), r1 = V.Load(re + step), r2 = V.Load(re + (2 * step)), r3 = V.Load(re + (3 * step));
        V i0 = V.Load(im), i1 = V.Load(im + step), i2 = V.Load(im + (2 * step)), i3 = V.Load(im + (3 * step));
        V s0 = r0 + r2, s1 = r0 - r2, s2 = r1 + r3, s3 = r1 - r3, t0 = i0 + i2, t1 = i0 - i2, t2 = i1 + i3, t3 = i1 - i3;
        (s0 + s2).Store(toRe);
        (t0 + t2).Store(toIm);
        (s1 + t3).Store(toRe + toStep);
        (t1 - s3).Store(toIm + toStep);
        (s0 - s2).Store(toRe + (2 * toStep));
        (t0 - t2).Store(toIm + (2 * toStep));
        (s1 - t3).Store(toRe + (3 * toStep));
        (t1 + s3).Store(toIm + (3 * toStep));
    }

    // Times cos - i sin.
    [MethodImpl(Inline)]
    private static void Turn<V>(ref V re, ref V im, float cos, float sin)
        where V : struct, ISimd<V>
    {
        V c = V.Create(cos), s = V.Create(sin), real = V.MultiplyAdd(im, s, re * c);
        im = (im * c) - (re * s);
        re = real;
    }

    [MethodImpl(Inline)]
    private static void Turn<V>(float* pair, float cos, float sin)
        where V : struct, ISimd<V>
    {
        V re = V.Load(pair), im = V.Load(pair + V.Count);
        Turn(ref re, ref im, cos, sin);
        re.Store(pair);
        im.Store(pair + V.Count);
    }
}
