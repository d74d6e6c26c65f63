using System.Runtime.CompilerServices;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.Convolution;

/// <summary>16 x 16 vectors, some rows and columns of which lie in memory; the others are zero.</summary>
/// <param name="pixel">Row 0, column 0, be it inside or not.</param>
/// <param name="rowStep">Elements between rows.</param>
/// <param name="columnStep">Elements between columns.</param>
/// <param name="inside">Rows and columns that lie in memory.</param>
/// <param name="lanes">Lanes of the vectors that lie in memory: none if negative, all if there are as many or more. The others are zero.</param>
internal readonly unsafe struct FourierWindow(float* pixel, long rowStep, long columnStep, TiledPicture.Place inside, int lanes)
{
    private readonly float* _pixel = pixel;

    /// <summary>Whether there is something in a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool HasRow(int row) => row >= inside.Top && row < inside.Bottom && lanes > 0;

    /// <summary>Where a row can be read: in place if all of it lies in memory, or else from a copy.</summary>
    /// <typeparam name="V">Vector type.</typeparam>
    /// <param name="row">The row.</param>
    /// <param name="copy">Room for 16 vectors.</param>
    /// <param name="step">Elements between vectors.</param>
    public float* Read<V>(int row, float* copy, out long step)
        where V : struct, ISimd<V>
    {
        float* from = _pixel + (row * rowStep);
        if (inside.Left == 0 && inside.Right == FourierTransform.Size && lanes >= V.Count)
        {
            step = columnStep;
            return from;
        }

        step = V.Count;
        new Span<float>(copy, FourierTransform.Size * V.Count).Clear();
        for (int x = inside.Left; x < inside.Right; x++)
        {
            TiledPicture.Copy<V>(from + (x * columnStep), copy + (x * V.Count), Math.Min(lanes, V.Count));
        }

        return copy;
    }
}
