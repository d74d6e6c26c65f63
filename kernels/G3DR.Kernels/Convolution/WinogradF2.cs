using System.Runtime.CompilerServices;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.Convolution;

/// <summary>
/// The matrices of F(2, 3), from the points 0, 1, -1 and infinity (Lavin and Gray, "Fast algorithms for convolutional neural networks", CVPR 2016).
/// </summary>
internal static unsafe class WinogradF2
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    /// <summary>B': four inputs.</summary>
    public readonly struct Data : IWinogradTransform
    {
        public static int Inputs => 4;

        public static int Outputs => 4;

        [MethodImpl(Inline)]
        public static void Apply<V>(float* from, long step, float* to, long toStep)
            where V : struct, ISimd<V>
        {
            V d0 = V.Load(from), d1 = V.Load(from + step), d2 = V.Load(from + (2 * step)), d3 = V.Load(from + (3 * step));
            (d0 - d2).Store(to);
            (d1 + d2).Store(to + toStep);
            (d2 - d1).Store(to + (2 * toStep));
            (d1 - d3).Store(to + (3 * toStep));
        }
    }

    /// <summary>G: three weights.</summary>
    public readonly struct Weight : IWinogradTransform
    {
        public static int Inputs => 3;

        public static int Outputs => 4;

        [MethodImpl(Inline)]
        public static void Apply<V>(float* from, long step, float* to, long toStep)
            where V : struct, ISimd<V>
        {
            V g0 = V.Load(from), g1 = V.Load(from + step), g2 = V.Load(from + (2 * step)), half = V.Create(0.5f);
            V even = half * (g0 + g2), odd = half * g1;
            g0.Store(to);
            (even + odd).Store(to + toStep);
            (even - odd).Store(to + (2 * toStep));
            g2.Store(to + (3 * toStep));
        }
    }

    /// <summary>A': from products to two outputs.</summary>
    public readonly struct Result : IWinogradResult
    {
        public static int Inputs => 4;

        public static int Outputs => 2;

        [MethodImpl(Inline)]
        public static void Apply<V>(float* from, long step, float* to, long toStep)
            where V : struct, ISimd<V> => Apply(from, step, V.Zero, to, toStep);

        [MethodImpl(Inline)]
        public static void Apply<V>(float* from, long step, V offset, float* to, long toStep)
            where V : struct, ISimd<V>
        {
            V m1 = V.Load(from + step), m2 = V.Load(from + (2 * step));
            (offset + (V.Load(from) + (m1 + m2))).Store(to);
            (offset + (m1 - m2 - V.Load(from + (3 * step)))).Store(to + toStep);
        }
    }

    /// <summary>A: gradient of two outputs.</summary>
    public readonly struct ResultAdjoint : IWinogradTransform
    {
        public static int Inputs => 2;

        public static int Outputs => 4;

        [MethodImpl(Inline)]
        public static void Apply<V>(float* from, long step, float* to, long toStep)
            where V : struct, ISimd<V>
        {
            V y0 = V.Load(from), y1 = V.Load(from + step);
            y0.Store(to);
            (y0 + y1).Store(to + toStep);
            (y0 - y1).Store(to + (2 * toStep));
            (-y1).Store(to + (3 * toStep));
        }
    }

    /// <summary>G': gradient of three weights.</summary>
    public readonly struct WeightAdjoint : IWinogradTransform
    {
        public static int Inputs => 4;

        public static int Outputs => 3;

        [MethodImpl(Inline)]
        public static void Apply<V>(float* from, long step, float* to, long toStep)
            where V : struct, ISimd<V>
        {
            V u1 = V.Load(from + step), u2 = V.Load(from + (2 * step)), half = V.Create(0.5f);
            V even = half * (u1 + u2);
            (V.Load(from) + even).Store(to);
            (half * (u1 - u2)).Store(to + toStep);
            (V.Load(from + (3 * step)) + even).Store(to + (2 * toStep));
        }
    }
}
