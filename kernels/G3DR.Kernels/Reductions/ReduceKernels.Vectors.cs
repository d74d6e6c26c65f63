using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.Reductions;

/// <content>Vector loops.</content>
public static partial class ReduceKernels<TOp>
{
    /// <summary>The vector variant.</summary>
    public static unsafe void RunVectors(Accelerator device, ArrayView<float> x, ArrayView<float> y, int count, int inner)
    {
        CpuAccelerator cpu = Shards.RequireCpu(device);
        int chunkLength = inner == 1 ? RowChunk : ColumnChunk;
        int chunks = Math.Max(1, Shards.Count(count, chunkLength));
        using MemoryBuffer<float>? partials = chunks > 1 ? device.Allocate<float>(y.Length * chunks) : null;
        float* target = partials is null ? y.Pointer : partials.View.Pointer;
        long pieces = y.Length / inner * chunks;
        if (inner == 1)
        {
            int perShard = Math.Max(1, Shards.Elements / Math.Clamp(count, 1, RowChunk));
            cpu.Launch(new RowLoop(x.Pointer, target, pieces, count, chunks, perShard), Shards.Count(pieces, perShard));
        }
        else
        {
            int perShard = (int)Math.Max(1, Shards.Elements / ((long)Math.Clamp(count, 1, ColumnChunk) * inner));
            cpu.Launch(new ColumnLoop(x.Pointer, target, pieces, count, inner, chunks, perShard), Shards.Count(pieces, perShard));
        }

        if (partials is not null)
        {
            FoldChunks(device, partials.View, y, chunks, inner);
        }
    }

    private static void FoldChunks(Accelerator device, ArrayView<float> partials, ArrayView<float> y, int chunks, int inner) => Shards.For(
        device,
        y.Length,
        (start, end) =>
        {
            for (long i = start; i < end; i++)
            {
                long first = (i / inner * chunks * inner) + (i % inner);
                double value = partials[first];
                for (int k = 1; k < chunks; k++)
                {
                    value = TOp.Combine(value, partials[first + ((long)k * inner)]);
                }

                y[i] = (float)value;
            }
        },
        size: Math.Max(1, Shards.Elements / chunks));

    // A piece is one chunk of one row; neighbouring pieces of short rows share a shard.
    private readonly unsafe struct RowLoop(float* x, float* y, long pieces, int count, int chunks, int perShard) : IVectorKernel
    {
        private readonly float* _x = x, _y = y;

        public void Run<V>(int shard)
            where V : struct, ISimd<V>
        {
            long end = Math.Min(pieces, (shard + 1L) * perShard);
            float* lanes = stackalloc float[V.Count];
            for (long piece = (long)shard * perShard; piece < end; piece++)
            {
                long row = piece / chunks;
                int from = (int)(piece % chunks) * RowChunk;
                int length = Math.Min(RowChunk, count - from);
                _y[piece] = Fold<V>(_x + (row * count) + from, length, lanes);
            }
        }

        private static float Fold<V>(float* x, int length, float* lanes)
            where V : struct, ISimd<V>
        {
            V identity = V.Create(TOp.Identity);
            V v0 = identity, v1 = identity, v2 = identity, v3 = identity;
            int i = 0;
            for (; i + (4 * V.Count) <= length; i += 4 * V.Count)
            {
                v0 = TOp.Combine(v0, V.Load(x + i));
                v1 = TOp.Combine(v1, V.Load(x + i + V.Count));
                v2 = TOp.Combine(v2, V.Load(x + i + (2 * V.Count)));
                v3 = TOp.Combine(v3, V.Load(x + i + (3 * V.Count)));
            }

            for (; i + V.Count <= length; i += V.Count)
            {
                v0 = TOp.Combine(v0, V.Load(x + i));
            }

            if (i < length)
            {
                identity.Store(lanes);
                VectorTail.Load(x + i, lanes, length - i);
                v1 = TOp.Combine(v1, V.Load(lanes));
            }

            TOp.Combine(TOp.Combine(v0, v1), TOp.Combine(v2, v3)).Store(lanes);
            for (int width = V.Count / 2; width > 0; width /= 2)
            {
                for (int k = 0; k < width; k++)
                {
                    lanes[k] = TOp.Combine(lanes[k], lanes[k + width]);
                }
            }

            return lanes[0];
        }
    }

    // A piece is one chunk of one outer index: a running value for each inner index.
    private readonly unsafe struct ColumnLoop(float* x, float* y, long pieces, int count, int inner, int chunks, int perShard) : IVectorKernel
    {
        private readonly float* _x = x, _y = y;

        public void Run<V>(int shard)
            where V : struct, ISimd<V>
        {
            long end = Math.Min(pieces, (shard + 1L) * perShard);
            for (long piece = (long)shard * perShard; piece < end; piece++)
            {
                long outer = piece / chunks;
                int from = (int)(piece % chunks) * ColumnChunk;
                int length = Math.Min(ColumnChunk, count - from);
                float* source = _x + (((outer * count) + from) * inner);
                float* result = _y + (piece * inner);
                int i = 0;
                for (; i + V.Count <= inner; i += V.Count)
                {
                    V value = V.Create(TOp.Identity);
                    for (long k = 0; k < length; k++)
                    {
                        value = TOp.Combine(value, V.Load(source + i + (k * inner)));
                    }

                    value.Store(result + i);
                }

                for (; i < inner; i++)
                {
                    float value = TOp.Identity;
                    for (long k = 0; k < length; k++)
                    {
                        value = TOp.Combine(value, source[i + (k * inner)]);
                    }

                    result[i] = value;
                }
            }
        }
    }
}
