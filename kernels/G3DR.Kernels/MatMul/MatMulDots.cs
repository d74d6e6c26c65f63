using G3DR.Compute;
using G3DR.Kernels.Reductions;

namespace G3DR.Kernels.MatMul;

/// <summary>Products with a vector, or nearly so: neighbouring items, the lanes, share the sum of one element of C.</summary>
public static class MatMulDots
{
    /// <summary>Items of a group.</summary>
    public const int Items = RowGroups.Items;

    /// <summary>Elements of C, or of a part of the sums over K; the group's lanes are the columns of the grid.</summary>
    /// <inheritdoc cref="MatMulTiles.Compute"/>
    [GroupKernel(Items)]
    public static void Compute(ArrayView<float> a, ArrayView<float> b, ArrayView<float> c, ArrayView<long> offsets, MatMulShape shape, MatMulGrid grid)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(Items);
        int lanes = grid.Columns, lane = Group.IdxX % lanes;
        int product = grid.FirstProduct + Grid.IdxZ;
        long element = RowGroups.Row(lanes);
        float sum = 0f;
        if (element < shape.LengthC)
        {
            int from = Grid.IdxY * grid.Depth;
            int steps = XMath.Min(grid.Depth, shape.K - from);
            long startA = offsets.Length == 0 ? product * grid.StepA : offsets[product];
            long startB = offsets.Length == 0 ? product * grid.StepB : offsets[grid.Products + product];
            startA += (element / shape.N * shape.RowStepA) + ((long)from * shape.ColumnStepA);
            startB += (element % shape.N * shape.ColumnStepB) + ((long)from * shape.RowStepB);
            for (int k = lane; k < steps; k += lanes)
            {
                sum = XMath.FusedMultiplyAdd(a[startA + ((long)k * shape.ColumnStepA)], b[startB + ((long)k * shape.RowStepB)], sum);
            }
        }

        sum = RowGroups.Fold<SumReduction>(shared, sum, lanes);
        if (lane == 0 && element < shape.LengthC)
        {
            c[((((long)Grid.IdxY * grid.Products) + product) * shape.LengthC) + element] = sum;
        }
    }
}
