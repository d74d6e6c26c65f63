using System.Numerics;
using G3DR.Compute;

namespace G3DR.Kernels.Normalization;

/// <summary>
/// Helpers of sums. Those over long axes are made in two steps: pieces of fixed length, which kernels of this folder add up, and here the pieces' sums, in their order and with the
/// rounding errors carried along (Kahan, "Pracniques: further remarks on reducing truncation errors", 1965).
/// </summary>
public static class PartialSums
{
    private const int ShortestPiece = 64, MostPieces = 512;

    /// <summary>Length of the pieces of an axis; depends on the axis alone.</summary>
    /// <param name="length">Elements of the axis.</param>
    public static int PieceLength(int length) => Math.Max(ShortestPiece, Shards.Count(length, MostPieces));

    /// <summary>result[i] = sum over k of partials[k, offset + i].</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="i">Number of the result.</param>
    /// <param name="partials">Sums of the pieces (pieces, width).</param>
    /// <param name="result">Results.</param>
    /// <param name="pieces">Number of pieces.</param>
    /// <param name="width">Elements between those of neighbouring pieces.</param>
    /// <param name="offset">First element of a piece that is added.</param>
    [Kernel]
    public static void FoldPlain<T>(Index1D i, ArrayView<T> partials, ArrayView<T> result, int pieces, int width, int offset)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T sum = T.Zero, carry = T.Zero;
        for (int k = 0; k < pieces; k++)
        {
            T next = partials[((long)k * width) + offset + i.X] - carry;
            T total = sum + next;
            carry = total - sum - next;
            sum = total;
        }

        result[i] = sum;
    }

    /// <summary>Adds up pieces; an empty result is not wanted and left alone.</summary>
    /// <inheritdoc cref="FoldPlain"/>
    public static void Fold<T>(Accelerator device, ArrayView<T> partials, ArrayView<T> result, int pieces, int width, int offset)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (result.Length > 0)
        {
            device.Launch(FoldPlain, Shards.PlainExtent(result.Length), partials, result, pieces, width, offset);
        }
    }

    /// <summary>Sum of squared deviations from the mean.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="squares">Sum of squared deviations from a number near the mean.</param>
    /// <param name="drift">Sum of the deviations from that number.</param>
    /// <param name="n">How many there are.</param>
    internal static T SquaresAroundMean<T>(T squares, T drift, T n)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T correction = drift * drift / n;

        // Equal elements can leave a negative rest.
        return squares < correction ? T.Zero : squares - correction;
    }
}
