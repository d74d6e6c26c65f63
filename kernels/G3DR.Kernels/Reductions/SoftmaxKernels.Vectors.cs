using G3DR.Compute;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.Reductions;

/// <content>Vector loops.</content>
public static partial class SoftmaxKernels
{
    /// <summary>The vector variant of the forward pass.</summary>
    public static unsafe void ForwardVectors(Accelerator device, ArrayView<float> x, ArrayView<float> y, int count, bool logarithm)
    {
        int perShard = RowsPerShard(count);
        long rows = x.Length / count;
        Shards.RequireCpu(device).Launch(new ForwardLoop(x.Pointer, y.Pointer, rows, count, perShard, logarithm), Shards.Count(rows, perShard));
    }

    /// <summary>The vector variant of the backward pass.</summary>
    public static unsafe void BackwardVectors(
        Accelerator device, ArrayView<float> y, ArrayView<float> g, ArrayView<float> dx, int count, bool logarithm)
    {
        int perShard = RowsPerShard(count);
        long rows = y.Length / count;
        Shards.RequireCpu(device).Launch(
            new BackwardLoop(y.Pointer, g.Pointer, dx.Pointer, rows, count, perShard, logarithm), Shards.Count(rows, perShard));
    }

    private readonly unsafe struct ForwardLoop(float* x, float* y, long rows, int count, int perShard, bool logarithm) : IVectorKernel
    {
        private readonly float* _x = x, _y = y;

        public void Run<V>(int shard)
            where V : struct, ISimd<V>
        {
            float* lanes = stackalloc float[V.Count];
            long end = Math.Min(rows, (shard + 1L) * perShard);
            for (long row = (long)shard * perShard; row < end; row++)
            {
                RunRow<V>(_x + (row * count), _y + (row * count), lanes);
            }
        }

        private void RunRow<V>(float* x, float* y, float* lanes)
            where V : struct, ISimd<V>
        {
            float largest = Largest<V>(x, lanes);
            V shift = V.Create(largest), sums = V.Zero;
            int k = 0;
            for (; k + V.Count <= count; k += V.Count)
            {
                V shifted = V.Load(x + k) - shift;
                V power = SimdMath.Exp(shifted);
                sums += power;
                (logarithm ? shifted : power).Store(y + k);
            }

            int rest = count - k;
            if (rest > 0)
            {
                // Lanes beyond the row hold -infinity, whose power is 0.
                V.Create(float.NegativeInfinity).Store(lanes);
                VectorTail.Load(x + k, lanes, rest);
                V shifted = V.Load(lanes) - shift;
                V power = SimdMath.Exp(shifted);
                sums += power;
                (logarithm ? shifted : power).Store(lanes);
                VectorTail.Store(lanes, y + k, rest);
            }

            float sum = V.Sum(sums);
            float scale = logarithm ? 1f : 1f / sum, offset = logarithm ? -MathF.Log(sum) : 0f;
            V scales = V.Create(scale), offsets = V.Create(offset);
            for (k = 0; k + V.Count <= count; k += V.Count)
            {
                V.MultiplyAdd(V.Load(y + k), scales, offsets).Store(y + k);
            }

            for (; k < count; k++)
            {
                y[k] = (y[k] * scale) + offset;
            }
        }

        private float Largest<V>(float* x, float* lanes)
            where V : struct, ISimd<V>
        {
            V largest = V.Create(float.NegativeInfinity);
            int k = 0;
            for (; k + V.Count <= count; k += V.Count)
            {
                largest = MaxReduction.Combine(largest, V.Load(x + k));
            }

            largest.Store(lanes);
            for (int i = 0; k + i < count; i++)
            {
                lanes[i] = MaxReduction.Combine(lanes[i], x[k + i]);
            }

            float value = lanes[0];
            for (int i = 1; i < V.Count; i++)
            {
                value = MaxReduction.Combine(value, lanes[i]);
            }

            return value;
        }
    }

    private readonly unsafe struct BackwardLoop(float* y, float* g, float* dx, long rows, int count, int perShard, bool logarithm) : IVectorKernel
    {
        private readonly float* _y = y, _g = g, _dx = dx;

        public void Run<V>(int shard)
            where V : struct, ISimd<V>
        {
            float* lanes = stackalloc float[2 * V.Count];
            long end = Math.Min(rows, (shard + 1L) * perShard);
            for (long row = (long)shard * perShard; row < end; row++)
            {
                RunRow<V>(_y + (row * count), _g + (row * count), _dx + (row * count), lanes);
            }
        }

        private void RunRow<V>(float* y, float* g, float* dx, float* lanes)
            where V : struct, ISimd<V>
        {
            V sums = V.Zero;
            int k = 0;
            for (; k + V.Count <= count; k += V.Count)
            {
                V gradient = V.Load(g + k);
                sums = logarithm ? sums + gradient : V.MultiplyAdd(gradient, V.Load(y + k), sums);
            }

            float sum = V.Sum(sums);
            for (; k < count; k++)
            {
                sum += logarithm ? g[k] : g[k] * y[k];
            }

            V total = V.Create(sum);
            for (k = 0; k + V.Count <= count; k += V.Count)
            {
                Gradient(V.Load(y + k), V.Load(g + k), total).Store(dx + k);
            }

            int rest = count - k;
            if (rest > 0)
            {
                VectorTail.Load(y + k, lanes, rest);
                VectorTail.Load(g + k, lanes + V.Count, rest);
                Gradient(V.Load(lanes), V.Load(lanes + V.Count), total).Store(lanes);
                VectorTail.Store(lanes, dx + k, rest);
            }
        }

        private V Gradient<V>(V y, V g, V total)
            where V : struct, ISimd<V> => logarithm ? g - (SimdMath.Exp(y) * total) : y * (g - total);
    }
}
