using System.Numerics;
using G3DR.Compute;

namespace G3DR.Kernels.Attention;

/// <content>The plain kernels: the definition, and the variant for other devices and for double precision.</content>
public static partial class LinearAttentionKernels
{
    /// <summary>Largest key of a channel in a chunk, and the sum of exponentials relative to it.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="item">Chunk * (batch * channels) + sequence * channels + channel.</param>
    /// <param name="qkv">Packed input.</param>
    /// <param name="partials">Statistics (chunks, 2, batch, channels), overwritten.</param>
    /// <param name="shape">Sizes.</param>
    [Kernel]
    public static void ChunkStatistics<T>(Index1D item, ArrayView<T> qkv, ArrayView<T> partials, LinearAttentionShape shape)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int channels = shape.Channels, all = shape.Batch * channels;
        int chunk = item.X / all, column = item.X % all, sequence = column / channels, channel = column % channels;
        int first = LinearAttentionShape.First(chunk), end = shape.End(chunk);
        long key = shape.QueryAt(sequence, first, 0) + channels + channel;
        T largest = qkv[key];
        for (int position = first + 1; position < end; position++)
        {
            T value = qkv[key + ((long)(position - first) * shape.Step)];
            largest = value > largest ? value : largest;
        }

        T sum = T.Zero;
        for (int position = first; position < end; position++)
        {
            sum += T.Exp(qkv[key + ((long)(position - first) * shape.Step)] - largest);
        }

        long target = ((long)chunk * shape.StatisticsLength) + column;
        partials[target] = largest;
        partials[target + all] = sum;
    }

    /// <summary>Statistics of a channel over all chunks.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="column">Sequence * channels + channel.</param>
    /// <param name="partials">Statistics (chunks, 2, batch, channels).</param>
    /// <param name="statistics">Statistics (2, batch, channels), overwritten.</param>
    /// <param name="shape">Sizes.</param>
    [Kernel]
    public static void MergeStatistics<T>(Index1D column, ArrayView<T> partials, ArrayView<T> statistics, LinearAttentionShape shape)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int all = shape.Batch * shape.Channels;
        T largest = partials[column], sum = T.Zero;
        for (int chunk = 1; chunk < shape.Chunks; chunk++)
        {
            T value = partials[((long)chunk * shape.StatisticsLength) + column];
            largest = value > largest ? value : largest;
        }

        for (int chunk = 0; chunk < shape.Chunks; chunk++)
        {
            long at = ((long)chunk * shape.StatisticsLength) + column;
            sum += partials[at + all] * T.Exp(partials[at] - largest);
        }

        statistics[column] = largest;
        statistics[all + column] = sum;
    }

    /// <summary>One element of a context, summed over a chunk.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="item">Chunk * contexts + ((sequence * heads + head) * depth + key channel) * depth + value channel.</param>
    /// <param name="qkv">Packed input.</param>
    /// <param name="statistics">Statistics of the keys.</param>
    /// <param name="partials">Parts of the contexts (chunks, batch, channels, depth), overwritten.</param>
    /// <param name="shape">Sizes.</param>
    [Kernel]
    public static void ChunkContext<T>(
        Index1D item, ArrayView<T> qkv, ArrayView<T> statistics, ArrayView<T> partials, LinearAttentionShape shape)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int depth = shape.Depth, chunk = item.X / shape.ContextLength, line = item.X % shape.ContextLength / depth;
        int product = line / depth, sequence = product / shape.Heads, head = product % shape.Heads;
        T largest = statistics[line], factor = T.One / (statistics[(shape.Batch * shape.Channels) + line] * T.CreateTruncating(shape.Length));
        T sum = T.Zero;
        for (int position = LinearAttentionShape.First(chunk); position < shape.End(chunk); position++)
        {
            long at = shape.QueryAt(sequence, position, head), value = at + (2 * shape.Channels) + (item.X % depth);
            sum += T.Exp(qkv[at + shape.Channels + (line % depth)] - largest) * qkv[value];
        }

        partials[item] = sum * factor;
    }

    /// <summary>Adds the parts of all chunks in order.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="i">Element.</param>
    /// <param name="partials">Parts (chunks, elements).</param>
    /// <param name="sums">Sums, overwritten.</param>
    /// <param name="chunks">Number of chunks.</param>
    [Kernel]
    public static void AddChunks<T>(Index1D i, ArrayView<T> partials, ArrayView<T> sums, int chunks)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T sum = partials[i];
        for (int chunk = 1; chunk < chunks; chunk++)
        {
            sum += partials[(chunk * sums.Length) + i];
        }

        sums[i] = sum;
    }

    /// <summary>Result of one head at one position.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="item">(Sequence * length + position) * heads + head.</param>
    /// <param name="qkv">Packed input.</param>
    /// <param name="context">Contexts.</param>
    /// <param name="y">Results, overwritten.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="scale">1 / sqrt(depth).</param>
    [Kernel]
    public static void Output<T>(Index1D item, ArrayView<T> qkv, ArrayView<T> context, ArrayView<T> y, LinearAttentionShape shape, T scale)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int depth = shape.Depth, head = item.X % shape.Heads, row = item.X / shape.Heads, sequence = row / shape.Length;
        long query = shape.QueryAt(0, row, head), result = shape.ResultAt(0, row, head);
        long matrix = (long)((sequence * shape.Heads) + head) * depth * depth;
        T logSum = LogSum(qkv, query, depth);
        for (int e = 0; e < depth; e++)
        {
            y[result + e] = T.Zero;
        }

        for (int d = 0; d < depth; d++)
        {
            T weight = scale * T.Exp(qkv[query + d] - logSum);
            for (int e = 0; e < depth; e++)
            {
                y[result + e] += weight * context[matrix + ((long)d * depth) + e];
            }
        }
    }

    /// <summary>Gradient of the query of one head at one position; keeps the logarithm of the query's sum for <see cref="ChunkContextGradient"/>.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="item">(Sequence * length + position) * heads + head.</param>
    /// <param name="qkv">Packed input.</param>
    /// <param name="context">Contexts.</param>
    /// <param name="g">Gradients of the results.</param>
    /// <param name="dqkv">Gradients of the packed input; those of the queries are overwritten.</param>
    /// <param name="logSums">Logarithms of the queries' sums (batch, length, heads), overwritten.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="scale">1 / sqrt(depth).</param>
    [Kernel]
    public static void QueryGradient<T>(
        Index1D item,
        ArrayView<T> qkv,
        ArrayView<T> context,
        ArrayView<T> g,
        ArrayView<T> dqkv,
        ArrayView<T> logSums,
        LinearAttentionShape shape,
        T scale)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int depth = shape.Depth, head = item.X % shape.Heads, row = item.X / shape.Heads, sequence = row / shape.Length;
        long query = shape.QueryAt(0, row, head), result = shape.ResultAt(0, row, head);
        long matrix = (long)((sequence * shape.Heads) + head) * depth * depth;
        T logSum = LogSum(qkv, query, depth), mean = T.Zero;
        logSums[item] = logSum;
        for (int d = 0; d < depth; d++)
        {
            T change = T.Zero;
            for (int e = 0; e < depth; e++)
            {
                change += g[result + e] * context[matrix + ((long)d * depth) + e];
            }

            change *= scale;
            dqkv[query + d] = change;
            mean += T.Exp(qkv[query + d] - logSum) * change;
        }

        for (int d = 0; d < depth; d++)
        {
            dqkv[query + d] = T.Exp(qkv[query + d] - logSum) * (dqkv[query + d] - mean);
        }
    }

    /// <summary>Gradient of one element of a context, summed over a chunk; items as in <see cref="ChunkContext"/>.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="item">Chunk and element.</param>
    /// <param name="qkv">Packed input.</param>
    /// <param name="logSums">Logarithms of the queries' sums.</param>
    /// <param name="g">Gradients of the results.</param>
    /// <param name="partials">Parts of the gradients (chunks, batch, channels, depth), overwritten.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="scale">1 / sqrt(depth).</param>
    [Kernel]
    public static void ChunkContextGradient<T>(
        Index1D item, ArrayView<T> qkv, ArrayView<T> logSums, ArrayView<T> g, ArrayView<T> partials, LinearAttentionShape shape, T scale)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int depth = shape.Depth, chunk = item.X / shape.ContextLength, line = item.X % shape.ContextLength / depth;
        int product = line / depth, sequence = product / shape.Heads, head = product % shape.Heads;
        T sum = T.Zero;
        for (int position = LinearAttentionShape.First(chunk); position < shape.End(chunk); position++)
        {
            long row = ((long)sequence * shape.Length) + position;
            T weight = T.Exp(qkv[shape.QueryAt(sequence, position, head) + (line % depth)] - logSums[(row * shape.Heads) + head]);
            sum += weight * g[shape.ResultAt(sequence, position, head) + (item.X % depth)];
        }

        partials[item] = sum * scale;
    }

    /// <summary>Product of the contexts of one channel of the keys with their gradients: what its weights lose because they sum to 1.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="line">Sequence * channels + channel.</param>
    /// <param name="context">Contexts.</param>
    /// <param name="gradient">Their gradients.</param>
    /// <param name="means">Products (batch, channels), overwritten.</param>
    /// <param name="depth">Channels of a head.</param>
    [Kernel]
    public static void KeyMeans<T>(Index1D line, ArrayView<T> context, ArrayView<T> gradient, ArrayView<T> means, int depth)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T sum = T.Zero;
        for (int e = 0; e < depth; e++)
        {
            long at = ((long)line.X * depth) + e;
            sum += context[at] * gradient[at];
        }

        means[line] = sum;
    }

    /// <summary>Gradients of key and value of one head at one position.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="item">(Sequence * length + position) * heads + head.</param>
    /// <param name="qkv">Packed input.</param>
    /// <param name="statistics">Statistics of the keys.</param>
    /// <param name="contextGradient">Gradients of the contexts.</param>
    /// <param name="means">Products by <see cref="KeyMeans"/>.</param>
    /// <param name="dqkv">Gradients of the packed input; those of keys and values are overwritten.</param>
    /// <param name="shape">Sizes.</param>
    [Kernel]
    public static void KeyGradient<T>(
        Index1D item,
        ArrayView<T> qkv,
        ArrayView<T> statistics,
        ArrayView<T> contextGradient,
        ArrayView<T> means,
        ArrayView<T> dqkv,
        LinearAttentionShape shape)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int depth = shape.Depth, head = item.X % shape.Heads, row = item.X / shape.Heads, sequence = row / shape.Length;
        int line = ((sequence * shape.Heads) + head) * depth;
        long key = shape.QueryAt(0, row, head) + shape.Channels, value = key + shape.Channels;
        T perPosition = T.One / T.CreateTruncating(shape.Length);
        for (int e = 0; e < depth; e++)
        {
            dqkv[value + e] = T.Zero;
        }

        for (int d = 0; d < depth; d++)
        {
            T weight = T.Exp(qkv[key + d] - statistics[line + d]) / statistics[(shape.Batch * shape.Channels) + line + d];
            T change = T.Zero;
            for (int e = 0; e < depth; e++)
            {
                T gradient = perPosition * contextGradient[((long)(line + d) * depth) + e];
                change += gradient * qkv[value + e];
                dqkv[value + e] += weight * gradient;
            }

            dqkv[key + d] = weight * (change - means[line + d]);
        }
    }

    private static T LogSum<T>(ArrayView<T> x, long start, int count)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T largest = x[start], sum = T.Zero;
        for (int c = 1; c < count; c++)
        {
            T value = x[start + c];
            largest = value > largest ? value : largest;
        }

        for (int c = 0; c < count; c++)
        {
            sum += T.Exp(x[start + c] - largest);
        }

        return largest + T.Log(sum);
    }
}
