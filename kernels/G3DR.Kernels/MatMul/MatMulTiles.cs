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

    private const int Side = 8, PerItem = Tile / Side, Items = Side * Side;

    // Two more than the tile: items that write one row for neighbouring k then meet different memory banks.
    private const int Pitch = Tile + 2;

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
        int itemX = Group.IdxX, itemY = Group.IdxY;
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

            // Before the next slice takes the place of this one.
            Group.Barrier();
        }

        long start = (((long)Grid.IdxY * grid.Products) + product) * shape.LengthC;
        for (int y = 0; y < PerItem; y++)
        {
            int row = top + itemY + (y * Side);
            for (int x = 0; x < PerItem; x++)
            {
                int column = left + itemX + (x * Side);
                if (row < shape.M && column < shape.N)
                {
                    c[start + ((long)row * shape.N) + column] = sums[(y * PerItem) + x];
                }
            }
        }
    }

    // A slice of an operand as (k, line), where a line is a row of A or a column of B; zero outside of the operand.
    private static void Copy(ArrayView<float> source, long start, int lineStep, int kStep, int lines, int steps, ArrayView<float> slice)
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
