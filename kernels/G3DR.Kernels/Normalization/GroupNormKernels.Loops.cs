using System.Runtime.CompilerServices;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.Normalization;

/// <content>The loops over a shard, which walks through whole periods of the channels; only its end can be a part of one.</content>
public static partial class GroupNormKernels
{
    // The vector variant has a branch for this, as the compiler cannot drop the value that most activations do not need.
    private static bool ReadsOutput<TActivation>()
        where TActivation : struct, IActivation => TActivation.Spec.Saves.HasFlag(Saves.Output);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Before<TActivation, V>(V u, V g, bool readsOutput)
        where TActivation : struct, IActivation
        where V : struct, ISimd<V> => TActivation.Backward(u, readsOutput ? TActivation.Forward(u) : u, g);

    private readonly unsafe struct StatisticsLoop(GroupNormShape shape, SampleShards shards, float* x, double* partials) : IVectorKernel
    {
        private readonly float* _x = x;
        private readonly double* _partials = partials;

        public void Run<V>(int shard)
            where V : struct, ISimd<V>
        {
            int period = ChannelPeriod.Length(shape.Channels), length = shards.Length(shard);
            float* means = stackalloc float[period], drifts = stackalloc float[period], squares = stackalloc float[period];
            new Span<float>(drifts, period).Clear();
            new Span<float>(squares, period).Clear();
            float* x = _x + shards.Start(shard);
            AddUp<V>(x, length, period, squares);
            double count = (double)shards.Positions(shard) * shape.GroupChannels;
            for (int group = 0; group < shape.Groups; group++)
            {
                float mean = (float)(GroupSum<V>(squares, period, group) / count);
                for (int at = group * shape.GroupChannels; at < period; at += shape.Channels)
                {
                    new Span<float>(means + at, shape.GroupChannels).Fill(mean);
                }
            }

            new Span<float>(squares, period).Clear();
            AddDeviations<V>(x, length, period, means, drifts, squares);
            double* result = _partials + (2L * shard * shape.Groups);
            for (int group = 0; group < shape.Groups; group++)
            {
                double drift = GroupSum<V>(drifts, period, group);
                result[2 * group] = means[group * shape.GroupChannels] + (drift / count);
                result[(2 * group) + 1] = PartialSums.SquaresAroundMean(GroupSum<V>(squares, period, group), drift, count);
            }
        }

        private static void AddUp<V>(float* x, int length, int period, float* sums)
            where V : struct, ISimd<V>
        {
            for (int i = 0; i < length; i += period)
            {
                int end = Math.Min(period, length - i), k = 0;
                for (; k + V.Count <= end; k += V.Count)
                {
                    (V.Load(sums + k) + V.Load(x + i + k)).Store(sums + k);
                }

                for (; k < end; k++)
                {
                    sums[k] += x[i + k];
                }
            }
        }

        private static void AddDeviations<V>(float* x, int length, int period, float* means, float* drifts, float* squares)
            where V : struct, ISimd<V>
        {
            for (int i = 0; i < length; i += period)
            {
                int end = Math.Min(period, length - i), k = 0;
                for (; k + V.Count <= end; k += V.Count)
                {
                    V deviation = V.Load(x + i + k) - V.Load(means + k);
                    (V.Load(drifts + k) + deviation).Store(drifts + k);
                    V.MultiplyAdd(deviation, deviation, V.Load(squares + k)).Store(squares + k);
                }

                for (; k < end; k++)
                {
                    float deviation = x[i + k] - means[k];
                    drifts[k] += deviation;
                    squares[k] += deviation * deviation;
                }
            }
        }

        // Sum over a group's channels in all repetitions of a period.
        private double GroupSum<V>(float* sums, int period, int group)
            where V : struct, ISimd<V>
        {
            double total = 0;
            for (int at = group * shape.GroupChannels; at < period; at += shape.Channels)
            {
                V vectors = V.Zero;
                int k = 0;
                for (; k + V.Count <= shape.GroupChannels; k += V.Count)
                {
                    vectors += V.Load(sums + at + k);
                }

                total += k > 0 ? V.Sum(vectors) : 0;
                for (; k < shape.GroupChannels; k++)
                {
                    total += sums[at + k];
                }
            }

            return total;
        }
    }

    private readonly unsafe struct ApplyLoop<TActivation>(int channels, SampleShards shards, float* x, float* coefficients, float* residual, float* y)
        : IVectorKernel
        where TActivation : struct, IActivation
    {
        private readonly float* _x = x, _coefficients = coefficients, _residual = residual, _y = y;

        public void Run<V>(int shard)
            where V : struct, ISimd<V>
        {
            int period = ChannelPeriod.Length(channels), length = shards.Length(shard);
            float* a = _coefficients + ((long)CoefficientRows * shards.Sample(shard) * period), m = a + period, b = m + period;
            float* x = _x + shards.Start(shard), y = _y + shards.Start(shard), residual = _residual == null ? null : _residual + shards.Start(shard);
            float* buffer = stackalloc float[2 * V.Count];
            for (int i = 0; i < length; i += period)
            {
                int end = Math.Min(period, length - i), k = 0;
                for (; k + V.Count <= end; k += V.Count)
                {
                    V value = Value(V.Load(x + i + k), V.Load(a + k), V.Load(m + k), V.Load(b + k));
                    (residual != null ? value + V.Load(residual + i + k) : value).Store(y + i + k);
                }

                if (k < end)
                {
                    VectorTail.Load(x + i + k, buffer, end - k);
                    V value = Value(V.Load(buffer), V.Load(a + k), V.Load(m + k), V.Load(b + k));
                    if (residual != null)
                    {
                        VectorTail.Load(residual + i + k, buffer + V.Count, end - k);
                        value += V.Load(buffer + V.Count);
                    }

                    value.Store(buffer);
                    VectorTail.Store(buffer, y + i + k, end - k);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static V Value<V>(V x, V a, V m, V b)
            where V : struct, ISimd<V> => TActivation.Forward(V.MultiplyAdd(x - m, a, b));
    }

    private readonly unsafe struct GradientSumsLoop<TActivation>(
        int channels, SampleShards shards, float* x, float* coefficients, float* g, float* partials) : IVectorKernel
        where TActivation : struct, IActivation
    {
        private readonly float* _x = x, _coefficients = coefficients, _g = g, _partials = partials;

        public void Run<V>(int shard)
            where V : struct, ISimd<V>
        {
            int period = ChannelPeriod.Length(channels), length = shards.Length(shard);
            float* a = _coefficients + ((long)CoefficientRows * shards.Sample(shard) * period), m = a + period, b = m + period;
            float* x = _x + shards.Start(shard), g = _g + shards.Start(shard), sums = _partials + (2L * shard * period), products = sums + period;
            new Span<float>(sums, 2 * period).Clear();

            // Lanes behind the end have no gradient and so add nothing.
            float* buffer = stackalloc float[2 * V.Count];
            V.Zero.Store(buffer);
            V.Zero.Store(buffer + V.Count);
            bool readsOutput = ReadsOutput<TActivation>();
            for (int i = 0; i < length; i += period)
            {
                int end = Math.Min(period, length - i), k = 0;
                for (; k + V.Count <= end; k += V.Count)
                {
                    Add(V.Load(x + i + k) - V.Load(m + k), V.Load(g + i + k), V.Load(a + k), V.Load(b + k), sums + k, products + k, readsOutput);
                }

                if (k < end)
                {
                    VectorTail.Load(x + i + k, buffer, end - k);
                    VectorTail.Load(g + i + k, buffer + V.Count, end - k);
                    Add(V.Load(buffer) - V.Load(m + k), V.Load(buffer + V.Count), V.Load(a + k), V.Load(b + k), sums + k, products + k, readsOutput);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Add<V>(V deviation, V g, V a, V b, float* sums, float* products, bool readsOutput)
            where V : struct, ISimd<V>
        {
            V gradient = Before<TActivation, V>(V.MultiplyAdd(deviation, a, b), g, readsOutput);
            (V.Load(sums) + gradient).Store(sums);
            V.MultiplyAdd(gradient, deviation, V.Load(products)).Store(products);
        }
    }

    private readonly unsafe struct InputGradientLoop<TActivation>(int channels, SampleShards shards, float* x, float* coefficients, float* g, float* dx)
        : IVectorKernel
        where TActivation : struct, IActivation
    {
        private readonly float* _x = x, _coefficients = coefficients, _g = g, _dx = dx;

        public void Run<V>(int shard)
            where V : struct, ISimd<V>
        {
            int period = ChannelPeriod.Length(channels), length = shards.Length(shard);
            float* coefficients = _coefficients + ((long)CoefficientRows * shards.Sample(shard) * period);
            float* x = _x + shards.Start(shard), g = _g + shards.Start(shard), dx = _dx + shards.Start(shard);
            float* buffer = stackalloc float[2 * V.Count];
            bool readsOutput = ReadsOutput<TActivation>();
            for (int i = 0; i < length; i += period)
            {
                int end = Math.Min(period, length - i), k = 0;
                for (; k + V.Count <= end; k += V.Count)
                {
                    Gradient(V.Load(x + i + k), V.Load(g + i + k), coefficients + k, period, readsOutput).Store(dx + i + k);
                }

                if (k < end)
                {
                    VectorTail.Load(x + i + k, buffer, end - k);
                    VectorTail.Load(g + i + k, buffer + V.Count, end - k);
                    Gradient(V.Load(buffer), V.Load(buffer + V.Count), coefficients + k, period, readsOutput).Store(buffer);
                    VectorTail.Store(buffer, dx + i + k, end - k);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static V Gradient<V>(V x, V g, float* coefficients, int period, bool readsOutput)
            where V : struct, ISimd<V>
        {
            V a = V.Load(coefficients), deviation = x - V.Load(coefficients + period);
            V gradient = Before<TActivation, V>(V.MultiplyAdd(deviation, a, V.Load(coefficients + (2 * period))), g, readsOutput);
            V constant = V.MultiplyAdd(deviation, V.Load(coefficients + (4 * period)), V.Load(coefficients + (3 * period)));
            return V.MultiplyAdd(a, gradient, -constant);
        }
    }
}
