using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.Normalization;

/// <content>Vector loops. A row is read from memory once: it stays in the cache for the passes after the first.</content>
public static partial class RowNormalization
{
    // Each shard writes two sums for each column, which should cost little beside the rows.
    private const int FewestSummedRows = 64;

    /// <summary>The vector variant of the forward pass.</summary>
    public static unsafe void ForwardVectors(
        Accelerator device,
        ArrayView<float> x,
        ArrayView<float> weight,
        ArrayView<float> bias,
        int count,
        double epsilon,
        ArrayView<float> statistics,
        ArrayView<float> y)
    {
        int perShard = Math.Max(1, Shards.Elements / count);
        long rows = x.Length / count;
        Shards.RequireCpu(device).Launch(
            new ForwardLoop(x.Pointer, statistics.Pointer, Optional(weight), Optional(bias), Optional(y), rows, count, perShard, epsilon),
            Shards.Count(rows, perShard));
    }

    /// <summary>The vector variant of applying known statistics.</summary>
    public static unsafe void ApplyVectors(
        Accelerator device, ArrayView<float> x, ArrayView<float> statistics, ArrayView<float> weight, ArrayView<float> bias, int count, ArrayView<float> y)
    {
        int perShard = Math.Max(1, Shards.Elements / count);
        long rows = y.Length / count;
        Shards.RequireCpu(device).Launch(
            new ForwardLoop(x.Pointer, statistics.Pointer, Optional(weight), Optional(bias), y.Pointer, rows, count, perShard, epsilon: null),
            Shards.Count(rows, perShard));
    }

    /// <summary>The vector variant of the backward pass; views that are empty are not wanted.</summary>
    public static unsafe void BackwardVectors(
        Accelerator device,
        ArrayView<float> x,
        ArrayView<float> statistics,
        ArrayView<float> weight,
        ArrayView<float> g,
        int count,
        ArrayView<float> dx,
        ArrayView<float> weightGradient,
        ArrayView<float> biasGradient)
    {
        bool parameters = weightGradient.Length > 0 || biasGradient.Length > 0;
        int perShard = Math.Max(parameters ? FewestSummedRows : 1, Shards.Elements / count);
        long rows = x.Length / count;
        int shards = Shards.Count(rows, perShard);
        using MemoryBuffer<float> partials = device.Allocate<float>(parameters ? 2L * shards * count : 0);
        Shards.RequireCpu(device).Launch(
            new BackwardLoop(
                x.Pointer, statistics.Pointer, Optional(weight), g.Pointer, Optional(dx), Optional(partials.View), rows, count, perShard),
            shards);
        PartialSums.Fold(device, partials.View, weightGradient, shards, 2 * count, 0);
        PartialSums.Fold(device, partials.View, biasGradient, shards, 2 * count, count);
    }

    private static unsafe float* Optional(ArrayView<float> view) => view.Length == 0 ? null : view.Pointer;

    // Without an epsilon the statistics are known.
    private readonly unsafe struct ForwardLoop(
        float* x, float* statistics, float* weight, float* bias, float* y, long rows, int count, int perShard, double? epsilon) : IVectorKernel
    {
        private readonly float* _x = x, _statistics = statistics, _weight = weight, _bias = bias, _y = y;

        public void Run<V>(int shard)
            where V : struct, ISimd<V>
        {
            long end = Math.Min(rows, (shard + 1L) * perShard);
            for (long row = (long)shard * perShard; row < end; row++)
            {
                if (epsilon is { } added)
                {
                    Measure<V>(_x + (row * count), _statistics + (2 * row), added);
                }

                if (_y != null)
                {
                    Apply<V>(_x + (row * count), _y + (row * count), _statistics[2 * row], _statistics[(2 * row) + 1]);
                }
            }
        }

        private void Measure<V>(float* x, float* statistics, double added)
            where V : struct, ISimd<V>
        {
            V s0 = V.Zero, s1 = V.Zero, s2 = V.Zero, s3 = V.Zero;
            int k = 0;
            for (; k + (4 * V.Count) <= count; k += 4 * V.Count)
            {
                s0 += V.Load(x + k);
                s1 += V.Load(x + k + V.Count);
                s2 += V.Load(x + k + (2 * V.Count));
                s3 += V.Load(x + k + (3 * V.Count));
            }

            for (; k + V.Count <= count; k += V.Count)
            {
                s0 += V.Load(x + k);
            }

            float sum = V.Sum(s0 + s1 + (s2 + s3));
            for (; k < count; k++)
            {
                sum += x[k];
            }

            float mean = sum / count;
            V means = V.Create(mean), drift0 = V.Zero, drift1 = V.Zero, squares0 = V.Zero, squares1 = V.Zero;
            for (k = 0; k + (2 * V.Count) <= count; k += 2 * V.Count)
            {
                V d0 = V.Load(x + k) - means, d1 = V.Load(x + k + V.Count) - means;
                drift0 += d0;
                drift1 += d1;
                squares0 = V.MultiplyAdd(d0, d0, squares0);
                squares1 = V.MultiplyAdd(d1, d1, squares1);
            }

            double drift = V.Sum(drift0 + drift1), squares = V.Sum(squares0 + squares1);
            for (; k < count; k++)
            {
                double d = x[k] - mean;
                drift += d;
                squares += d * d;
            }

            statistics[0] = (float)(mean + (drift / count));
            statistics[1] = (float)(1 / Math.Sqrt((PartialSums.SquaresAroundMean(squares, drift, count) / count) + added));
        }

        private void Apply<V>(float* x, float* y, float mean, float scale)
            where V : struct, ISimd<V>
        {
            V means = V.Create(mean), scales = V.Create(scale);
            int k = 0;
            for (; k + V.Count <= count; k += V.Count)
            {
                V value = (V.Load(x + k) - means) * scales;
                if (_weight != null)
                {
                    value *= V.Load(_weight + k);
                }

                if (_bias != null)
                {
                    value += V.Load(_bias + k);
                }

                value.Store(y + k);
            }

            for (; k < count; k++)
            {
                float value = (x[k] - mean) * scale;
                value = _weight != null ? value * _weight[k] : value;
                y[k] = _bias != null ? value + _bias[k] : value;
            }
        }
    }

    private readonly unsafe struct BackwardLoop(
        float* x, float* statistics, float* weight, float* g, float* dx, float* partials, long rows, int count, int perShard) : IVectorKernel
    {
        private readonly float* _x = x, _statistics = statistics, _weight = weight, _g = g, _dx = dx, _partials = partials;

        public void Run<V>(int shard)
            where V : struct, ISimd<V>
        {
            float* sums = _partials == null ? null : _partials + (2L * shard * count);
            if (sums != null)
            {
                new Span<float>(sums, 2 * count).Clear();
            }

            long end = Math.Min(rows, (shard + 1L) * perShard);
            for (long row = (long)shard * perShard; row < end; row++)
            {
                long at = row * count;
                float mean = _statistics[2 * row], scale = _statistics[(2 * row) + 1];
                if (sums != null)
                {
                    AddParameters<V>(_x + at, _g + at, mean, scale, sums);
                }

                if (_dx != null)
                {
                    RunRow<V>(_x + at, _g + at, _dx + at, mean, scale);
                }
            }
        }

        private void AddParameters<V>(float* x, float* g, float mean, float scale, float* sums)
            where V : struct, ISimd<V>
        {
            V means = V.Create(mean), scales = V.Create(scale);
            int k = 0;
            for (; k + V.Count <= count; k += V.Count)
            {
                V gradient = V.Load(g + k);
                V.MultiplyAdd(gradient, (V.Load(x + k) - means) * scales, V.Load(sums + k)).Store(sums + k);
                (V.Load(sums + count + k) + gradient).Store(sums + count + k);
            }

            for (; k < count; k++)
            {
                sums[k] += g[k] * (x[k] - mean) * scale;
                sums[count + k] += g[k];
            }
        }

        private void RunRow<V>(float* x, float* g, float* dx, float mean, float scale)
            where V : struct, ISimd<V>
        {
            V means = V.Create(mean), sums = V.Zero, products = V.Zero;
            int k = 0;
            for (; k + V.Count <= count; k += V.Count)
            {
                V gradient = _weight != null ? V.Load(g + k) * V.Load(_weight + k) : V.Load(g + k);
                sums += gradient;
                products = V.MultiplyAdd(gradient, V.Load(x + k) - means, products);
            }

            float sum = V.Sum(sums), product = V.Sum(products);
            for (; k < count; k++)
            {
                float gradient = _weight != null ? g[k] * _weight[k] : g[k];
                sum += gradient;
                product += gradient * (x[k] - mean);
            }

            float offset = sum / count, slope = product * scale * scale / count;
            V offsets = V.Create(offset), slopes = V.Create(-slope), scales = V.Create(scale);
            for (k = 0; k + V.Count <= count; k += V.Count)
            {
                V gradient = _weight != null ? V.Load(g + k) * V.Load(_weight + k) : V.Load(g + k);
                (scales * V.MultiplyAdd(V.Load(x + k) - means, slopes, gradient - offsets)).Store(dx + k);
            }

            for (; k < count; k++)
            {
                float gradient = _weight != null ? g[k] * _weight[k] : g[k];
                dx[k] = scale * (gradient - offset - ((x[k] - mean) * slope));
            }
        }
    }
}
