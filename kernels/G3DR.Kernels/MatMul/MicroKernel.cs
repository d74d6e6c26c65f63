using System.Runtime.CompilerServices;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.MatMul;

/// <summary>
/// The innermost block of a matrix product: a few rows times two vectors of C stay in registers while A and B stream by. 512-bit code has 32 registers
/// and takes 14 rows (28 sums, 2 vectors of B, 1 of A); the narrower sets have 16 and take 6. The sums are named one by one because
/// an array of them would live in memory.
/// </summary>
internal static unsafe class MicroKernel
{
    /// <summary>Rows of a block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Rows<V>()
        where V : struct, ISimd<V> => V.Count == 16 ? 14 : 6;

    /// <summary>C (rows, 2 vectors) = or += panel of A times panel of B.</summary>
    /// <typeparam name="V">Vector type.</typeparam>
    /// <param name="steps">Length of the panels along K.</param>
    /// <param name="a">Panel of A: for each step one value per row.</param>
    /// <param name="b">Panel of B: for each step two vectors.</param>
    /// <param name="c">Block of C.</param>
    /// <param name="rowStep">Elements between rows of C.</param>
    /// <param name="accumulate">Whether to add to what C holds.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<V>(int steps, float* a, float* b, float* c, long rowStep, bool accumulate)
        where V : struct, ISimd<V>
    {
        if (V.Count == 16)
        {
            Run14<V>(steps, a, b, c, rowStep, accumulate);
        }
        else
        {
            Run6<V>(steps, a, b, c, rowStep, accumulate);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run6<V>(int steps, float* a, float* b, float* c, long rowStep, bool accumulate)
        where V : struct, ISimd<V>
    {
        V c00 = V.Zero, c01 = V.Zero;
        V c10 = V.Zero, c11 = V.Zero;
        V c20 = V.Zero, c21 = V.Zero;
        V c30 = V.Zero, c31 = V.Zero;
        V c40 = V.Zero, c41 = V.Zero;
        V c50 = V.Zero, c51 = V.Zero;
        for (int k = 0; k < steps; k++)
        {
            V b0 = V.Load(b), b1 = V.Load(b + V.Count), value;
            value = V.Create(a[0]);
            c00 = V.MultiplyAdd(value, b0, c00);
            c01 = V.MultiplyAdd(value, b1, c01);
            value = V.Create(a[1]);
            c10 = V.MultiplyAdd(value, b0, c10);
            c11 = V.MultiplyAdd(value, b1, c11);
            value = V.Create(a[2]);
            c20 = V.MultiplyAdd(value, b0, c20);
            c21 = V.MultiplyAdd(value, b1, c21);
            value = V.Create(a[3]);
            c30 = V.MultiplyAdd(value, b0, c30);
            c31 = V.MultiplyAdd(value, b1, c31);
            value = V.Create(a[4]);
            c40 = V.MultiplyAdd(value, b0, c40);
            c41 = V.MultiplyAdd(value, b1, c41);
            value = V.Create(a[5]);
            c50 = V.MultiplyAdd(value, b0, c50);
            c51 = V.MultiplyAdd(value, b1, c51);
            a += 6;
            b += 2 * V.Count;
        }

        Store(c, c00, c01, accumulate);
        Store(c + rowStep, c10, c11, accumulate);
        Store(c + (2 * rowStep), c20, c21, accumulate);
        Store(c + (3 * rowStep), c30, c31, accumulate);
        Store(c + (4 * rowStep), c40, c41, accumulate);
        Store(c + (5 * rowStep), c50, c51, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run14<V>(int steps, float* a, float* b, float* c, long rowStep, bool accumulate)
        where V : struct, ISimd<V>
    {
        V c00 = V.Zero, c01 = V.Zero;
        V c10 = V.Zero, c11 = V.Zero;
        V c20 = V.Zero, c21 = V.Zero;
        V c30 = V.Zero, c31 = V.Zero;
        V c40 = V.Zero, c41 = V.Zero;
        V c50 = V.Zero, c51 = V.Zero;
        V c60 = V.Zero, c61 = V.Zero;
        V c70 = V.Zero, c71 = V.Zero;
        V c80 = V.Zero, c81 = V.Zero;
        V c90 = V.Zero, c91 = V.Zero;
        V c100 = V.Zero, c101 = V.Zero;
        V c110 = V.Zero, c111 = V.Zero;
        V c120 = V.Zero, c121 = V.Zero;
        V c130 = V.Zero, c131 = V.Zero;
        for (int k = 0; k < steps; k++)
        {
            V b0 = V.Load(b), b1 = V.Load(b + V.Count), value;
            value = V.Create(a[0]);
            c00 = V.MultiplyAdd(value, b0, c00);
            c01 = V.MultiplyAdd(value, b1, c01);
            value = V.Create(a[1]);
            c10 = V.MultiplyAdd(value, b0, c10);
            c11 = V.MultiplyAdd(value, b1, c11);
            value = V.Create(a[2]);
            c20 = V.MultiplyAdd(value, b0, c20);
            c21 = V.MultiplyAdd(value, b1, c21);
            value = V.Create(a[3]);
            c30 = V.MultiplyAdd(value, b0, c30);
            c31 = V.MultiplyAdd(value, b1, c31);
            value = V.Create(a[4]);
            c40 = V.MultiplyAdd(value, b0, c40);
            c41 = V.MultiplyAdd(value, b1, c41);
            value = V.Create(a[5]);
            c50 = V.MultiplyAdd(value, b0, c50);
            c51 = V.MultiplyAdd(value, b1, c51);
            value = V.Create(a[6]);
            c60 = V.MultiplyAdd(value, b0, c60);
            c61 = V.MultiplyAdd(value, b1, c61);
            value = V.Create(a[7]);
            c70 = V.MultiplyAdd(value, b0, c70);
            c71 = V.MultiplyAdd(value, b1, c71);
            value = V.Create(a[8]);
            c80 = V.MultiplyAdd(value, b0, c80);
            c81 = V.MultiplyAdd(value, b1, c81);
            value = V.Create(a[9]);
            c90 = V.MultiplyAdd(value, b0, c90);
            c91 = V.MultiplyAdd(value, b1, c91);
            value = V.Create(a[10]);
            c100 = V.MultiplyAdd(value, b0, c100);
            c101 = V.MultiplyAdd(value, b1, c101);
            value = V.Create(a[11]);
            c110 = V.MultiplyAdd(value, b0, c110);
            c111 = V.MultiplyAdd(value, b1, c111);
            value = V.Create(a[12]);
            c120 = V.MultiplyAdd(value, b0, c120);
            c121 = V.MultiplyAdd(value, b1, c121);
            value = V.Create(a[13]);
            c130 = V.MultiplyAdd(value, b0, c130);
            c131 = V.MultiplyAdd(value, b1, c131);
            a += 14;
            b += 2 * V.Count;
        }

        Store(c, c00, c01, accumulate);
        Store(c + rowStep, c10, c11, accumulate);
        Store(c + (2 * rowStep), c20, c21, accumulate);
        Store(c + (3 * rowStep), c30, c31, accumulate);
        Store(c + (4 * rowStep), c40, c41, accumulate);
        Store(c + (5 * rowStep), c50, c51, accumulate);
        Store(c + (6 * rowStep), c60, c61, accumulate);
        Store(c + (7 * rowStep), c70, c71, accumulate);
        Store(c + (8 * rowStep), c80, c81, accumulate);
        Store(c + (9 * rowStep), c90, c91, accumulate);
        Store(c + (10 * rowStep), c100, c101, accumulate);
        Store(c + (11 * rowStep), c110, c111, accumulate);
        Store(c + (12 * rowStep), c120, c121, accumulate);
        Store(c + (13 * rowStep), c130, c131, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<V>(float* c, V left, V right, bool accumulate)
        where V : struct, ISimd<V>
    {
        if (accumulate)
        {
            left += V.Load(c);
            right += V.Load(c + V.Count);
        }

        left.Store(c);
        right.Store(c + V.Count);
    }
}
