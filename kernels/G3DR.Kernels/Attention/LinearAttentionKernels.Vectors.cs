using G3DR.Compute;
using G3DR.Compute.Memory;

namespace G3DR.Kernels.Attention;

/// <content>The vector variants: a shard has a chunk of positions, partial contexts are added in the order of the chunks.</content>
public static partial class LinearAttentionKernels
{
    /// <summary>The vector variant of the forward pass.</summary>
    public static void ForwardVectors(
        Accelerator device, LinearAttentionShape shape, ArrayView<float> qkv, ArrayView<float> statistics, ArrayView<float> context, ArrayView<float> y)
    {
        CpuAccelerator cpu = Shards.RequireCpu(device);
        int chunks = shape.Batch * shape.Chunks, heads = shape.Batch * shape.Heads;
        using MemoryBuffer<float> contexts = cpu.Allocate<float>(LinearAttentionParts.Length(shape));
        using MemoryBuffer<float> parts = cpu.Allocate<float>((long)shape.Chunks * shape.StatisticsLength);
        cpu.Launch(new LinearContextParts(cpu, shape, qkv, parts.View, contexts.View), chunks);
        cpu.Launch(new LinearContextMerge(shape, parts.View, contexts.View, statistics, context), heads);
        cpu.Launch(new LinearOutput(cpu, shape, qkv, context, y), chunks);
    }

    /// <summary>The vector variant of the backward pass.</summary>
    public static void BackwardVectors(
        Accelerator device,
        LinearAttentionShape shape,
        ArrayView<float> qkv,
        ArrayView<float> statistics,
        ArrayView<float> context,
        ArrayView<float> g,
        ArrayView<float> dqkv)
    {
        CpuAccelerator cpu = Shards.RequireCpu(device);
        int chunks = shape.Batch * shape.Chunks, heads = shape.Batch * shape.Heads;
        using MemoryBuffer<float> parts = cpu.Allocate<float>(LinearAttentionParts.Length(shape)), contextGradient = cpu.Allocate<float>(shape.ContextLength);
        using MemoryBuffer<float> means = cpu.Allocate<float>(shape.Batch * shape.Channels);
        cpu.Launch(new LinearQueryGradient(cpu, shape, qkv, context, g, dqkv, parts.View), chunks);
        cpu.Launch(new LinearContextGradientMerge(shape, parts.View, context, contextGradient.View, means.View), heads);
        cpu.Launch(new LinearKeyGradient(cpu, shape, qkv, statistics, contextGradient.View, means.View, dqkv), chunks);
    }
}
