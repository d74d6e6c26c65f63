using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using G3DR.Compute.Simd;
using G3DR.Kernels.MatMul;

namespace G3DR.Kernels.Attention;

/// <summary>
/// Moves rows of a tensor into panels and back. A transposed panel has one row of the tensor in each lane, so that softmax over channels or keys is done
/// for all lanes at once; for every channel it holds two vectors.
/// </summary>
internal static unsafe class PanelLayout
{
    /// <summary>Rows into the lanes of a transposed panel: element (channel, lane); lanes without a row are zero.</summary>
    /// <typeparam name="V">Vector type.</typeparam>
    /// <param name="source">First row.</param>
    /// <param name="rowStep">Elements between rows; 0 repeats one row.</param>
    /// <param name="rows">Number of rows, at most the width of a panel.</param>
    /// <param name="columns">Channels of a row.</param>
    /// <param name="panel">Panel, overwritten.</param>
    public static void PackLanes<V>(float* source, long rowStep, int rows, int columns, float* panel)
        where V : struct, ISimd<V>
    {
        int width = PanelKernel.Width<V>();
        if (rows < width)
        {
            Clear<V>(panel, columns);
        }

        Transpose(source, rowStep, rows, columns, panel, width);
    }

    /// <summary>The lanes of a transposed panel back to rows.</summary>
    /// <typeparam name="V">Vector type.</typeparam>
    /// <param name="panel">Panel (columns, lanes).</param>
    /// <param name="columns">Channels of a row.</param>
    /// <param name="rows">Lanes to write.</param>
    /// <param name="target">First row.</param>
    /// <param name="rowStep">Elements between rows.</param>
    public static void UnpackLanes<V>(float* panel, int columns, int rows, float* target, long rowStep)
        where V : struct, ISimd<V> => Transpose(panel, PanelKernel.Width<V>(), columns, rows, target, rowStep);

    /// <summary>Sets a panel to zero.</summary>
    /// <typeparam name="V">Vector type.</typeparam>
    /// <param name="panel">Panel.</param>
    /// <param name="steps">Pairs of vectors.</param>
    public static void Clear<V>(float* panel, int steps)
        where V : struct, ISimd<V> => new Span<float>(panel, steps * PanelKernel.Width<V>()).Clear();

    /// <summary>Copies rows to a dense matrix, or to the left of one with a wider step.</summary>
    /// <param name="source">First row.</param>
    /// <param name="rowStep">Elements between rows.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Elements of a row.</param>
    /// <param name="target">Result.</param>
    /// <param name="targetStep">Elements between rows of the result.</param>
    public static void CopyRows(float* source, long rowStep, int rows, int columns, float* target, long targetStep)
    {
        for (int row = 0; row < rows; row++)
        {
            new ReadOnlySpan<float>(source + (row * rowStep), columns).CopyTo(new(target + (row * targetStep), columns));
        }
    }

    /// <summary>Multiplies a pair of vectors for every step by a pair of factors.</summary>
    /// <typeparam name="V">Vector type.</typeparam>
    /// <param name="panel">Panel, changed.</param>
    /// <param name="steps">Pairs of vectors.</param>
    /// <param name="left">Factors of the first vectors.</param>
    /// <param name="right">Factors of the second vectors.</param>
    public static void Scale<V>(float* panel, int steps, V left, V right)
        where V : struct, ISimd<V>
    {
        for (int step = 0; step < steps; step++)
        {
            (V.Load(panel) * left).Store(panel);
            (V.Load(panel + V.Count) * right).Store(panel + V.Count);
            panel += 2 * V.Count;
        }
    }

    private static void Transpose(float* source, long sourceStep, int rows, int columns, float* target, long targetStep)
    {
        int row = 0;
        for (; Sse.IsSupported && row + 4 <= rows; row += 4)
        {
            float* r0 = source + (row * sourceStep);
            float* r1 = r0 + sourceStep;
            float* r2 = r1 + sourceStep;
            float* r3 = r2 + sourceStep;
            float* to = target + row;
            int column = 0;
            for (; column + 4 <= columns; column += 4)
            {
                TransposeFour(r0 + column, r1 + column, r2 + column, r3 + column, to, targetStep);
                to += 4 * targetStep;
            }

            for (; column < columns; column++)
            {
                to[0] = r0[column];
                to[1] = r1[column];
                to[2] = r2[column];
                to[3] = r3[column];
                to += targetStep;
            }
        }

        for (; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                target[(column * targetStep) + row] = source[(row * sourceStep) + column];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TransposeFour(float* r0, float* r1, float* r2, float* r3, float* target, long step)
    {
        Vector128<float> a = Vector128.Load(r0), b = Vector128.Load(r1), c = Vector128.Load(r2), d = Vector128.Load(r3);
        Vector128<float> ab = Sse.UnpackLow(a, b), cd = Sse.UnpackLow(c, d);
        Sse.MoveLowToHigh(ab, cd).Store(target);
        Sse.MoveHighToLow(cd, ab).Store(target + step);
        ab = Sse.UnpackHigh(a, b);
        cd = Sse.UnpackHigh(c, d);
        Sse.MoveLowToHigh(ab, cd).Store(target + (2 * step));
        Sse.MoveHighToLow(cd, ab).Store(target + (3 * step));
    }
}
