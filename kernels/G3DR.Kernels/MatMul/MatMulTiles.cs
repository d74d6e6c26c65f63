using G3DR.Compute;

namespace G3DR.Kernels.MatMul;

/// <summary>
/// A product by tiles of C: a group reads slices of A and B into shared memory, and each item keeps 8 x 8 sums in registers (Volkov and Demmel,
/// "Benchmarking GPUs to tune dense linear algebra", SC 2008). One item reads 16 shared elements for 64 multiplications, which is what the shared
/// memory of present devices can feed.
/// </summary>
public static class MatMulTiles
{
    /// <summary>Rows and columns of a tile.</summary>
    public const int Tile = 64;

    /// <summary>Steps along K in shared memory at a time.</summary>
    public const int Slice = 16;

    /// <summary>Items of a group along either axis.</summary>
    internal const int Side = 8;

    /// <summary>Rows and columns of a tile that one item computes.</summary>
    internal const int PerItem = Tile / Side;

    /// <summary>Items of a group.</summary>
    internal const int Items = Side * Side;

    /// <summary>Elements between steps along K in shared memory: two more than the tile, so that items that write one row for neighbouring k meet different banks.</summary>
    internal const int Pitch = Tile + 2;

    /// <summary>One tile of C, or of a part of the sums over K.</summary>
    /// <param name="a">All matrices A.</param>
    /// <param name="b">All matrices B.</param>
    /// <param name="c">Results (parts, products, M, N).</param>
    /// <param name="offsets">First elements of all A, then of all B; empty if they are evenly spaced.</param>
    /// <param name="shape">Sizes of one product.</param>
    /// <param name="grid">How the work is cut.</param>
    [GroupKernel(Side, Side)]
    public static void Compute(ArrayView<float> a, ArrayView<float> b, ArrayView<float> c, ArrayView<long> offsets, MatMulShape shape, MatMulGrid grid)
    {
        ArrayView<float> sliceA = SharedMemory.Allocate<float>(Slice * Pitch);
        ArrayView<float> sliceB = SharedMemory.Allocate<float>(Slice * Pitch);
        Span<float> sums = stackalloc float[PerItem * PerItem];
        Span<float> rowValues = stackalloc float[PerItem];
        Span<float> columnValues = stackalloc float[PerItem];
        int product = grid.FirstProduct + Grid.IdxZ;
        int top = Grid.IdxX / grid.Columns * Tile, left = Grid.IdxX % grid.Columns * Tile;
        int from = Grid.IdxY * grid.Depth;
        int steps = XMath.Min(grid.Depth, shape.K - from);
        long startA = offsets.Length == 0 ? product * grid.StepA : offsets[product];
        long startB = offsets.Length == 0 ? product * grid.StepB : offsets[grid.Products + product];
        startA += ((long)top * shape.RowStepA) + ((long)from * shape.ColumnStepA);
        startB += ((long)left * shape.ColumnStepB) + ((long)from * shape.RowStepB);
        for (int done = 0; done < steps; done += Slice)
        {
            Copy(a, startA + ((long)done * shape.ColumnStepA), shape.RowStepA, shape.ColumnStepA, shape.M - top, steps - done, sliceA);
            Copy(b, startB + ((long)done * shape.RowStepB), shape.ColumnStepB, shape.RowStepB, shape.N - left, steps - done, sliceB);
            Group.Barrier();
            Multiply(sliceA, sliceB, rowValues, columnValues, sums);

            // Before the next slice takes the place of this one.
            Group.Barrier();
        }

        Store(sums, c, (((long)Grid.IdxY * grid.Products) + product) * shape.LengthC, top, left, shape.M, shape.N);
    }

    /// <summary>Adds the products of two slices to the sums of this item.</summary>
    /// <param name="sliceA">Slice (k, row of the tile) in shared memory.</param>
    /// <param name="sliceB">Slice (k, column of the tile) in shared memory.</param>
    /// <param name="rowValues">Room for <see cref="PerItem"/> numbers.</param>
    /// <param name="columnValues">Room for <see cref="PerItem"/> numbers.</param>
    /// <param name="sums">Sums (<see cref="PerItem"/>, <see cref="PerItem"/>) of rows and columns that lie <see cref="Side"/> apart.</param>
    internal static void Multiply(ArrayView<float> sliceA, ArrayView<float> sliceB, Span<float> rowValues, Span<float> columnValues, Span<float> sums)
    {
        int itemX = Group.IdxX, itemY = Group.IdxY;
        for (int k = 0; k < Slice; k++)
        {
            for (int i = 0; i < PerItem; i++)
            {
                rowValues[i] = sliceA[(k * Pitch) + itemY + (i * Side)];
                columnValues[i] = sliceB[(k * Pitch) + itemX + (i * Side)];
            }

            for (int y = 0; y < PerItem; y++)
            {
                for (int x = 0; x < PerItem; x++)
                {
                    sums[(y * PerItem) + x] = XMath.FusedMultiplyAdd(rowValues[y], columnValues[x], sums[(y * PerItem) + x]);
                }
            }
        }
    }

    /// <summary>Writes the sums of this item that lie inside a matrix.</summary>
    /// <param name="sums">Sums as <see cref="Multiply"/> makes them.</param>
    /// <param name="c">Memory of the matrix.</param>
    /// <param name="start">First element of the matrix.</param>
    /// <param name="top">First row of the tile.</param>
    /// <param name="left">First column of the tile.</param>
    /// <param name="rows">Rows of the matrix.</param>
    /// <param name="columns">Columns of the matrix.</param>
    internal static void Store(Span<float> sums, ArrayView<float> c, long start, int top, int left, int rows, int columns)
    {
        for (int y = 0; y < PerItem; y++)
        {
            int row = top + Group.IdxY + (y * Side);
            for (int x = 0; x < PerItem; x++)
            {
                int column = left + Group.IdxX + (x * Side);
                if (row < rows && column < columns)
                {
                    c[start + ((long)row * columns) + column] = sums[(y * PerItem) + x];
                }
            }
        }
    }

    /// <summary>Copies a slice of an operand to shared memory as (k, line), where a line is a row of A or a column of B; zero outside of the operand.</summary>
    /// <param name="source">Memory of the operand.</param>
    /// <param name="start">First element of the slice.</param>
    /// <param name="lineStep">Elements between lines.</param>
    /// <param name="kStep">Elements between steps along K.</param>
    /// <param name="lines">Lines of the operand from the first of the slice.</param>
    /// <param name="steps">Steps along K from the first of the slice.</param>
    /// <param name="slice">The slice.</param>
    internal static void Copy(ArrayView<float> source, long start, int lineStep, int kStep, int lines, int steps, ArrayView<float> slice)
    {
        // Neighbouring items read neighbouring memory: along K where the operand lies so, else along its lines.
        int item = (Group.IdxY * Side) + Group.IdxX;
        bool alongK = kStep == 1;
        int line = alongK ? item / Slice : item, k = alongK ? item % Slice : 0;
        int nextLine = alongK ? Items / Slice : 0, nextK = alongK ? 0 : 1;
        long at = start + ((long)line * lineStep) + ((long)k * kStep), next = ((long)nextLine * lineStep) + ((long)nextK * kStep);
        int place = (k * Pitch) + line, nextPlace = (nextK * Pitch) + nextLine;
        for (int i = 0; i < Tile * Slice / Items; i++)
        {
            bool inside = line + (i * nextLine) < lines && k + (i * nextK) < steps;
            slice[place + (i * nextPlace)] = inside ? source[at + (i * next)] : 0f;
        }
    }
}
