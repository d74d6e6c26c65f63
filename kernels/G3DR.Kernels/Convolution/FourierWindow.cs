using System.Runtime.CompilerServices;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.Convolution;

/// <summary>16 x 16 vectors, some rows and columns of which lie in memory; the others are zero.</summary>
/// <param name="pixel">Row 0, column 0.</param>
/// <param name="rowStep">Elements between rows.</param>
/// <param name="columnStep">Elements between columns.</param>
/// <param name="top">First row that lies in memory.</param>
/// <param name="bottom">Row after the last one.</param>
/// <param name="columns">Number of columns that lie in memory, from the first.</param>
internal readonly unsafe struct FourierWindow(float* pixel, long rowStep, long columnStep, int top, int bottom, int columns)
{
    private readonly float* _pixel = pixel;

    /// <summary>Whether a row lies in memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool HasRow(int row) => row >= top && row < bottom;

    /// <summary>Where a row can be read: in place if all of it lies in memory, or else from a copy.</summary>
    /// <typeparam name="V">Vector type.</typeparam>
    /// <param name="row">The row.</param>
    /// <param name="copy">Room for 16 vectors.</param>
    /// <param name="step">Elements between vectors.</param>
    public float* Read<V>(int row, float* copy, out long step)
        where V : struct, ISimd<V>
    {
        float* from = _pixel + (row * rowStep);
        if (columns == FourierTransform.Size)
        {
            step = columnStep;
            return from;
        }

        step = V.Count;
        for (int x = 0; x < FourierTransform.Size; x++)
        {
            (x < columns ? V.Load(from + (x * columnStep)) : V.Zero).Store(copy + (x * V.Count));
        }

        return copy;
    }
}
