using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.MatMul;

/// <summary>
/// C = activation(A B + bias) + residual where B is larger than A: weights of linear layers. A shard owns neighbouring panels of columns of B, so each
/// element of B comes from memory once, is packed once and never goes back; a few panels together meet a block of A while it is in the second-level cache. The
/// order of additions along K is fixed.
/// </summary>
internal readonly unsafe struct OwnedPanelProduct(
    CpuAccelerator device, MatMulShape shape, float* a, long rowStepA, float* b, float* bias, RowEpilogue epilogue, float* c) : IVectorKernel
{
    // Columns of A that are in use at a time, and bytes that their rows and the packed panels may take of the second-level cache.
    private const int MostDepth = 1024, BlockBytes = 896 * 1024, PanelBytes = 512 * 1024;

    // Shards for any number of threads, and the rows of the largest register block.
    private const int EnoughShards = 16, BlockRows = 14;

    private readonly float* _a = a, _b = b, _bias = bias, _c = c;

    /// <summary>Whether a product is faster so.</summary>
    public static bool IsSuited(MatMulShape shape) => !shape.TransposeA && shape.K > 0 && shape.N > shape.M;

    /// <summary>Number of shards.</summary>
    /// <param name="width">Columns of a panel.</param>
    public int ShardsOf(int width) => Shards.Count(Shards.Count(shape.N, width), PanelsOf(width));

    public void Run<V>(int shard)
        where V : struct, ISimd<V>
    {
        int width = PanelKernel.Width<V>(), panels = Shards.Count(shape.N, width), owned = PanelsOf(width);
        int first = shard * owned, end = Math.Min(panels, first + owned);
        int depth = Shards.Count(Shards.Count(shape.K, Shards.Count(shape.K, MostDepth)), 4) * 4;
        int rows = Math.Max(BlockRows, BlockBytes / sizeof(float) / depth / BlockRows * BlockRows);

        // One panel at a time where all of A stays in the cache anyway.
        int together = shape.M <= rows ? 1 : Math.Clamp(PanelBytes / sizeof(float) / depth / width, 1, owned);
        using MemoryBuffer<float> scratch = device.Allocate<float>(((long)together * depth * width) + ((long)Math.Min(rows, shape.M) * width) + width);
        float* packed = scratch.View.Pointer, aside = packed + ((long)together * depth * width), start = aside + ((long)Math.Min(rows, shape.M) * width);
        for (int panel = first; panel < end; panel += together)
        {
            int count = Math.Min(together, end - panel);
            for (int k = 0; k < shape.K; k += depth)
            {
                int steps = Math.Min(depth, shape.K - k);
                for (int i = 0; i < count; i++)
                {
                    int column = (panel + i) * width;
                    PanelPacking.Pack<V>(
                        _b + ((long)k * shape.RowStepB) + ((long)column * shape.ColumnStepB),
                        shape.RowStepB,
                        shape.ColumnStepB,
                        Math.Min(width, shape.N - column),
                        steps,
                        packed + ((long)i * steps * width));
                }

                for (int row = 0; row < shape.M; row += rows)
                {
                    for (int i = 0; i < count; i++)
                    {
                        Multiply<V>(row, Math.Min(rows, shape.M - row), k, steps, (panel + i) * width, packed + ((long)i * steps * width), aside, start);
                    }
                }
            }
        }
    }

    private int PanelsOf(int width) => Math.Max(1, Shards.Count(shape.N, width) / EnoughShards);

    private void Multiply<V>(int row, int rows, int k, int steps, int column, float* packed, float* aside, float* start)
        where V : struct, ISimd<V>
    {
        int width = PanelKernel.Width<V>(), columns = Math.Min(width, shape.N - column);
        long offset = 0;
        float* to = _c + ((long)row * shape.N) + column;
        var product = new PanelProduct
        {
            Offsets = &offset,
            Segments = 1,
            Depth = steps,
            RowStep = rowStepA,
            RowStepC = shape.N,
            Start = PanelKernel.Start(_bias == null ? null : _bias + column, columns, width, start),
            Accumulate = k > 0,
        };
        PanelKernel.RunEdge<V>(product, rows, _a + (row * rowStepA) + k, packed, to, columns, aside);
        if (k + steps == shape.K)
        {
            epilogue.Run<V>(to, rows, shape.N, columns);
        }
    }
}
