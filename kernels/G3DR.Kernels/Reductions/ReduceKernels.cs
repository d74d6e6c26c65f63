using G3DR.Compute;
using G3DR.Compute.Memory;

namespace G3DR.Kernels.Reductions;

/// <summary>
/// Folds the middle axis of an (outer, count, inner) array. The axis is cut into chunks of fixed length, and the chunks' values are folded in
/// order (in double precision), so the result depends neither on the number of threads nor on a race.
/// Variants: <c>plain</c> (one item per result) and <c>simd</c>; float64 has the plain loop only.
/// </summary>
/// <typeparam name="TOp">What is folded.</typeparam>
public static partial class ReduceKernels<TOp>
    where TOp : struct, IReduceOp
{
    // At most 128 float32 additions follow each other in a chunk (rows are folded in four vectors side by side), which keeps long sums accurate.
    private const int RowChunk = 2048, ColumnChunk = 128;

    /// <summary>One result: y[outer, inner] from x[outer, :, inner].</summary>
    [Kernel]
    public static void Plain(Index2D i, ArrayView<float> x, ArrayView<float> y, int count, int inner)
    {
        long start = ((long)i.Y * count * inner) + i.X;
        float value = TOp.Identity;
        for (int k = 0; k < count; k++)
        {
            value = TOp.Combine(value, x[start + ((long)k * inner)]);
        }

        y[((long)i.Y * inner) + i.X] = value;
    }

    /// <summary>y (outer, inner) from x (outer, count, inner) by the variant that suits the device.</summary>
    /// <param name="device">Where to run.</param>
    /// <param name="x">Elements, outer * count * inner.</param>
    /// <param name="y">Results, outer * inner.</param>
    /// <param name="count">Length of the folded axis.</param>
    /// <param name="inner">Elements between neighbours along the folded axis.</param>
    public static void Run(Accelerator device, ArrayView<float> x, ArrayView<float> y, int count, int inner)
    {
        RequireSizes(x.Length, y.Length, count, inner);
        if (y.Length == 0)
        {
            return;
        }

        if (Shards.UseVectors(device))
        {
            RunVectors(device, x, y, count, inner);
        }
        else
        {
            RunPlain(device, x, y, count, inner);
        }
    }

    /// <summary>The plain variant.</summary>
    public static void RunPlain(Accelerator device, ArrayView<float> x, ArrayView<float> y, int count, int inner) =>
        device.Launch(Plain, new Index2D(inner, checked((int)(y.Length / inner))), x, y, count, inner);

    /// <summary>The same in double precision.</summary>
    public static void Run(Accelerator device, ArrayView<double> x, ArrayView<double> y, int count, int inner)
    {
        RequireSizes(x.Length, y.Length, count, inner);
        Shards.For(
            device,
            y.Length,
            (start, end) =>
            {
                for (long i = start; i < end; i++)
                {
                    long first = (i / inner * count * inner) + (i % inner);
                    double value = TOp.Identity;
                    for (int k = 0; k < count; k++)
                    {
                        value = TOp.Combine(value, x[first + ((long)k * inner)]);
                    }

                    y[i] = value;
                }
            },
            size: Math.Max(1, Shards.Elements / Math.Max(1, count)));
    }

    /// <summary>The vector variant.</summary>
    public static unsafe void RunVectors(Accelerator device, ArrayView<float> x, ArrayView<float> y, int count, int inner)
    {
        CpuAccelerator cpu = Shards.RequireCpu(device);
        int chunkLength = inner == 1 ? RowChunk : ColumnChunk;
        int chunks = Math.Max(1, Shards.Count(count, chunkLength));
        using MemoryBuffer<float>? partials = chunks > 1 ? device.Allocate<float>(y.Length * chunks) : null;
        float* target = partials is null ? y.Pointer : partials.View.Pointer;
        long pieces = y.Length / inner * chunks;
        if (inner == 1)
        {
            int perShard = Math.Max(1, Shards.Elements / Math.Clamp(count, 1, RowChunk));
            cpu.Launch(new RowLoop(x.Pointer, target, pieces, count, chunks, perShard), Shards.Count(pieces, perShard));
        }
        else
        {
            int perShard = (int)Math.Max(1, Shards.Elements / ((long)Math.Clamp(count, 1, ColumnChunk) * inner));
            cpu.Launch(new ColumnLoop(x.Pointer, target, pieces, count, inner, chunks, perShard), Shards.Count(pieces, perShard));
        }

        if (partials is not null)
        {
            FoldChunks(device, partials.View, y, chunks, inner);
        }
    }

    private static void FoldChunks(Accelerator device, ArrayView<float> partials, ArrayView<float> y, int chunks, int inner) => Shards.For(
        device,
        y.Length,
        (start, end) =>
        {
            for (long i = start; i < end; i++)
            {
                long first = (i / inner * chunks * inner) + (i % inner);
                double value = partials[first];
                for (int k = 1; k < chunks; k++)
                {
                    value = TOp.Combine(value, partials[first + ((long)k * inner)]);
                }

                y[i] = (float)value;
            }
        },
        size: Math.Max(1, Shards.Elements / chunks));

    private static void RequireSizes(long elements, long results, int count, int inner)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfLessThan(inner, 1);
        if (results % inner != 0 || results * count != elements)
        {
            throw new ArgumentException(
                $"{TOp.Name} over {count} elements with {inner} between neighbours gives {results} results from {results * count} elements, not {elements}.");
        }
    }
}
