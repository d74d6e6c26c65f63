using System.Runtime.CompilerServices;
using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.Resampling;

/// <content>Vector loops.</content>
public static partial class ResizeKernels
{
    /// <summary>The vector variant.</summary>
    internal static unsafe void RunVectors(
        Accelerator device, AxisFilter rows, AxisFilter columns, int channels, ArrayView<float> x, ArrayView<float> y)
    {
        CpuAccelerator cpu = Shards.RequireCpu(device);
        long outputRows = y.Length / ((long)columns.Outputs * channels);
        long perShard = Math.Max(1, Shards.Elements / ((long)columns.Outputs * channels));
        cpu.Launch(new Loop(cpu, rows, columns, channels, x.Pointer, y.Pointer, outputRows, perShard), Shards.Count(outputRows, perShard));
    }

    // An output row is first put together from whole input rows in scratch memory that stays in the cache, then resized along the row. So nothing of the
    // size of a picture is written in between.
    private readonly unsafe struct Loop(
        CpuAccelerator cpu, AxisFilter rows, AxisFilter columns, int channels, float* x, float* y, long outputRows, long perShard) : IVectorKernel
    {
        private readonly float* _x = x, _y = y;

        private long InputRow => (long)columns.Inputs * channels;

        private long OutputRow => (long)columns.Outputs * channels;

        public void Run<V>(int shard)
            where V : struct, ISimd<V>
        {
            using MemoryBuffer<float> scratch = cpu.Allocate<float>(InputRow);
            float* sum = scratch.View.Pointer;
            long start = shard * perShard, end = Math.Min(outputRows, start + perShard);
            for (long row = start; row < end; row++)
            {
                int output = (int)(row % rows.Outputs);
                float* to = _y + (row * OutputRow);
                if (row > start && output > 0 && IsSameAsBefore(output))
                {
                    new ReadOnlySpan<float>(to - OutputRow, checked((int)OutputRow)).CopyTo(new(to, (int)OutputRow));
                    continue;
                }

                float* from = _x + (row / rows.Outputs * rows.Inputs * InputRow);
                ResizeRow<V>(CombineRows<V>(from, output, sum), to);
            }
        }

        // Whether two neighbouring output rows read one and the same input row, as when the nearest row is repeated.
        private bool IsSameAsBefore(int output) =>
            IsCopy(output) && IsCopy(output - 1) && rows.Index[rows.Start[output]] == rows.Index[rows.Start[output - 1]];

        private bool IsCopy(int output)
        {
            int first = rows.Start[output];
            return rows.Start[output + 1] - first == 1 && rows.Weight[first] == 1;
        }

        private float* CombineRows<V>(float* from, int output, float* sum)
            where V : struct, ISimd<V>
        {
            int first = rows.Start[output];
            if (IsCopy(output))
            {
                return from + (rows.Index[first] * InputRow);
            }

            Combine<V>(rows, output, from, InputRow, InputRow, sum);
            return sum;
        }

        private void ResizeRow<V>(float* from, float* to)
            where V : struct, ISimd<V>
        {
            if (columns.IsIdentity)
            {
                new ReadOnlySpan<float>(from, checked((int)InputRow)).CopyTo(new(to, (int)InputRow));
                return;
            }

            for (int output = 0; output < columns.Outputs; output++)
            {
                Combine<V>(columns, output, from, channels, channels, to + ((long)output * channels));
            }
        }
    }

    /// <summary>to[0 .. count - 1] = sum over the taps of an output of weight * from[index * stride ...].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Combine<V>(AxisFilter filter, int output, float* from, long stride, long count, float* to)
        where V : struct, ISimd<V>
    {
        int first = filter.Start[output], taps = filter.Start[output + 1] - first;
        ReadOnlySpan<int> index = filter.Index.AsSpan(first, taps);
        ReadOnlySpan<float> weight = filter.Weight.AsSpan(first, taps);
        if (taps == 0)
        {
            new Span<float>(to, checked((int)count)).Clear();
            return;
        }

        long c = 0;
        for (; c + (4 * V.Count) <= count; c += 4 * V.Count)
        {
            // Begun by a product and not by a sum with zero: what is only copied stays as it is to the last bit.
            float* x = from + (index[0] * stride) + c;
            V w = V.Create(weight[0]);
            V a0 = w * V.Load(x), a1 = w * V.Load(x + V.Count), a2 = w * V.Load(x + (2 * V.Count)), a3 = w * V.Load(x + (3 * V.Count));
            for (int k = 1; k < index.Length; k++)
            {
                x = from + (index[k] * stride) + c;
                w = V.Create(weight[k]);
                a0 = V.MultiplyAdd(w, V.Load(x), a0);
                a1 = V.MultiplyAdd(w, V.Load(x + V.Count), a1);
                a2 = V.MultiplyAdd(w, V.Load(x + (2 * V.Count)), a2);
                a3 = V.MultiplyAdd(w, V.Load(x + (3 * V.Count)), a3);
            }

            a0.Store(to + c);
            a1.Store(to + c + V.Count);
            a2.Store(to + c + (2 * V.Count));
            a3.Store(to + c + (3 * V.Count));
        }

        while (c + V.Count <= count)
        {
            CombineVector<V>(index, weight, from + c, stride).Store(to + c);
            c += V.Count;
        }

        if (c < count && count >= V.Count)
        {
            // The last vector lies over the one before: what both write is the same.
            CombineVector<V>(index, weight, from + count - V.Count, stride).Store(to + count - V.Count);
            return;
        }

        for (; c < count; c++)
        {
            float sum = weight[0] * from[(index[0] * stride) + c];
            for (int k = 1; k < index.Length; k++)
            {
                sum += weight[k] * from[(index[k] * stride) + c];
            }

            to[c] = sum;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe V CombineVector<V>(ReadOnlySpan<int> index, ReadOnlySpan<float> weight, float* from, long stride)
        where V : struct, ISimd<V>
    {
        V sum = V.Create(weight[0]) * V.Load(from + (index[0] * stride));
        for (int k = 1; k < index.Length; k++)
        {
            sum = V.MultiplyAdd(V.Create(weight[k]), V.Load(from + (index[k] * stride)), sum);
        }

        return sum;
    }
}
