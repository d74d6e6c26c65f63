using G3DR.Core.Networks.Operations;
using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <content>Elements in other places: shuffles between pixels and channels, rows of tables.</content>
public static partial class Functional
{
    /// <summary>
    /// Blocks of pixels become channels, as PyTorch's <c>pixel_unshuffle</c>: channel c factor^2 + p factor + q of the result is channel c of pixel (p, q) of
    /// a block.
    /// </summary>
    /// <param name="x">Activations (N, H, W, C).</param>
    /// <param name="factor">Rows and columns of a block; divides H and W.</param>
    /// <returns>Activations (N, H / factor, W / factor, C factor^2).</returns>
    /// <exception cref="ArgumentException">The shape is another one, or the factor is below 1 or does not divide H and W.</exception>
    public static Tensor PixelUnshuffle(Tensor x, int factor)
    {
        PictureGuard.Require(x, "Pixel unshuffle");
        ArgumentOutOfRangeException.ThrowIfLessThan(factor, 1);
        return x.Shape[1] % factor == 0 && x.Shape[2] % factor == 0
            ? new PixelShuffleOp(new(x.Shape[0], x.Shape[1] / factor, x.Shape[2] / factor, x.Shape[3], factor), toDeep: true).Apply(x)
            : throw new ArgumentException($"Pixel unshuffle by {factor} needs a height and a width that {factor} divides, got {x.Shape}.", nameof(x));
    }

    /// <summary>Channels become blocks of pixels, as PyTorch's <c>pixel_shuffle</c>: the inverse of <see cref="PixelUnshuffle"/>.</summary>
    /// <param name="x">Activations (N, H, W, C factor^2).</param>
    /// <param name="factor">Rows and columns of a block.</param>
    /// <returns>Activations (N, H factor, W factor, C).</returns>
    /// <exception cref="ArgumentException">The shape is another one, or the factor is below 1 or its square does not divide the channels.</exception>
    public static Tensor PixelShuffle(Tensor x, int factor)
    {
        PictureGuard.Require(x, "Pixel shuffle");
        ArgumentOutOfRangeException.ThrowIfLessThan(factor, 1);
        int block = checked(factor * factor);
        return x.Shape[3] % block == 0
            ? new PixelShuffleOp(new(x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3] / block, factor), toDeep: false).Apply(x)
            : throw new ArgumentException($"Pixel shuffle by {factor} needs channels that {block} divides, got {x.Shape}.", nameof(x));
    }

    /// <summary>Rows of a table; the gradients of a row that is taken more than once are added in the order of the indices.</summary>
    /// <param name="table">Table (V, C).</param>
    /// <param name="indices">Numbers of rows, 0 to V - 1.</param>
    /// <returns>Rows (n, C).</returns>
    /// <exception cref="ArgumentException">The table is no matrix.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index is not in the table.</exception>
    public static Tensor Embedding(Tensor table, ReadOnlySpan<int> indices)
    {
        if (table.Rank != 2)
        {
            throw new ArgumentException($"Embedding needs a table (V, C), got {table.Shape}.", nameof(table));
        }

        for (int k = 0; k < indices.Length; k++)
        {
            if ((uint)indices[k] >= (uint)table.Shape[0])
            {
                throw new ArgumentOutOfRangeException(
                    nameof(indices), $"Embedding: index {indices[k]} at position {k} is not in a table of {table.Shape[0]} rows.");
            }
        }

        return table.Gather(0, indices);
    }
}
