namespace G3DR.Kernels.MatMul;

/// <summary>How a product is cut into tasks, by its sizes alone: each task computes one tile of C and packs the part of B that it reads for itself.</summary>
/// <param name="Rows">Rows of a tile.</param>
/// <param name="Columns">Columns of a tile.</param>
/// <param name="RowTiles">Tiles over the rows of C.</param>
/// <param name="ColumnTiles">Tiles over the columns of C.</param>
/// <param name="Tasks">Tiles of all products.</param>
internal readonly record struct MatMulTiling(int Rows, int Columns, int RowTiles, int ColumnTiles, int Tasks)
{
    /// <summary>Elements between copied rows, so that they do not share lines of the first-level cache.</summary>
    public const int Gap = 16;

    // Most steps of the K axis at a time: a tile's panels then stay in the second-level cache.
    private const int MostDepth = 512;

    // High tiles hide the packing of B.
    private const int MostRows = 1024, LeastRows = 64, MostColumns = 512, LeastColumns = 64, EnoughTasks = 16;

    /// <summary>Steps of the K axis that are packed at a time.</summary>
    public static int DepthOf(int k) => Shards.Count(Shards.Count(k, Shards.Count(k, MostDepth)), 4) * 4;

    /// <summary>Tiles that are large enough to hide packing and small enough to give every thread some.</summary>
    public static MatMulTiling For(MatMulShape shape, int batch)
    {
        int rows = MostRows, columns = MostColumns;
        MatMulTiling tiling = Cut(shape, batch, rows, columns);
        while (tiling.Tasks < EnoughTasks && (rows > LeastRows || columns > LeastColumns))
        {
            // The longer side first: packing costs as much for a column as copying for a row.
            if (columns > LeastColumns && (columns >= rows || rows == LeastRows))
            {
                columns /= 2;
            }
            else
            {
                rows /= 2;
            }

            tiling = Cut(shape, batch, rows, columns);
        }

        return tiling;
    }

    // Tiles of at most so many rows and columns, all about as high.
    private static MatMulTiling Cut(MatMulShape shape, int batch, int rows, int columns)
    {
        int rowTiles = Shards.Count(shape.M, rows), columnTiles = Shards.Count(shape.N, columns);
        return new(Shards.Count(shape.M, rowTiles), columns, rowTiles, columnTiles, checked(rowTiles * columnTiles * batch));
    }
}
