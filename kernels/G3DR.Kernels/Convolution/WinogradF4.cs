using System.Runtime.CompilerServices;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.Convolution;

/// <summary>
/// The matrices of F(4, 3), from the points 0, +-a, +-b and infinity with a = 11/16, b = 25/16 by the Toom-Cook construction (Barabasz, Anderson, Soodhalter
/// and Gregg, "Error analysis and improving the accuracy of Winograd convolution for deep neural networks", ACM TOMS 2020). The usual a = 1, b = 2 takes as
/// many operations, but rounding errors are 2.5 times larger; these points had the least among all multiples of 1/16 for pairs of opposite
/// points. All numbers of A and B are exact in float32.
/// </summary>
internal static unsafe class WinogradF4
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;
    private const double A1 = 11.0 / 16, A2 = A1 * A1, A3 = A2 * A1, B1 = 25.0 / 16, B2 = B1 * B1, B3 = B2 * B1;

    // Denominators of the interpolation at 0, +-a and +-b.
    private const double AtZero = A2 * B2, AtA = 2 * A2 * (A2 - B2), AtB = 2 * B2 * (B2 - A2);

    /// <summary>B': six inputs.</summary>
    public readonly struct Data : IWinogradTransform
    {
        public static int Inputs => 6;

        public static int Outputs => 6;

        [MethodImpl(Inline)]
        public static void Apply<V>(float* from, long step, float* to, long toStep)
            where V : struct, ISimd<V>
        {
            V d1 = V.Load(from + step), d2 = V.Load(from + (2 * step)), d3 = V.Load(from + (3 * step)), d4 = V.Load(from + (4 * step));
            V minusA2 = V.Create(-(float)A2), minusB2 = V.Create(-(float)B2), sum = V.Create(-(float)(A2 + B2)), product = V.Create((float)(A2 * B2));
            V evenA = V.MultiplyAdd(minusB2, d2, d4), oddA = V.MultiplyAdd(minusB2, d1, d3);
            V evenB = V.MultiplyAdd(minusA2, d2, d4), oddB = V.MultiplyAdd(minusA2, d1, d3);
            V.MultiplyAdd(product, V.Load(from), V.MultiplyAdd(sum, d2, d4)).Store(to);
            V.MultiplyAdd(V.Create((float)A1), oddA, evenA).Store(to + toStep);
            V.MultiplyAdd(V.Create(-(float)A1), oddA, evenA).Store(to + (2 * toStep));
            V.MultiplyAdd(V.Create((float)B1), oddB, evenB).Store(to + (3 * toStep));
            V.MultiplyAdd(V.Create(-(float)B1), oddB, evenB).Store(to + (4 * toStep));
            V.MultiplyAdd(product, d1, V.MultiplyAdd(sum, d3, V.Load(from + (5 * step)))).Store(to + (5 * toStep));
        }
    }

    /// <summary>G: three weights.</summary>
    public readonly struct Weight : IWinogradTransform
    {
        public static int Inputs => 3;

        public static int Outputs => 6;

        [MethodImpl(Inline)]
        public static void Apply<V>(float* from, long step, float* to, long toStep)
            where V : struct, ISimd<V>
        {
            V g0 = V.Load(from), g1 = V.Load(from + step), g2 = V.Load(from + (2 * step));
            V evenA = V.Create((float)(1 / AtA)) * V.MultiplyAdd(V.Create((float)A2), g2, g0), oddA = V.Create((float)(A1 / AtA));
            V evenB = V.Create((float)(1 / AtB)) * V.MultiplyAdd(V.Create((float)B2), g2, g0), oddB = V.Create((float)(B1 / AtB));
            (V.Create((float)(1 / AtZero)) * g0).Store(to);
            V.MultiplyAdd(oddA, g1, evenA).Store(to + toStep);
            V.MultiplyAdd(-oddA, g1, evenA).Store(to + (2 * toStep));
            V.MultiplyAdd(oddB, g1, evenB).Store(to + (3 * toStep));
            V.MultiplyAdd(-oddB, g1, evenB).Store(to + (4 * toStep));
            g2.Store(to + (5 * toStep));
        }
    }

    /// <summary>A': from products to four outputs.</summary>
    public readonly struct Result : IWinogradResult
    {
        public static int Inputs => 6;

        public static int Outputs => 4;

        [MethodImpl(Inline)]
        public static void Apply<V>(float* from, long step, float* to, long toStep)
            where V : struct, ISimd<V> => Apply(from, step, V.Zero, to, toStep);

        [MethodImpl(Inline)]
        public static void Apply<V>(float* from, long step, V offset, float* to, long toStep)
            where V : struct, ISimd<V>
        {
            V m1 = V.Load(from + step), m2 = V.Load(from + (2 * step)), m3 = V.Load(from + (3 * step)), m4 = V.Load(from + (4 * step));
            V evenA = m1 + m2, oddA = m1 - m2, evenB = m3 + m4, oddB = m3 - m4;
            (offset + (V.Load(from) + (evenA + evenB))).Store(to);
            V.MultiplyAdd(V.Create((float)A1), oddA, V.MultiplyAdd(V.Create((float)B1), oddB, offset)).Store(to + toStep);
            V.MultiplyAdd(V.Create((float)A2), evenA, V.MultiplyAdd(V.Create((float)B2), evenB, offset)).Store(to + (2 * toStep));
            V last = offset + V.Load(from + (5 * step));
            V.MultiplyAdd(V.Create((float)A3), oddA, V.MultiplyAdd(V.Create((float)B3), oddB, last)).Store(to + (3 * toStep));
        }
    }

    /// <summary>A: gradient of four outputs.</summary>
    public readonly struct ResultAdjoint : IWinogradTransform
    {
        public static int Inputs => 4;

        public static int Outputs => 6;

        [MethodImpl(Inline)]
        public static void Apply<V>(float* from, long step, float* to, long toStep)
            where V : struct, ISimd<V>
        {
            V y0 = V.Load(from), y1 = V.Load(from + step), y2 = V.Load(from + (2 * step)), y3 = V.Load(from + (3 * step));
            V evenA = V.MultiplyAdd(V.Create((float)A2), y2, y0), oddA = V.MultiplyAdd(V.Create((float)A2), y3, y1);
            V evenB = V.MultiplyAdd(V.Create((float)B2), y2, y0), oddB = V.MultiplyAdd(V.Create((float)B2), y3, y1);
            y0.Store(to);
            V.MultiplyAdd(V.Create((float)A1), oddA, evenA).Store(to + toStep);
            V.MultiplyAdd(V.Create(-(float)A1), oddA, evenA).Store(to + (2 * toStep));
            V.MultiplyAdd(V.Create((float)B1), oddB, evenB).Store(to + (3 * toStep));
            V.MultiplyAdd(V.Create(-(float)B1), oddB, evenB).Store(to + (4 * toStep));
            y3.Store(to + (5 * toStep));
        }
    }

    /// <summary>G': gradient of three weights.</summary>
    public readonly struct WeightAdjoint : IWinogradTransform
    {
        public static int Inputs => 6;

        public static int Outputs => 3;

        [MethodImpl(Inline)]
        public static void Apply<V>(float* from, long step, float* to, long toStep)
            where V : struct, ISimd<V>
        {
            V u1 = V.Load(from + step), u2 = V.Load(from + (2 * step)), u3 = V.Load(from + (3 * step)), u4 = V.Load(from + (4 * step));
            V evenA = u1 + u2, oddA = u1 - u2, evenB = u3 + u4, oddB = u3 - u4;
            V first = V.Create((float)(1 / AtZero)) * V.Load(from);
            V.MultiplyAdd(V.Create((float)(1 / AtA)), evenA, V.MultiplyAdd(V.Create((float)(1 / AtB)), evenB, first)).Store(to);
            V.MultiplyAdd(V.Create((float)(A1 / AtA)), oddA, V.Create((float)(B1 / AtB)) * oddB).Store(to + toStep);
            V last = V.MultiplyAdd(V.Create((float)(B2 / AtB)), evenB, V.Load(from + (5 * step)));
            V.MultiplyAdd(V.Create((float)(A2 / AtA)), evenA, last).Store(to + (2 * toStep));
        }
    }
}
