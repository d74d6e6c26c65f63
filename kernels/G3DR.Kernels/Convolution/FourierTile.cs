using System.Runtime.CompilerServices;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.Convolution;

/// <summary>
/// Transforms of tiles of 16 x 16 real vectors: rows first, of which nine frequencies u are kept, then their columns. Columns u = 0 and u = 8 are real, so
/// that nine frequencies of these suffice and there are 130 of the tile, column after column.
/// </summary>
internal static unsafe class FourierTile
{
    /// <summary>Frequencies of a tile.</summary>
    public const int Frequencies = ((FourierTransform.HalfSize - 2) * FourierTransform.Size) + (2 * FourierTransform.HalfSize);

    private const int Size = FourierTransform.Size, Columns = FourierTransform.HalfSize, Last = Columns - 1;

    // Vectors of a row's transform, and what the transforms of columns need.
    private const int Row = 2 * Columns, Work = 2 * Size;

    /// <summary>Number of the first frequency of a column.</summary>
    /// <param name="column">Frequency of rows, 0 .. 9.</param>
    public static int FirstFrequency(int column) => column == 0 ? 0 : (Size * (column - 1)) + Columns - (column > Last ? Size - Columns : 0);

    /// <summary>Elements of memory that the transforms need.</summary>
    /// <typeparam name="V">Vector type.</typeparam>
    public static int Memory<V>()
        where V : struct, ISimd<V> => ((Size * Row) + Work + Size) * V.Count;

    /// <summary>Transforms the rows of what lies in a window.</summary>
    /// <typeparam name="V">Vector type.</typeparam>
    /// <param name="window">The window.</param>
    /// <param name="memory">Memory; the transforms stay there.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformRows<V>(in FourierWindow window, float* memory)
        where V : struct, ISimd<V>
    {
        float* copy = memory + (((Size * Row) + Work) * V.Count);
        for (int y = 0; y < Size; y++)
        {
            float* to = memory + (y * Row * V.Count);
            if (!window.HasRow(y))
            {
                new Span<float>(to, Row * V.Count).Clear();
                continue;
            }

            float* from = window.Read<V>(y, copy, out long step);
            FourierTransform.Real<V>(from, step, to, to + V.Count, 2 * V.Count);
        }
    }

    /// <summary>Transforms the columns of transformed rows.</summary>
    /// <typeparam name="V">Vector type.</typeparam>
    /// <param name="memory">Memory with the rows.</param>
    /// <param name="columns">The columns to transform.</param>
    /// <param name="re">Real part of the first of these columns' frequencies.</param>
    /// <param name="im">Imaginary part.</param>
    /// <param name="step">Elements between frequencies.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformColumns<V>(float* memory, FourierColumns columns, float* re, float* im, long step)
        where V : struct, ISimd<V>
    {
        for (int column = columns.First; column < columns.End; column++)
        {
            float* from = memory + (2 * column * V.Count);
            long place = (FirstFrequency(column) - columns.Start) * step;
            if (column is 0 or Last)
            {
                FourierTransform.Real<V>(from, Row * V.Count, re + place, im + place, step);
            }
            else
            {
                float* work = memory + (Size * Row * V.Count);
                FourierTransform.Complex<V>(from, from + V.Count, Row * V.Count, re + place, im + place, step, work);
            }
        }
    }

    /// <summary>Transforms the columns of all frequencies back, times 16.</summary>
    /// <typeparam name="V">Vector type.</typeparam>
    /// <param name="re">Real part of the first frequency.</param>
    /// <param name="im">Imaginary part.</param>
    /// <param name="step">Elements between frequencies.</param>
    /// <param name="memory">Memory; rows that <see cref="InverseRow"/> transforms back stay there.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void InverseColumns<V>(float* re, float* im, long step, float* memory)
        where V : struct, ISimd<V>
    {
        for (int column = 0; column < Columns; column++)
        {
            float* to = memory + (2 * column * V.Count);
            long place = FirstFrequency(column) * step;
            if (column is 0 or Last)
            {
                FourierTransform.RealInverse<V>(re + place, im + place, step, to, Row * V.Count);
            }
            else
            {
                float* work = memory + (Size * Row * V.Count);
                FourierTransform.Complex<V>(im + place, re + place, step, to + V.Count, to, Row * V.Count, work);
            }
        }
    }

    /// <summary>Transforms a row back, times 16.</summary>
    /// <typeparam name="V">Vector type.</typeparam>
    /// <param name="memory">Memory with transformed-back columns.</param>
    /// <param name="row">The row.</param>
    /// <returns>The row's 16 vectors.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float* InverseRow<V>(float* memory, int row)
        where V : struct, ISimd<V>
    {
        float* from = memory + (row * Row * V.Count), to = memory + (((Size * Row) + Work) * V.Count);
        FourierTransform.RealInverse<V>(from, from + V.Count, 2 * V.Count, to, V.Count);
        return to;
    }
}

/// <summary>Columns of a tile's transform that are worked on together, from <paramref name="First"/> to before <paramref name="End"/>.</summary>
/// <param name="First">First column.</param>
/// <param name="End">Column after the last one.</param>
internal readonly record struct FourierColumns(int First, int End)
{
    /// <summary>Their first frequency.</summary>
    public int Start => FourierTile.FirstFrequency(First);

    /// <summary>Number of their frequencies.</summary>
    public int Count => FourierTile.FirstFrequency(End) - Start;
}
