using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>How a table of positions that was trained on one grid is used on another.</summary>
internal enum PositionInterpolation
{
    /// <summary>
    /// Bicubic, positions following from the factors (rows + 0.1) / grid and (columns + 0.1) / grid, as in DINOv2 (facebookresearch/dinov2, vision_transformer.py), whose
    /// authors added the tenth so that rounding never loses a row; Depth Anything was trained with it. Nothing happens on the grid itself.
    /// </summary>
    BicubicByScale,

    /// <summary>Bilinear by size, as in DPT.</summary>
    Bilinear,
}

/// <summary>The learnt positions of a vision transformer: one for the class token, then those of a square grid.</summary>
internal static class PositionTable
{
    // See PositionInterpolation.BicubicByScale.
    private const double Surplus = 0.1;

    /// <summary>Rows and columns of a table.</summary>
    /// <param name="positions">Positions of the table, the one of the class token included.</param>
    /// <exception cref="ArgumentException">It is no square.</exception>
    public static int GridOf(int positions)
    {
        int grid = (int)Math.Round(Math.Sqrt(positions - 1));
        return grid > 0 && (grid * grid) + 1 == positions ? grid : throw new ArgumentException($"{positions} positions are no square and one more.", nameof(positions));
    }

    /// <summary>Positions for another grid.</summary>
    /// <param name="table">Positions (1, 1 + grid grid, C).</param>
    /// <param name="rows">Rows of tokens.</param>
    /// <param name="columns">Columns of tokens.</param>
    /// <param name="interpolation">How positions between those of the table are found.</param>
    /// <returns>Positions (1, 1 + rows columns, C).</returns>
    public static Tensor Resize(Tensor table, int rows, int columns, PositionInterpolation interpolation)
    {
        int channels = table.Shape[2], grid = GridOf(table.Shape[1]);
        if (rows == grid && columns == grid)
        {
            return table;
        }

        using var scope = TensorScope.Begin(table.Accelerator);
        Tensor square = table.Slice(1, 1, table.Shape[1] - 1).Reshape(1, grid, grid, channels);
        Tensor resized = interpolation == PositionInterpolation.Bilinear
            ? Functional.Resize2d(square, rows, columns, ResizeMode2d.Bilinear)
            : Functional.Resize2d(square, rows, columns, ResizeMode2d.Bicubic, scale: ((rows + Surplus) / grid, (columns + Surplus) / grid));
        return scope.Keep(Tensor.Concat([table.Slice(1, 0, 1), resized.Reshape(1, rows * columns, channels)], axis: 1));
    }
}
