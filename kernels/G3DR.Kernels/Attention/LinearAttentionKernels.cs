using System.Numerics;
using G3DR.Compute;
using G3DR.Compute.Memory;

namespace G3DR.Kernels.Attention;

/// <summary>
/// Linear attention: with softmax of the queries over the channels of a head and of the keys over the positions, the results are q (k^T v), whose inner product is
/// only depth x depth, the context (Shen et al., "Efficient attention: attention with linear complexities", WACV 2021). Nothing of the size of the input is kept besides
/// the input: the softmax of keys and queries is computed where it is needed. In the gradient of the keys, the sum over all positions that the softmax needs is the
/// product of context and context gradient. Variants: <c>plain</c> (float64 too) and <c>simd</c>.
/// </summary>
public static partial class LinearAttentionKernels
{
    /// <summary>The forward pass by the variant that suits the device.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="device">Where to run.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="qkv">Packed input (Batch, Length, 3 * Heads * Depth).</param>
    /// <param name="statistics">Statistics of the keys (2, Batch, Channels), overwritten.</param>
    /// <param name="context">Contexts (Batch, Channels, Depth), overwritten.</param>
    /// <param name="y">Results (Batch, Length, Channels), overwritten.</param>
    public static void Forward<T>(
        Accelerator device, LinearAttentionShape shape, ArrayView<T> qkv, ArrayView<T> statistics, ArrayView<T> context, ArrayView<T> y)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float) && Shards.UseVectors(device))
        {
            ForwardVectors(device, shape, qkv.Cast<float>(), statistics.Cast<float>(), context.Cast<float>(), y.Cast<float>());
        }
        else
        {
            ForwardPlain(device, shape, qkv, statistics, context, y);
        }
    }

    /// <summary>The backward pass by the variant that suits the device.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="device">Where to run.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="qkv">Packed input.</param>
    /// <param name="statistics">Statistics of the keys.</param>
    /// <param name="context">Contexts.</param>
    /// <param name="g">Gradients of the results.</param>
    /// <param name="dqkv">Gradients of the packed input, overwritten.</param>
    public static void Backward<T>(
        Accelerator device, LinearAttentionShape shape, ArrayView<T> qkv, ArrayView<T> statistics, ArrayView<T> context, ArrayView<T> g, ArrayView<T> dqkv)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float) && Shards.UseVectors(device))
        {
            BackwardVectors(
                device, shape, qkv.Cast<float>(), statistics.Cast<float>(), context.Cast<float>(), g.Cast<float>(), dqkv.Cast<float>());
        }
        else
        {
            BackwardPlain(device, shape, qkv, statistics, context, g, dqkv);
        }
    }

    /// <summary>The plain variant of the forward pass.</summary>
    public static void ForwardPlain<T>(
        Accelerator device, LinearAttentionShape shape, ArrayView<T> qkv, ArrayView<T> statistics, ArrayView<T> context, ArrayView<T> y)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using MemoryBuffer<T> statisticsParts = device.Allocate<T>((long)shape.Chunks * shape.StatisticsLength);
        using MemoryBuffer<T> contextParts = device.Allocate<T>((long)shape.Chunks * shape.ContextLength);
        int columns = shape.Batch * shape.Channels;
        device.Launch(ChunkStatistics, Shards.PlainExtent((long)shape.Chunks * columns), qkv, statisticsParts.View, shape);
        device.Launch(MergeStatistics, new Index1D(columns), statisticsParts.View, statistics, shape);
        device.Launch(ChunkContext, Shards.PlainExtent(contextParts.Length), qkv, statistics, contextParts.View, shape);
        device.Launch(AddChunks, new Index1D(shape.ContextLength), contextParts.View, context, shape.Chunks);
        device.Launch(Output, Shards.PlainExtent((long)shape.Batch * shape.Length * shape.Heads), qkv, context, y, shape, Scale<T>(shape));
    }

    /// <summary>The plain variant of the backward pass.</summary>
    public static void BackwardPlain<T>(
        Accelerator device, LinearAttentionShape shape, ArrayView<T> qkv, ArrayView<T> statistics, ArrayView<T> context, ArrayView<T> g, ArrayView<T> dqkv)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int columns = shape.Batch * shape.Channels;
        long rows = (long)shape.Batch * shape.Length * shape.Heads;
        using MemoryBuffer<T> logSums = device.Allocate<T>(rows), means = device.Allocate<T>(columns);
        using MemoryBuffer<T> parts = device.Allocate<T>((long)shape.Chunks * shape.ContextLength), contextGradient = device.Allocate<T>(shape.ContextLength);
        device.Launch(QueryGradient, Shards.PlainExtent(rows), qkv, context, g, dqkv, logSums.View, shape, Scale<T>(shape));
        device.Launch(ChunkContextGradient, Shards.PlainExtent(parts.Length), qkv, logSums.View, g, parts.View, shape, Scale<T>(shape));
        device.Launch(AddChunks, new Index1D(shape.ContextLength), parts.View, contextGradient.View, shape.Chunks);
        device.Launch(KeyMeans, new Index1D(columns), context, contextGradient.View, means.View, shape.Depth);
        device.Launch(KeyGradient, Shards.PlainExtent(rows), qkv, statistics, contextGradient.View, means.View, dqkv, shape);
    }

    private static T Scale<T>(LinearAttentionShape shape)
        where T : unmanaged, IFloatingPointIeee754<T> => T.CreateTruncating(1 / Math.Sqrt(shape.Depth));
}
