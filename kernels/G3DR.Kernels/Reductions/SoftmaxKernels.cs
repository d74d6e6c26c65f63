using G3DR.Compute;

namespace G3DR.Kernels.Reductions;

/// <summary>
/// Softmax e^x / sum e^x and its logarithm over rows. The row's largest element is subtracted first, so nothing overflows.
/// Variants: <c>plain</c> (one row per item), <c>simd</c>, and <c>grouped</c> for devices with shared memory; float64 has the plain one only.
/// </summary>
public static partial class SoftmaxKernels
{
    /// <summary>One row.</summary>
    [Kernel]
    public static void ForwardPlain(Index1D row, ArrayView<float> x, ArrayView<float> y, int count, int logarithm)
    {
        long start = (long)row.X * count;
        float largest = float.NegativeInfinity;
        for (int k = 0; k < count; k++)
        {
            largest = XMath.Max(largest, x[start + k]);
        }

        float sum = 0f;
        for (int k = 0; k < count; k++)
        {
            sum += XMath.Exp(x[start + k] - largest);
        }

        for (int k = 0; k < count; k++)
        {
            float shifted = x[start + k] - largest;
            y[start + k] = logarithm != 0 ? shifted - XMath.Log(sum) : XMath.Exp(shifted) / sum;
        }
    }

    /// <inheritdoc cref="ForwardPlain"/>
    [Kernel]
    public static void ForwardDouble(Index1D row, ArrayView<double> x, ArrayView<double> y, int count, int logarithm)
    {
        long start = (long)row.X * count;
        double largest = double.NegativeInfinity;
        for (int k = 0; k < count; k++)
        {
            largest = XMath.Max(largest, x[start + k]);
        }

        double sum = 0.0;
        for (int k = 0; k < count; k++)
        {
            sum += XMath.Exp(x[start + k] - largest);
        }

        for (int k = 0; k < count; k++)
        {
            double shifted = x[start + k] - largest;
            y[start + k] = logarithm != 0 ? shifted - XMath.Log(sum) : XMath.Exp(shifted) / sum;
        }
    }

    /// <summary>One row: y (g - &lt;g, y&gt;), or g - e^y sum(g) for the logarithm.</summary>
    [Kernel]
    public static void BackwardPlain(Index1D row, ArrayView<float> y, ArrayView<float> g, ArrayView<float> dx, int count, int logarithm)
    {
        long start = (long)row.X * count;
        float sum = 0f;
        for (int k = 0; k < count; k++)
        {
            sum += logarithm != 0 ? g[start + k] : g[start + k] * y[start + k];
        }

        for (int k = 0; k < count; k++)
        {
            float value = y[start + k];
            dx[start + k] = logarithm != 0 ? g[start + k] - (XMath.Exp(value) * sum) : value * (g[start + k] - sum);
        }
    }

    /// <inheritdoc cref="BackwardPlain"/>
    [Kernel]
    public static void BackwardDouble(Index1D row, ArrayView<double> y, ArrayView<double> g, ArrayView<double> dx, int count, int logarithm)
    {
        long start = (long)row.X * count;
        double sum = 0.0;
        for (int k = 0; k < count; k++)
        {
            sum += logarithm != 0 ? g[start + k] : g[start + k] * y[start + k];
        }

        for (int k = 0; k < count; k++)
        {
            double value = y[start + k];
            dx[start + k] = logarithm != 0 ? g[start + k] - (XMath.Exp(value) * sum) : value * (g[start + k] - sum);
        }
    }

    /// <summary>Softmax of rows of <paramref name="count"/> elements by the variant that suits the device.</summary>
    public static void Forward(Accelerator device, ArrayView<float> x, ArrayView<float> y, int count, bool logarithm)
    {
        long rows = RequireRows(count, x.Length, y.Length);
        if (Shards.UseVectors(device))
        {
            ForwardVectors(device, x, y, count, logarithm);
        }
        else if (device is not CpuAccelerator)
        {
            ForwardGroups(device, x, y, count, logarithm);
        }
        else
        {
            device.Launch(ForwardPlain, Shards.PlainExtent(rows), x, y, count, logarithm ? 1 : 0);
        }
    }

    /// <summary>Gradient of softmax from its output, by the variant that suits the device.</summary>
    public static void Backward(Accelerator device, ArrayView<float> y, ArrayView<float> g, ArrayView<float> dx, int count, bool logarithm)
    {
        long rows = RequireRows(count, y.Length, g.Length, dx.Length);
        if (Shards.UseVectors(device))
        {
            BackwardVectors(device, y, g, dx, count, logarithm);
        }
        else if (device is not CpuAccelerator)
        {
            BackwardGroups(device, y, g, dx, count, logarithm);
        }
        else
        {
            device.Launch(BackwardPlain, Shards.PlainExtent(rows), y, g, dx, count, logarithm ? 1 : 0);
        }
    }

    /// <summary>Softmax in double precision.</summary>
    public static void Forward(Accelerator device, ArrayView<double> x, ArrayView<double> y, int count, bool logarithm)
    {
        long rows = RequireRows(count, x.Length, y.Length);
        device.Launch(ForwardDouble, Shards.PlainExtent(rows), x, y, count, logarithm ? 1 : 0);
    }

    /// <summary>Gradient of softmax in double precision.</summary>
    public static void Backward(Accelerator device, ArrayView<double> y, ArrayView<double> g, ArrayView<double> dx, int count, bool logarithm)
    {
        long rows = RequireRows(count, y.Length, g.Length, dx.Length);
        device.Launch(BackwardDouble, Shards.PlainExtent(rows), y, g, dx, count, logarithm ? 1 : 0);
    }

    private static int RowsPerShard(int count) => Math.Max(1, Shards.Elements / count);

    private static long RequireRows(int count, long length, params ReadOnlySpan<long> others)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        foreach (long other in others)
        {
            if (other != length)
            {
                throw new ArgumentException($"Softmax needs views of one length, got {length} and {other}.");
            }
        }

        return length % count == 0 ? length / count : throw new ArgumentException($"{length} elements do not make rows of {count}.");
    }
}
