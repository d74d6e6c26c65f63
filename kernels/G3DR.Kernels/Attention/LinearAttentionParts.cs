using G3DR.Compute;
using G3DR.Compute.Simd;
using G3DR.Kernels.MatMul;

namespace G3DR.Kernels.Attention;

/// <summary>
/// Partial contexts of chunks: for each (chunk of all sequences, head) panels of (depth, width) over the channels of the values.
/// </summary>
internal static unsafe class LinearAttentionParts
{
    // A multiple of a panel's width on every instruction set.
    private const int Padding = 32;

    /// <summary>Elements of all parts.</summary>
    public static long Length(LinearAttentionShape shape) => (long)shape.Batch * shape.Chunks * shape.Heads * PerHead(shape);

    /// <summary>The part of a chunk and head.</summary>
    public static float* At(float* parts, LinearAttentionShape shape, int chunk, int head) => parts + ((((long)chunk * shape.Heads) + head) * PerHead(shape));

    /// <summary>Adds the parts of a head in order, each times a factor for every channel of the keys: sum (depth, depth).</summary>
    /// <typeparam name="V">Vector type.</typeparam>
    /// <param name="parts">All parts.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="product">Sequence * heads + head.</param>
    /// <param name="factors">Factors (chunks, depth).</param>
    /// <param name="sums">Result.</param>
    public static void Add<V>(float* parts, LinearAttentionShape shape, int product, float* factors, float* sums)
        where V : struct, ISimd<V>
    {
        int width = PanelKernel.Width<V>(), depth = shape.Depth, firstChunk = product / shape.Heads * shape.Chunks;
        float* edge = stackalloc float[width];
        for (int column = 0; column < depth; column += width)
        {
            for (int d = 0; d < depth; d++)
            {
                V left = V.Zero, right = V.Zero;
                for (int chunk = 0; chunk < shape.Chunks; chunk++)
                {
                    float* from = At(parts, shape, firstChunk + chunk, product % shape.Heads) + (column * depth) + (d * width);
                    V factor = V.Create(factors[(chunk * depth) + d]);
                    left = V.MultiplyAdd(V.Load(from), factor, left);
                    right = V.MultiplyAdd(V.Load(from + V.Count), factor, right);
                }

                left.Store(edge);
                right.Store(edge + V.Count);
                VectorTail.Store(edge, sums + (d * depth) + column, Math.Min(width, depth - column));
            }
        }
    }

    private static long PerHead(LinearAttentionShape shape) => (long)shape.Depth * Shards.Count(shape.Depth, Padding) * Padding;
}

/// <summary>Statistics of the keys and partial contexts of one chunk; the weights are relative to the largest key of the chunk.</summary>
internal readonly unsafe struct LinearContextParts(
    CpuAccelerator device, LinearAttentionShape shape, ArrayView<float> qkv, ArrayView<float> statistics, ArrayView<float> contexts) : IVectorKernel
{
    private readonly float* _qkv = qkv.Pointer, _statistics = statistics.Pointer, _contexts = contexts.Pointer;

    public void Run<V>(int shard)
        where V : struct, ISimd<V>
    {
        int width = PanelKernel.Width<V>(), depth = shape.Depth, columns = Shards.Count(depth, width), step = columns * width;
        int sequence = shard / shape.Chunks, chunk = shard % shape.Chunks;
        int first = LinearAttentionShape.First(chunk), rows = shape.End(chunk) - first;
        using var scratch = new Scratch(device, rows * step, rows * step, 2 * step);
        float* weights = scratch.Next(), values = scratch.Next(), sums = scratch.Next();

        // Channels that fill up the last panel stay what they are here, or the exponential of it.
        new Span<float>(weights, rows * step).Clear();
        new Span<float>(values, rows * step).Clear();
        for (int head = 0; head < shape.Heads; head++)
        {
            float* key = _qkv + shape.QueryAt(sequence, first, head) + shape.Channels, value = key + shape.Channels;
            PanelLayout.CopyRows(key, shape.Step, rows, depth, weights, step);
            for (int channel = 0; channel < step; channel += V.Count)
            {
                Weigh<V>(weights + channel, rows, step, sums + channel, sums + step + channel);
            }

            long line = ((long)chunk * shape.StatisticsLength) + ((long)sequence * shape.Channels) + (head * depth);
            new ReadOnlySpan<float>(sums, depth).CopyTo(new(_statistics + line, depth));
            new ReadOnlySpan<float>(sums + step, depth).CopyTo(new(_statistics + line + (shape.Batch * shape.Channels), depth));
            float* context = LinearAttentionParts.At(_contexts, shape, shard, head);
            for (int column = 0; column < depth; column += width)
            {
                float* panel = values + ((long)rows * column);
                PanelLayout.CopyRows(value + column, shape.Step, rows, Math.Min(width, depth - column), panel, width);
                PanelProducts.MultiplyTransposed<V>(weights, step, rows, depth, panel, context + (column * depth), accumulate: false);
            }
        }
    }

    private static void Weigh<V>(float* x, int rows, long step, float* largestOut, float* sumOut)
        where V : struct, ISimd<V>
    {
        V largest = V.Load(x), sum = V.Zero;
        for (int row = 1; row < rows; row++)
        {
            largest = V.Max(largest, V.Load(x + (row * step)));
        }

        for (int row = 0; row < rows; row++)
        {
            V weight = SimdMath.Exp(V.Load(x + (row * step)) - largest);
            weight.Store(x + (row * step));
            sum += weight;
        }

        largest.Store(largestOut);
        sum.Store(sumOut);
    }
}

/// <summary>Statistics of the keys and context of one head from those of all chunks.</summary>
internal readonly unsafe struct LinearContextMerge(
    LinearAttentionShape shape, ArrayView<float> parts, ArrayView<float> contexts, ArrayView<float> statistics, ArrayView<float> context) : IVectorKernel
{
    private readonly float* _parts = parts.Pointer, _contexts = contexts.Pointer, _statistics = statistics.Pointer, _context = context.Pointer;

    public void Run<V>(int shard)
        where V : struct, ISimd<V>
    {
        int depth = shape.Depth, all = shape.Batch * shape.Channels;
        float[] factors = new float[shape.Chunks * depth];
        for (int d = 0; d < depth; d++)
        {
            int line = (shard * depth) + d;
            float largest = float.NegativeInfinity, sum = 0f;
            for (int chunk = 0; chunk < shape.Chunks; chunk++)
            {
                largest = Math.Max(largest, _parts[((long)chunk * shape.StatisticsLength) + line]);
            }

            for (int chunk = 0; chunk < shape.Chunks; chunk++)
            {
                float* part = _parts + ((long)chunk * shape.StatisticsLength) + line;
                float factor = MathF.Exp(part[0] - largest);
                factors[(chunk * depth) + d] = factor;
                sum += part[all] * factor;
            }

            for (int chunk = 0; chunk < shape.Chunks; chunk++)
            {
                factors[(chunk * depth) + d] /= sum * shape.Length;
            }

            _statistics[line] = largest;
            _statistics[all + line] = sum;
        }

        fixed (float* factor = factors)
        {
            LinearAttentionParts.Add<V>(_contexts, shape, shard, factor, _context + ((long)shard * depth * depth));
        }
    }
}

/// <summary>Gradient of the context of one head, divided by the length, from those of all chunks; and its products with the context.</summary>
internal readonly unsafe struct LinearContextGradientMerge(
    LinearAttentionShape shape, ArrayView<float> parts, ArrayView<float> context, ArrayView<float> gradient, ArrayView<float> means) : IVectorKernel
{
    private readonly float* _parts = parts.Pointer, _context = context.Pointer, _gradient = gradient.Pointer, _means = means.Pointer;

    public void Run<V>(int shard)
        where V : struct, ISimd<V>
    {
        int depth = shape.Depth;
        float* gradient = _gradient + ((long)shard * depth * depth), context = _context + ((long)shard * depth * depth);
        float[] factors = new float[shape.Chunks * depth];
        Array.Fill(factors, (float)(1 / (Math.Sqrt(depth) * shape.Length)));
        fixed (float* factor = factors)
        {
            LinearAttentionParts.Add<V>(_parts, shape, shard, factor, gradient);
        }

        for (int d = 0; d < depth; d++)
        {
            float sum = 0f;
            for (int e = 0; e < depth; e++)
            {
                sum += gradient[(d * depth) + e] * context[(d * depth) + e];
            }

            _means[(shard * depth) + d] = sum * shape.Length;
        }
    }
}
