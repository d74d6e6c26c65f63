using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.MatMul;

/// <summary>
/// One tile of C per shard. For each 256 steps of K the tile's rows of A are packed into panels as high as the micro-kernel, its columns of B
/// into panels as wide, both padded with zeros; then every pair of panels meets in registers. The order of additions along K is fixed.
/// </summary>
internal readonly unsafe struct PackedMatMul(
    CpuAccelerator device, MatMulShape shape, MatMulBatch batch, MatMulTiling tiling, float* a, float* b, float* c) : IVectorKernel
{
    private readonly float* _a = a, _b = b, _c = c;

    public void Run<V>(int shard)
        where V : struct, ISimd<V>
    {
        int height = MicroKernel.Rows<V>(), width = 2 * V.Count;
        int perProduct = tiling.RowTiles * tiling.ColumnTiles;
        int product = shard / perProduct, tile = shard % perProduct;
        int row = tile % tiling.RowTiles * tiling.Rows, column = tile / tiling.RowTiles * tiling.Columns;
        int rows = Math.Min(tiling.Rows, shape.M - row), columns = Math.Min(tiling.Columns, shape.N - column);
        int rowPanels = Shards.Count(rows, height), columnPanels = Shards.Count(columns, width);
        int depth = Math.Min(MatMulTiling.Depth, shape.K);
        float* tileC = _c + (product * shape.LengthC) + ((long)row * shape.N) + column;
        if (depth == 0)
        {
            Clear(tileC, rows, columns);
            return;
        }

        using MemoryBuffer<float> packed = device.Allocate<float>((long)depth * ((rowPanels * height) + (columnPanels * width)));
        float* packedA = packed.View.Pointer;
        float* packedB = packedA + ((long)depth * rowPanels * height);
        float* edge = stackalloc float[height * width];
        for (int k = 0; k < shape.K; k += depth)
        {
            int steps = Math.Min(depth, shape.K - k);
            float* fromA = _a + batch.A[product] + ((long)row * shape.RowStepA) + ((long)k * shape.ColumnStepA);
            float* fromB = _b + batch.B[product] + ((long)k * shape.RowStepB) + ((long)column * shape.ColumnStepB);
            Packing.Pack<V>(fromA, shape.RowStepA, shape.ColumnStepA, rows, steps, height, packedA);
            Packing.Pack<V>(fromB, shape.ColumnStepB, shape.RowStepB, columns, steps, width, packedB);
            for (int j = 0; j < columnPanels; j++)
            {
                float* panelB = packedB + ((long)j * width * steps);
                int wide = Math.Min(width, columns - (j * width));
                for (int i = 0; i < rowPanels; i++)
                {
                    float* panelA = packedA + ((long)i * height * steps);
                    float* target = tileC + ((long)i * height * shape.N) + (j * width);
                    int high = Math.Min(height, rows - (i * height));
                    if (high == height && wide == width)
                    {
                        MicroKernel.Run<V>(steps, panelA, panelB, target, shape.N, accumulate: k > 0);
                    }
                    else
                    {
                        MicroKernel.Run<V>(steps, panelA, panelB, edge, width, accumulate: false);
                        Merge(edge, width, target, high, wide, accumulate: k > 0);
                    }
                }
            }
        }
    }

    private void Merge(float* edge, int width, float* target, int high, int wide, bool accumulate)
    {
        for (int y = 0; y < high; y++)
        {
            float* row = target + ((long)y * shape.N);
            for (int x = 0; x < wide; x++)
            {
                row[x] = edge[(y * width) + x] + (accumulate ? row[x] : 0f);
            }
        }
    }

    private void Clear(float* target, int rows, int columns)
    {
        for (int y = 0; y < rows; y++)
        {
            new Span<float>(target + ((long)y * shape.N), columns).Clear();
        }
    }
}
