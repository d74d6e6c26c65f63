using System.Numerics;
using G3DR.Compute;
using G3DR.Compute.Memory;

namespace G3DR.Kernels.Attention;

/// <summary>
/// Attention softmax(scale q k^T + mask) v without the matrix of scores in memory: keys pass by in blocks, with the running maximum and sum of each query
/// (Milakov and Gimelshein, "Online normalizer calculation for softmax", 2018; Rabe and Staats, "Self-attention does not need O(n^2) memory", 2021;
/// Dao et al., "FlashAttention", NeurIPS 2022). The backward pass computes the weights again from the saved logarithm of each query's sum.
/// Variants: <c>plain</c> (a query or key per item, float64 too), <c>simd</c> (<see cref="AttentionForward"/>, <see cref="AttentionBackward"/>),
/// and <c>tiled</c> for devices with shared memory (<see cref="AttentionTiles"/>).
/// </summary>
public static partial class AttentionKernels
{
    /// <summary>The forward pass by the variant that suits the device.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="device">Where to run.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="scale">Factor of the products of queries and keys.</param>
    /// <param name="inputs">Queries, keys, values, mask.</param>
    /// <param name="result">Results, overwritten.</param>
    public static void Forward<T>(Accelerator device, AttentionShape shape, double scale, AttentionInputs<T> inputs, AttentionResult<T> result)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float) && Shards.UseVectors(device))
        {
            ForwardVectors(device, shape, scale, inputs.Cast<float>(), result.Cast<float>());
        }
        else if (typeof(T) == typeof(float) && device is not CpuAccelerator)
        {
            AttentionTiles.Forward(device, shape, scale, inputs.Cast<float>(), result.Cast<float>());
        }
        else
        {
            ForwardPlain(device, shape, scale, inputs, result);
        }
    }

    /// <summary>The backward pass by the variant that suits the device.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="device">Where to run.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="scale">Factor of the products of queries and keys.</param>
    /// <param name="inputs">Queries, keys, values, mask.</param>
    /// <param name="result">What the forward pass gave.</param>
    /// <param name="cotangent">Gradients of the results (Batch, Rows, Heads * ValueDepth).</param>
    /// <param name="gradients">Gradients of queries, keys and values, overwritten.</param>
    public static void Backward<T>(
        Accelerator device,
        AttentionShape shape,
        double scale,
        AttentionInputs<T> inputs,
        AttentionResult<T> result,
        ArrayView<T> cotangent,
        AttentionGradients<T> gradients)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float) && Shards.UseVectors(device))
        {
            BackwardVectors(device, shape, scale, inputs.Cast<float>(), result.Cast<float>(), cotangent.Cast<float>(), gradients.Cast<float>());
        }
        else if (typeof(T) == typeof(float) && device is not CpuAccelerator)
        {
            AttentionTiles.Backward(device, shape, scale, inputs.Cast<float>(), result.Cast<float>(), cotangent.Cast<float>(), gradients.Cast<float>());
        }
        else
        {
            BackwardPlain(device, shape, scale, inputs, result, cotangent, gradients);
        }
    }

    /// <summary>The plain variant of the forward pass.</summary>
    public static void ForwardPlain<T>(Accelerator device, AttentionShape shape, double scale, AttentionInputs<T> inputs, AttentionResult<T> result)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        device.Launch(
            ForwardRow,
            Shards.PlainExtent(result.LogSum.Length),
            inputs.Query,
            inputs.Key,
            inputs.Value,
            inputs.Mask,
            result.Value,
            result.LogSum,
            shape,
            T.CreateTruncating(scale));

    /// <summary>The plain variant of the backward pass.</summary>
    public static void BackwardPlain<T>(
        Accelerator device,
        AttentionShape shape,
        double scale,
        AttentionInputs<T> inputs,
        AttentionResult<T> result,
        ArrayView<T> cotangent,
        AttentionGradients<T> gradients)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        using MemoryBuffer<T> deltas = device.Allocate<T>(result.LogSum.Length);
        T factor = T.CreateTruncating(scale);
        Index1D rows = Shards.PlainExtent(result.LogSum.Length), keys = Shards.PlainExtent((long)shape.Products * shape.Keys);
        device.Launch(Deltas, rows, result.Value, cotangent, deltas.View, shape);
        device.Launch(
            QueryGradient,
            rows,
            inputs.Query,
            inputs.Key,
            inputs.Value,
            inputs.Mask,
            result.LogSum,
            deltas.View,
            cotangent,
            gradients.Query,
            shape,
            factor);
        device.Launch(
            KeyGradient,
            keys,
            inputs.Query,
            inputs.Key,
            inputs.Value,
            inputs.Mask,
            result.LogSum,
            deltas.View,
            cotangent,
            gradients.Key,
            gradients.Value,
            shape,
            factor);
    }

    /// <summary>The vector variant of the forward pass.</summary>
    public static unsafe void ForwardVectors(
        Accelerator device, AttentionShape shape, double scale, AttentionInputs<float> inputs, AttentionResult<float> result)
    {
        CpuAccelerator cpu = Shards.RequireCpu(device);
        var kernel = new AttentionForward(cpu, shape, (float)scale, inputs, result);
        cpu.Launch(kernel, kernel.Tasks);
    }

    /// <summary>The vector variant of the backward pass.</summary>
    public static void BackwardVectors(
        Accelerator device,
        AttentionShape shape,
        double scale,
        AttentionInputs<float> inputs,
        AttentionResult<float> result,
        ArrayView<float> cotangent,
        AttentionGradients<float> gradients)
    {
        CpuAccelerator cpu = Shards.RequireCpu(device);
        using MemoryBuffer<float> deltas = cpu.Allocate<float>(result.LogSum.Length);
        cpu.Launch(new AttentionDeltas(shape, result.Value, cotangent, deltas.View), AttentionDeltas.Tasks(shape));
        int parts = AttentionBackward.Parts(shape);
        using MemoryBuffer<float>? partials = parts > 1 ? cpu.Allocate<float>((long)parts * shape.Products * shape.Rows * shape.Depth) : null;
        var kernel = new AttentionBackward(cpu, shape, (float)scale, inputs, result.LogSum, deltas.View, cotangent, gradients, partials?.View ?? default, parts);
        cpu.Launch(kernel, parts * shape.Products);
        if (partials is not null)
        {
            cpu.Launch(new AttentionQueryParts(shape, partials.View, gradients.Query, parts), shape.Products);
        }
    }
}
