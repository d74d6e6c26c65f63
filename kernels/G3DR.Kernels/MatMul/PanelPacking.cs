using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.MatMul;

/// <summary>
/// Brings strips of a matrix, or of a convolution's weights, into the order in which <see cref="PanelKernel"/> reads them: a transposition in blocks of
/// 4 x 4, as lines that were apart become neighbours.
/// </summary>
internal static unsafe class PanelPacking
{
    private const int Block = 4;

    // Steps that are packed at a time from columns that are runs in memory.
    private const int Piece = 64;

    // Lines are read in pieces, too short for the processor to foresee the next one; floats of a cache line.
    private const int Ahead = 128, Line = 16;

    /// <summary>Writes element e of line j to <c>target[offsets[e] + j]</c>, and zero for the lines that the panel has beyond the last one.</summary>
    /// <param name="source">Element 0 of line 0; the elements of a line are neighbours.</param>
    /// <param name="lineStep">Elements between lines.</param>
    /// <param name="lines">Number of lines, at most <paramref name="width"/>.</param>
    /// <param name="width">Lines of a panel, a multiple of four.</param>
    /// <param name="elements">Elements of a line.</param>
    /// <param name="offsets">Place of each element.</param>
    /// <param name="target">The panel.</param>
    /// <param name="statistics">Mean and factor that each value is standardised with, or null.</param>
    /// <param name="statisticsStep">Floats between the statistics of neighbouring lines: 0 where all share them.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scatter(
        float* source, long lineStep, int lines, int width, int elements, long* offsets, float* target, float* statistics = null, int statisticsStep = 0)
    {
        int line = 0;
        for (; line + Block <= lines; line += Block)
        {
            float* from = source + (line * lineStep);
            float* of = statistics == null ? null : statistics + ((long)line * statisticsStep);
            ScatterFour(from, lineStep, elements, offsets, target + line, of, statisticsStep);
        }

        for (; line < width; line++)
        {
            bool present = line < lines;
            float* from = source + (line * lineStep);
            (float mean, float factor) = Standardization(present ? statistics : null, line * statisticsStep);
            for (int e = 0; e < elements; e++)
            {
                target[offsets[e] + line] = present ? (from[e] - mean) * factor : 0f;
            }
        }
    }

    /// <summary>Packs columns of a matrix into panels, one after another.</summary>
    /// <typeparam name="V">Vector type.</typeparam>
    /// <param name="from">First element of the first column.</param>
    /// <param name="rowStep">Elements between rows; 1 if columns are runs in memory.</param>
    /// <param name="columnStep">Elements between columns; 1 if rows are.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="steps">Elements of a column.</param>
    /// <param name="packed">Panels of <paramref name="steps"/> times a panel's width.</param>
    public static void Pack<V>(float* from, long rowStep, long columnStep, int columns, int steps, float* packed)
        where V : struct, ISimd<V>
    {
        int width = PanelKernel.Width<V>();
        if (columnStep == 1)
        {
            // A row at a time, as it lies in memory.
            for (int step = 0; step < steps; step++)
            {
                for (int column = 0; column < columns; column += width)
                {
                    CopyStep<V>(from + (step * rowStep) + column, Math.Min(width, columns - column), packed + ((long)column * steps) + ((long)step * width));
                }
            }

            return;
        }

        long* offsets = stackalloc long[Piece];
        for (int i = 0; i < Piece; i++)
        {
            offsets[i] = (long)i * width;
        }

        for (int column = 0; column < columns; column += width)
        {
            for (int step = 0; step < steps; step += Piece)
            {
                float* to = packed + ((long)column * steps) + ((long)step * width);
                Scatter(from + (column * columnStep) + step, columnStep, Math.Min(width, columns - column), width, Math.Min(Piece, steps - step), offsets, to);
            }
        }
    }

    /// <summary>Copies lines that are neighbours already: one step of a panel.</summary>
    /// <typeparam name="V">Vector type.</typeparam>
    /// <param name="source">Line 0.</param>
    /// <param name="lines">Number of lines, at most a panel's.</param>
    /// <param name="target">Step of the panel; lines that are missing become zero.</param>
    /// <param name="statistics">Mean and factor that each value is standardised with, or null.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void CopyStep<V>(float* source, int lines, float* target, float* statistics = null)
        where V : struct, ISimd<V>
    {
        int width = PanelKernel.Width<V>();
        if (lines == width)
        {
            V left = V.Load(source), right = V.Load(source + V.Count);
            if (statistics != null)
            {
                V shared = V.Create(statistics[0]), scale = V.Create(statistics[1]);
                left = (left - shared) * scale;
                right = (right - shared) * scale;
            }

            left.Store(target);
            right.Store(target + V.Count);
            return;
        }

        (float mean, float factor) = Standardization(statistics, 0);
        for (int line = 0; line < width; line++)
        {
            target[line] = line < lines ? (source[line] - mean) * factor : 0f;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (float Mean, float Factor) Standardization(float* statistics, long at) =>
        statistics == null ? (0f, 1f) : (statistics[at], statistics[at + 1]);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ScatterFour(float* from, long lineStep, int elements, long* offsets, float* target, float* statistics, int statisticsStep)
    {
        float* l0 = from;
        float* l1 = l0 + lineStep;
        float* l2 = l1 + lineStep;
        float* l3 = l2 + lineStep;
        (float mean0, float factor0) = Standardization(statistics, 0);
        (float mean1, float factor1) = Standardization(statistics, statisticsStep);
        (float mean2, float factor2) = Standardization(statistics, 2 * statisticsStep);
        (float mean3, float factor3) = Standardization(statistics, 3 * statisticsStep);
        Vector128<float> even = Vector128.Create(-1, 0, -1, 0).AsSingle(), lower = Vector128.Create(-1, -1, 0, 0).AsSingle();
        for (int block = 0; block < elements && elements >= Block; block += Block)
        {
            // The last block may overlap the one before it: what it writes again is the same.
            int e = Math.Min(block, elements - Block);
            if (Sse.IsSupported && block % Line == 0)
            {
                Sse.Prefetch0(l0 + e + Ahead);
                Sse.Prefetch0(l1 + e + Ahead);
                Sse.Prefetch0(l2 + e + Ahead);
                Sse.Prefetch0(l3 + e + Ahead);
            }

            Vector128<float> a = Vector128.Load(l0 + e), b = Vector128.Load(l1 + e), c = Vector128.Load(l2 + e), d = Vector128.Load(l3 + e);
            if (statistics != null)
            {
                a = (a - Vector128.Create(mean0)) * factor0;
                b = (b - Vector128.Create(mean1)) * factor1;
                c = (c - Vector128.Create(mean2)) * factor2;
                d = (d - Vector128.Create(mean3)) * factor3;
            }

            // Pairs first: (a0 b0 a2 b2) and (a1 b1 a3 b3), then pairs of pairs.
            Vector128<float> ab0 = Vector128.ConditionalSelect(even, a, Vector128.Shuffle(b, Vector128.Create(0, 0, 2, 2)));
            Vector128<float> ab1 = Vector128.ConditionalSelect(even, Vector128.Shuffle(a, Vector128.Create(1, 1, 3, 3)), b);
            Vector128<float> cd0 = Vector128.ConditionalSelect(even, c, Vector128.Shuffle(d, Vector128.Create(0, 0, 2, 2)));
            Vector128<float> cd1 = Vector128.ConditionalSelect(even, Vector128.Shuffle(c, Vector128.Create(1, 1, 3, 3)), d);
            Vector128.ConditionalSelect(lower, ab0, Vector128.Shuffle(cd0, Vector128.Create(0, 0, 0, 1))).Store(target + offsets[e]);
            Vector128.ConditionalSelect(lower, ab1, Vector128.Shuffle(cd1, Vector128.Create(0, 0, 0, 1))).Store(target + offsets[e + 1]);
            Vector128.ConditionalSelect(lower, Vector128.Shuffle(ab0, Vector128.Create(2, 3, 2, 3)), cd0).Store(target + offsets[e + 2]);
            Vector128.ConditionalSelect(lower, Vector128.Shuffle(ab1, Vector128.Create(2, 3, 2, 3)), cd1).Store(target + offsets[e + 3]);
        }

        for (int e = 0; e < elements && elements < Block; e++)
        {
            float* to = target + offsets[e];
            to[0] = (l0[e] - mean0) * factor0;
            to[1] = (l1[e] - mean1) * factor1;
            to[2] = (l2[e] - mean2) * factor2;
            to[3] = (l3[e] - mean3) * factor3;
        }
    }
}
