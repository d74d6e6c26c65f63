using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.MatMul;

/// <summary>
/// One tile of C per shard. For each block of the K axis the tile's columns of B are packed into panels, which then meet its rows of A: read where they lie,
/// or from a copy where they are columns in memory or a distance apart at which they evict each other. The order of additions along K is fixed.
/// </summary>
internal readonly unsafe struct PackedMatMul(
    CpuAccelerator device, MatMulShape shape, MatMulBatch batch, MatMulTiling tiling, float* a, float* b, float* c) : IVectorKernel
{
    private readonly float* _a = a, _b = b, _c = c;

    // Rows of A a multiple of 4 KiB apart share a few lines of the first-level cache; a copy puts a cache line between them.
    private bool CopiesA => shape.TransposeA || shape.RowStepA % 1024 == 0;

    public void Run<V>(int shard)
        where V : struct, ISimd<V>
    {
        int width = PanelKernel.Width<V>(), perProduct = tiling.RowTiles * tiling.ColumnTiles;
        int at = shard / perProduct, tile = shard % perProduct;
        int row = tile % tiling.RowTiles * tiling.Rows, column = tile / tiling.RowTiles * tiling.Columns;
        int rows = Math.Min(tiling.Rows, shape.M - row), columns = Math.Min(tiling.Columns, shape.N - column);
        float* tileC = _c + (at * shape.LengthC) + ((long)row * shape.N) + column;
        if (shape.K == 0)
        {
            Clear(tileC, rows, columns);
            return;
        }

        int depth = MatMulTiling.DepthOf(shape.K), panels = Shards.Count(columns, width);
        long lengthB = (long)depth * panels * width, lengthA = CopiesA ? (long)rows * (depth + MatMulTiling.Gap) : 0, edge = (long)rows * width;
        using MemoryBuffer<float> scratch = device.Allocate<float>(lengthA + lengthB + edge);
        float* copyA = scratch.View.Pointer, packed = copyA + lengthA, aside = packed + lengthB;
        long zero = 0;
        for (int k = 0; k < shape.K; k += depth)
        {
            int steps = Math.Min(depth, shape.K - k);
            float* fromA = _a + batch.A[at] + ((long)row * shape.RowStepA) + ((long)k * shape.ColumnStepA);
            float* fromB = _b + batch.B[at] + ((long)k * shape.RowStepB) + ((long)column * shape.ColumnStepB);
            PanelPacking.Pack<V>(fromB, shape.RowStepB, shape.ColumnStepB, columns, steps, packed);
            var product = new PanelProduct
            {
                Offsets = &zero,
                Segments = 1,
                Depth = steps,
                DepthStep = shape.TransposeA ? rows : 1,
                RowStep = shape.TransposeA ? 1 : CopiesA ? steps + MatMulTiling.Gap : shape.RowStepA,
                RowStepC = shape.N,
                Accumulate = k > 0,
            };
            if (CopiesA)
            {
                CopyA(fromA, rows, steps, copyA);
                fromA = copyA;
            }

            for (int panel = 0; panel < panels; panel++)
            {
                int first = panel * width;
                PanelKernel.RunEdge<V>(product, rows, fromA, packed + ((long)first * steps), tileC + first, columns - first, aside);
            }
        }
    }

    private void CopyA(float* from, int rows, int steps, float* to)
    {
        (int lines, int length, long fromStep, long toStep) = shape.TransposeA
            ? (steps, rows, shape.ColumnStepA, rows)
            : (rows, steps, shape.RowStepA, steps + (long)MatMulTiling.Gap);
        for (int line = 0; line < lines; line++)
        {
            new ReadOnlySpan<float>(from + (line * fromStep), length).CopyTo(new(to + (line * toStep), length));
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
