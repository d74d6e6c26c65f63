using G3DR.Compute.Simd;

namespace G3DR.Kernels.MatMul;

/// <summary>Copies the rows of a matrix to a place where they lie a cache line further apart, so that they do not evict each other from the first-level cache.</summary>
internal readonly unsafe struct RowCopy(float* from, int rows, int columns, float* to) : IVectorKernel
{
    // Rows of a shard.
    private const int Rows = 16;

    private readonly float* _from = from, _to = to;

    /// <summary>Number of shards.</summary>
    public int ShardCount => Shards.Count(rows, Rows);

    /// <summary>Whether rows of so many elements fall on few lines of the cache.</summary>
    public static bool IsNeeded(int columns) => columns % 256 == 0;

    /// <summary>Elements between rows of the copy.</summary>
    public static int Step(int columns) => columns + 16;

    public void Run<V>(int shard)
        where V : struct, ISimd<V>
    {
        for (int row = shard * Rows; row < Math.Min(rows, (shard + 1) * Rows); row++)
        {
            new ReadOnlySpan<float>(_from + ((long)row * columns), columns).CopyTo(new(_to + ((long)row * Step(columns)), columns));
        }
    }
}
