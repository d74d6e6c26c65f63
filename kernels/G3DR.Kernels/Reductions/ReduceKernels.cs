using G3DR.Compute;

namespace G3DR.Kernels.Reductions;

/// <summary>
/// Folds the middle axis of an (outer, count, inner) array. The axis is cut into chunks of fixed length, and the chunks' values are folded in a fixed
/// order, so the result depends neither on the number of threads nor on a race.
/// Variants: <c>plain</c> (one item per result), <c>simd</c>, and <c>grouped</c> for devices with shared memory; float64 has the plain one only.
/// </summary>
/// <typeparam name="TOp">What is folded.</typeparam>
public static partial class ReduceKernels<TOp>
    where TOp : struct, IReduceOp
{
    // At most 128 float32 additions follow each other in a chunk, which keeps long sums accurate: rows are folded in four vectors side by side.
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

    /// <inheritdoc cref="Plain"/>
    [Kernel]
    public static void PlainDouble(Index2D i, ArrayView<double> x, ArrayView<double> y, int count, int inner)
    {
        long start = ((long)i.Y * count * inner) + i.X;
        double value = TOp.Identity;
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
        else if (device is CpuAccelerator)
        {
            RunPlain(device, x, y, count, inner);
        }
        else
        {
            RunGroups(device, x, y, count, inner);
        }
    }

    /// <summary>The plain variant.</summary>
    public static void RunPlain(Accelerator device, ArrayView<float> x, ArrayView<float> y, int count, int inner) =>
        device.Launch(Plain, new Index2D(inner, checked((int)(y.Length / inner))), x, y, count, inner);

    /// <summary>The same in double precision.</summary>
    public static void Run(Accelerator device, ArrayView<double> x, ArrayView<double> y, int count, int inner)
    {
        RequireSizes(x.Length, y.Length, count, inner);
        device.Launch(PlainDouble, new Index2D(inner, checked((int)(y.Length / inner))), x, y, count, inner);
    }

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
