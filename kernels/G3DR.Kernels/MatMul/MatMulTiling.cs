namespace G3DR.Kernels.MatMul;

/// <summary>How a product is cut into tasks, by its sizes alone: each task computes one tile of C and packs what it reads for itself.</summary>
/// <param name="Rows">Rows of a tile.</param>
/// <param name="Columns">Columns of a tile.</param>
/// <param name="RowTiles">Tiles over the rows of C.</param>
/// <param name="ColumnTiles">Tiles over the columns of C.</param>
/// <param name="Tasks">Tiles of all products.</param>
internal readonly record struct MatMulTiling(int Rows, int Columns, int RowTiles, int ColumnTiles, int Tasks)
{
    /// <summary>Steps of the K axis that are packed at a time: a panel of B then stays in the first-level cache.</summary>
    public const int Depth = 256;

    // Multiples of both row blocks (14 and 6) and of all column blocks; a packed tile of B fits the second-level cache.
    private const int MostRows = 252, LeastRows = 84, MostColumns = 1024, LeastColumns = 128, EnoughTasks = 16;

    /// <summary>Tiles that are large enough to hide packing and small enough to give every thread some.</summary>
    public static MatMulTiling For(MatMulShape shape, int batch)
    {
        int rows = MostRows, columns = MostColumns;
        MatMulTiling tiling = Cut(shape, batch, rows, columns);
        while (tiling.Tasks < EnoughTasks && (rows > LeastRows || columns > LeastColumns))
        {
            if (columns > LeastColumns && (columns >= 2 * rows || rows == LeastRows))
            {
                columns /= 2;
            }
            else
            {
                rows = rows == MostRows ? 168 : LeastRows;
            }

            tiling = Cut(shape, batch, rows, columns);
        }

        return tiling;
    }

    private static MatMulTiling Cut(MatMulShape shape, int batch, int rows, int columns)
    {
        int rowTiles = Shards.Count(shape.M, rows), columnTiles = Shards.Count(shape.N, columns);
        return new(rows, columns, rowTiles, columnTiles, checked(rowTiles * columnTiles * batch));
    }
}
