using G3DR.Compute;
using G3DR.Compute.Simd;
using G3DR.Kernels.MatMul;

namespace G3DR.Kernels.Attention;

/// <summary>Softmax of the queries, one position in each lane.</summary>
internal static unsafe class LinearQueries
{
    /// <summary>A transposed panel of queries becomes their weights.</summary>
    /// <typeparam name="V">Vector type.</typeparam>
    /// <param name="panel">Panel (depth, lanes).</param>
    /// <param name="depth">Channels.</param>
    /// <param name="scale">What the weights of a query sum to.</param>
    public static void Softmax<V>(float* panel, int depth, float scale)
        where V : struct, ISimd<V>
    {
        int width = 2 * V.Count;
        V left = V.Load(panel), right = V.Load(panel + V.Count), leftSum = V.Zero, rightSum = V.Zero;
        for (int d = 1; d < depth; d++)
        {
            left = V.Max(left, V.Load(panel + (d * width)));
            right = V.Max(right, V.Load(panel + (d * width) + V.Count));
        }

        for (int d = 0; d < depth; d++)
        {
            float* at = panel + (d * width);
            V leftWeight = SimdMath.Exp(V.Load(at) - left), rightWeight = SimdMath.Exp(V.Load(at + V.Count) - right);
            leftWeight.Store(at);
            rightWeight.Store(at + V.Count);
            leftSum += leftWeight;
            rightSum += rightWeight;
        }

        PanelLayout.Scale(panel, depth, V.Create(scale) / leftSum, V.Create(scale) / rightSum);
    }
}

/// <summary>Results of one chunk of positions.</summary>
internal readonly unsafe struct LinearOutput(
    CpuAccelerator device, LinearAttentionShape shape, ArrayView<float> qkv, ArrayView<float> context, ArrayView<float> y) : IVectorKernel
{
    private readonly float* _qkv = qkv.Pointer, _context = context.Pointer, _y = y.Pointer;

    public void Run<V>(int shard)
        where V : struct, ISimd<V>
    {
        int width = PanelKernel.Width<V>(), depth = shape.Depth;
        int sequence = shard / shape.Chunks, end = shape.End(shard % shape.Chunks);
        float scale = (float)(1 / Math.Sqrt(depth));
        using var scratch = new Scratch(device, depth * width, depth * width);
        float* queries = scratch.Next(), results = scratch.Next();
        for (int position = LinearAttentionShape.First(shard % shape.Chunks); position < end; position += width)
        {
            int lanes = Math.Min(width, end - position);
            for (int head = 0; head < shape.Heads; head++)
            {
                float* context = _context + ((((long)sequence * shape.Heads) + head) * depth * depth);
                PanelLayout.PackLanes<V>(_qkv + shape.QueryAt(sequence, position, head), shape.Step, lanes, depth, queries);
                LinearQueries.Softmax<V>(queries, depth, scale);
                PanelProducts.MultiplyTransposed<V>(context, depth, depth, depth, queries, results, accumulate: false);
                PanelLayout.UnpackLanes<V>(results, depth, lanes, _y + shape.ResultAt(sequence, position, head), shape.Channels);
            }
        }
    }
}

/// <summary>Gradients of the queries of one chunk of positions, and the chunk's part of the gradient of the contexts, without the queries' scale.</summary>
internal readonly unsafe struct LinearQueryGradient(
    CpuAccelerator device,
    LinearAttentionShape shape,
    ArrayView<float> qkv,
    ArrayView<float> context,
    ArrayView<float> g,
    ArrayView<float> dqkv,
    ArrayView<float> parts) : IVectorKernel
{
    private readonly float* _qkv = qkv.Pointer, _context = context.Pointer, _g = g.Pointer, _dqkv = dqkv.Pointer, _parts = parts.Pointer;

    public void Run<V>(int shard)
        where V : struct, ISimd<V>
    {
        int width = PanelKernel.Width<V>(), depth = shape.Depth;
        int sequence = shard / shape.Chunks, first = LinearAttentionShape.First(shard % shape.Chunks), end = shape.End(shard % shape.Chunks);
        using var scratch = new Scratch(device, depth * width, depth * width, depth * width, width * width);
        float* queries = scratch.Next(), cotangents = scratch.Next(), changes = scratch.Next(), rows = scratch.Next();
        for (int position = first; position < end; position += width)
        {
            int lanes = Math.Min(width, end - position);
            for (int head = 0; head < shape.Heads; head++)
            {
                float* context = _context + ((((long)sequence * shape.Heads) + head) * depth * depth), g = _g + shape.ResultAt(sequence, position, head);
                PanelLayout.PackLanes<V>(_qkv + shape.QueryAt(sequence, position, head), shape.Step, lanes, depth, queries);
                LinearQueries.Softmax<V>(queries, depth, 1f);
                float* part = LinearAttentionParts.At(_parts, shape, shard, head);
                for (int column = 0; column < depth; column += width)
                {
                    int columns = Math.Min(width, depth - column);
                    if (lanes < width || columns < width)
                    {
                        PanelLayout.Clear<V>(rows, width);
                    }

                    PanelLayout.CopyRows(g + column, shape.Channels, lanes, columns, rows, width);
                    PanelProducts.Multiply<V>(queries, width, depth, width, rows, part + (column * depth), width, accumulate: position > first);
                }

                PanelLayout.PackLanes<V>(g, shape.Channels, lanes, depth, cotangents);
                PanelProducts.Multiply<V>(context, depth, depth, depth, cotangents, changes, width, accumulate: false);
                Differentiate<V>(queries, changes);
                Differentiate<V>(queries + V.Count, changes + V.Count);
                PanelLayout.UnpackLanes<V>(changes, depth, lanes, _dqkv + shape.QueryAt(sequence, position, head), shape.Step);
            }
        }
    }

    private void Differentiate<V>(float* weights, float* changes)
        where V : struct, ISimd<V>
    {
        int width = 2 * V.Count;
        V mean = V.Zero, scale = V.Create((float)(1 / Math.Sqrt(shape.Depth)));
        for (int d = 0; d < shape.Depth; d++)
        {
            mean = V.MultiplyAdd(V.Load(weights + (d * width)), V.Load(changes + (d * width)), mean);
        }

        for (int d = 0; d < shape.Depth; d++)
        {
            float* at = changes + (d * width);
            (scale * V.Load(weights + (d * width)) * (V.Load(at) - mean)).Store(at);
        }
    }
}

/// <summary>Gradients of the keys and values of one chunk of positions.</summary>
internal readonly unsafe struct LinearKeyGradient(
    CpuAccelerator device,
    LinearAttentionShape shape,
    ArrayView<float> qkv,
    ArrayView<float> statistics,
    ArrayView<float> contextGradient,
    ArrayView<float> means,
    ArrayView<float> dqkv) : IVectorKernel
{
    private readonly float* _qkv = qkv.Pointer, _statistics = statistics.Pointer, _contextGradient = contextGradient.Pointer;
    private readonly float* _means = means.Pointer, _dqkv = dqkv.Pointer;

    public void Run<V>(int shard)
        where V : struct, ISimd<V>
    {
        int width = PanelKernel.Width<V>(), depth = shape.Depth;
        int sequence = shard / shape.Chunks, end = shape.End(shard % shape.Chunks);
        using var scratch = new Scratch(device, depth * width, depth * width, depth * width);
        float* keys = scratch.Next(), values = scratch.Next(), changes = scratch.Next();
        for (int position = LinearAttentionShape.First(shard % shape.Chunks); position < end; position += width)
        {
            int lanes = Math.Min(width, end - position);
            for (int head = 0; head < shape.Heads; head++)
            {
                int line = ((sequence * shape.Heads) + head) * depth;
                float* gradient = _contextGradient + ((long)line * depth);
                long key = shape.QueryAt(sequence, position, head) + shape.Channels, value = key + shape.Channels;
                PanelLayout.PackLanes<V>(_qkv + key, shape.Step, lanes, depth, keys);
                Weigh<V>(keys, line);
                PanelLayout.PackLanes<V>(_qkv + value, shape.Step, lanes, depth, values);
                PanelProducts.Multiply<V>(gradient, depth, depth, depth, values, changes, width, accumulate: false);
                Differentiate<V>(keys, changes, line);
                PanelLayout.UnpackLanes<V>(changes, depth, lanes, _dqkv + key, shape.Step);
                PanelProducts.MultiplyTransposed<V>(gradient, depth, depth, depth, keys, values, accumulate: false);
                PanelLayout.UnpackLanes<V>(values, depth, lanes, _dqkv + value, shape.Step);
            }
        }
    }

    private void Weigh<V>(float* keys, int line)
        where V : struct, ISimd<V>
    {
        float* sums = _statistics + (shape.Batch * shape.Channels);
        for (int d = 0; d < shape.Depth; d++)
        {
            V largest = V.Create(_statistics[line + d]), factor = V.Create(1f / sums[line + d]);
            for (int half = 0; half < 2; half++)
            {
                (SimdMath.Exp(V.Load(keys) - largest) * factor).Store(keys);
                keys += V.Count;
            }
        }
    }

    private void Differentiate<V>(float* weights, float* changes, int line)
        where V : struct, ISimd<V>
    {
        for (int d = 0; d < shape.Depth; d++)
        {
            V mean = V.Create(_means[line + d]);
            for (int half = 0; half < 2; half++)
            {
                (V.Load(weights) * (V.Load(changes) - mean)).Store(changes);
                weights += V.Count;
                changes += V.Count;
            }
        }
    }
}
