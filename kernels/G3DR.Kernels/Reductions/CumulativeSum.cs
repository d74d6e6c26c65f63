using System.Numerics;
using G3DR.Compute;

namespace G3DR.Kernels.Reductions;

/// <summary>
/// Running sums along the middle axis of an (outer, count, inner) array. Each line is one chain of additions, so there is one order. Variants: <c>plain</c>
/// (every device) and <c>simd</c> (the processor's loops over lines side by side); both give the same bits.
/// </summary>
public static class CumulativeSum
{
    /// <summary>One line.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="line">Inner and outer index.</param>
    /// <param name="x">Elements.</param>
    /// <param name="y">Sums; not the memory of <paramref name="x"/>.</param>
    /// <param name="count">Length of the axis.</param>
    /// <param name="inner">Elements between neighbours along the axis.</param>
    /// <param name="fromEnd">Sums from the last element backwards.</param>
    [Kernel]
    public static void Plain<T>(Index2D line, ArrayView<T> x, ArrayView<T> y, int count, int inner, bool fromEnd)
        where T : unmanaged, INumber<T>
    {
        long step = fromEnd ? -inner : inner;
        long at = ((((long)line.Y * count) + (fromEnd ? count - 1 : 0)) * inner) + line.X;
        T sum = x[at];
        y[at] = sum;
        for (int k = 1; k < count; k++)
        {
            at += step;
            sum += x[at];
            y[at] = sum;
        }
    }

    /// <summary>y[o, k, i] = sum of x[o, 0 .. k, i], or of x[o, k .. count - 1, i] from the end.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="device">Where to run.</param>
    /// <param name="x">Elements.</param>
    /// <param name="y">Sums; not the memory of <paramref name="x"/>.</param>
    /// <param name="count">Length of the axis.</param>
    /// <param name="inner">Elements between neighbours along the axis.</param>
    /// <param name="fromEnd">Sums from the last element backwards.</param>
    public static void Run<T>(Accelerator device, ArrayView<T> x, ArrayView<T> y, int count, int inner, bool fromEnd)
        where T : unmanaged, INumber<T>
    {
        if (x.Length != y.Length || count < 1 || inner < 1 || x.Length % ((long)count * inner) != 0)
        {
            throw new ArgumentException($"Running sums of {count} x {inner} elements do not fit views of {x.Length} and {y.Length}.");
        }

        if (!Shards.UseVectors(device))
        {
            device.Launch(Plain, new Index2D(inner, Shards.PlainExtent(x.Length / count / inner)), x, y, count, inner, fromEnd);
            return;
        }

        long step = fromEnd ? -inner : inner;
        long first = fromEnd ? (count - 1L) * inner : 0;
        Shards.For(
            device,
            x.Length / count,
            (start, end) =>
            {
                // Lines of one outer index side by side, so that memory is read in order.
                for (long line = start; line < end;)
                {
                    long outer = line / inner;
                    long width = Math.Min(end, (outer + 1) * inner) - line;
                    long at = (outer * count * inner) + (line % inner) + first;
                    for (int k = 0; k < count; k++, at += step)
                    {
                        for (long i = at; i < at + width; i++)
                        {
                            y[i] = k == 0 ? x[i] : y[i - step] + x[i];
                        }
                    }

                    line += width;
                }
            },
            size: Math.Max(1, Shards.Elements / count));
    }
}
