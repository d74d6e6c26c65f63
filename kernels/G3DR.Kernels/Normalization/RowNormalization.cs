using System.Numerics;
using G3DR.Compute;
using G3DR.Compute.Memory;

namespace G3DR.Kernels.Normalization;

/// <summary>
/// Rows brought to mean 0 and variance 1: y = (x - mean) / sqrt(var + epsilon) * weight + bias with the biased variance of each row. This is layer normalisation
/// (Ba, Kiros, Hinton, arXiv:1607.06450) over the last axis, and without weight and bias the standardisation of weights (Qiao et al., arXiv:1903.10520).
/// Variances are sums of squared deviations from the mean, corrected for the rounding of the mean, so a large mean costs no accuracy.
/// Variants: <c>plain</c> (every device, both precisions), <c>simd</c>, and <c>grouped</c> for devices with shared memory.
/// </summary>
public static partial class RowNormalization
{
    /// <summary>Mean and 1 / sqrt(var + epsilon) of a row.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="row">Row.</param>
    /// <param name="x">Elements (rows, count).</param>
    /// <param name="statistics">Results (rows, 2).</param>
    /// <param name="count">Elements of a row.</param>
    /// <param name="epsilon">Added to the variance.</param>
    [Kernel]
    public static void StatisticsPlain<T>(Index1D row, ArrayView<T> x, ArrayView<T> statistics, int count, T epsilon)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        long start = (long)row.X * count;
        T n = T.CreateTruncating(count), sum = T.Zero, drift = T.Zero, squares = T.Zero;
        for (int k = 0; k < count; k++)
        {
            sum += x[start + k];
        }

        T mean = sum / n;
        for (int k = 0; k < count; k++)
        {
            T deviation = x[start + k] - mean;
            drift += deviation;
            squares += deviation * deviation;
        }

        statistics[2L * row.X] = mean + (drift / n);
        statistics[(2L * row.X) + 1] = T.One / T.Sqrt((PartialSums.SquaresAroundMean(squares, drift, n) / n) + epsilon);
    }

    /// <summary>One element of the result.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="i">Column and row.</param>
    /// <param name="x">Elements (rows, count).</param>
    /// <param name="statistics">Mean and 1 / sqrt(var + epsilon) of the rows (rows, 2).</param>
    /// <param name="weight">Factors of the columns (count), or empty for 1.</param>
    /// <param name="bias">Summands of the columns (count), or empty for 0.</param>
    /// <param name="y">Results (rows, count).</param>
    /// <param name="count">Elements of a row.</param>
    [Kernel]
    public static void ApplyPlain<T>(
        Index2D i, ArrayView<T> x, ArrayView<T> statistics, ArrayView<T> weight, ArrayView<T> bias, ArrayView<T> y, int count)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        long at = ((long)i.Y * count) + i.X;
        T value = (x[at] - statistics[2L * i.Y]) * statistics[(2L * i.Y) + 1];
        if (weight.Length > 0)
        {
            value *= weight[i.X];
        }

        if (bias.Length > 0)
        {
            value += bias[i.X];
        }

        y[at] = value;
    }

    /// <summary>
    /// Gradient of a row. With xhat the normalised row and g' = g weight it is rstd (g' - mean(g') - xhat mean(g' xhat)).
    /// </summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="row">Row.</param>
    /// <param name="x">Elements (rows, count).</param>
    /// <param name="statistics">Mean and 1 / sqrt(var + epsilon) of the rows (rows, 2).</param>
    /// <param name="weight">Factors of the columns (count), or empty for 1.</param>
    /// <param name="g">Gradient of the results (rows, count).</param>
    /// <param name="dx">Gradient of the elements (rows, count); may be the memory of <paramref name="g"/>.</param>
    /// <param name="count">Elements of a row.</param>
    [Kernel]
    public static void InputGradientPlain<T>(
        Index1D row, ArrayView<T> x, ArrayView<T> statistics, ArrayView<T> weight, ArrayView<T> g, ArrayView<T> dx, int count)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        long start = (long)row.X * count;
        T mean = statistics[2L * row.X], scale = statistics[(2L * row.X) + 1], n = T.CreateTruncating(count);
        T sum = T.Zero, product = T.Zero;
        for (int k = 0; k < count; k++)
        {
            T gradient = weight.Length > 0 ? g[start + k] * weight[k] : g[start + k];
            sum += gradient;
            product += gradient * (x[start + k] - mean);
        }

        T offset = sum / n, slope = product * scale * scale / n;
        for (int k = 0; k < count; k++)
        {
            T gradient = weight.Length > 0 ? g[start + k] * weight[k] : g[start + k];
            dx[start + k] = scale * (gradient - offset - ((x[start + k] - mean) * slope));
        }
    }

    /// <summary>Sums for the gradients of weight and bias over some rows: of g xhat and of g.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="i">Column and piece.</param>
    /// <param name="x">Elements (rows, count).</param>
    /// <param name="statistics">Mean and 1 / sqrt(var + epsilon) of the rows (rows, 2).</param>
    /// <param name="g">Gradient of the results (rows, count).</param>
    /// <param name="partials">Sums (pieces, 2, count).</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="pieceRows">Rows of a piece.</param>
    /// <param name="count">Elements of a row.</param>
    [Kernel]
    public static void ParameterSumsPlain<T>(
        Index2D i, ArrayView<T> x, ArrayView<T> statistics, ArrayView<T> g, ArrayView<T> partials, int rows, int pieceRows, int count)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T product = T.Zero, sum = T.Zero;
        int end = XMath.Min(rows, (i.Y + 1) * pieceRows);
        for (int row = i.Y * pieceRows; row < end; row++)
        {
            long at = ((long)row * count) + i.X;
            product += g[at] * (x[at] - statistics[2L * row]) * statistics[(2L * row) + 1];
            sum += g[at];
        }

        long first = ((long)i.Y * 2 * count) + i.X;
        partials[first] = product;
        partials[first + count] = sum;
    }

    /// <summary>Mean and 1 / sqrt(var + epsilon) of every row by the variant that suits the device.</summary>
    /// <typeparam name="T"><c>float</c> or <c>double</c>.</typeparam>
    /// <param name="device">Where to run.</param>
    /// <param name="x">Elements (rows, count).</param>
    /// <param name="count">Elements of a row.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="statistics">Results (rows, 2).</param>
    /// <exception cref="ArgumentException">The views do not fit.</exception>
    public static void Statistics<T>(Accelerator device, ArrayView<T> x, int count, double epsilon, ArrayView<T> statistics)
        where T : unmanaged, IFloatingPointIeee754<T> => Forward(device, x, default, default, count, epsilon, statistics, default);

    /// <summary>Normalises all rows and keeps their statistics, by the variant that suits the device.</summary>
    /// <typeparam name="T"><c>float</c> or <c>double</c>.</typeparam>
    /// <param name="device">Where to run.</param>
    /// <param name="x">Elements (rows, count).</param>
    /// <param name="weight">Factors of the columns (count), or empty for 1.</param>
    /// <param name="bias">Summands of the columns (count), or empty for 0.</param>
    /// <param name="count">Elements of a row.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="statistics">Mean and 1 / sqrt(var + epsilon) of the rows (rows, 2).</param>
    /// <param name="y">Results (rows, count), or empty if only the statistics are wanted.</param>
    /// <exception cref="ArgumentException">The views do not fit.</exception>
    public static void Forward<T>(
        Accelerator device, ArrayView<T> x, ArrayView<T> weight, ArrayView<T> bias, int count, double epsilon, ArrayView<T> statistics, ArrayView<T> y)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        RequireSizes(x.Length, statistics.Length, count, [weight.Length, bias.Length], [y.Length]);
        if (x.Length == 0)
        {
            return;
        }

        if (typeof(T) != typeof(float) || device is CpuAccelerator { ReferenceKernels: true })
        {
            ForwardPlain(device, x, weight, bias, count, epsilon, statistics, y);
        }
        else if (device is CpuAccelerator)
        {
            ForwardVectors(device, Singles(x), Singles(weight), Singles(bias), count, epsilon, Singles(statistics), Singles(y));
        }
        else
        {
            ForwardGroups(device, Singles(x), Singles(weight), Singles(bias), count, epsilon, Singles(statistics), Singles(y));
        }
    }

    /// <summary>Normalises with statistics that are known.</summary>
    /// <typeparam name="T"><c>float</c> or <c>double</c>.</typeparam>
    /// <param name="device">Where to run.</param>
    /// <param name="x">Elements (rows, count).</param>
    /// <param name="statistics">Mean and 1 / sqrt(var + epsilon) of the rows (rows, 2).</param>
    /// <param name="weight">Factors of the columns (count), or empty for 1.</param>
    /// <param name="bias">Summands of the columns (count), or empty for 0.</param>
    /// <param name="count">Elements of a row.</param>
    /// <param name="y">Results (rows, count); may be the memory of <paramref name="x"/>.</param>
    /// <exception cref="ArgumentException">The views do not fit.</exception>
    public static void Apply<T>(
        Accelerator device, ArrayView<T> x, ArrayView<T> statistics, ArrayView<T> weight, ArrayView<T> bias, int count, ArrayView<T> y)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        RequireSizes(x.Length, statistics.Length, count, [weight.Length, bias.Length], [y.Length]);
        if (typeof(T) == typeof(float) && Shards.UseVectors(device))
        {
            ApplyVectors(device, Singles(x), Singles(statistics), Singles(weight), Singles(bias), count, Singles(y));
        }
        else if (y.Length > 0)
        {
            device.Launch(ApplyPlain, Extent(y.Length, count), x, statistics, weight, bias, y, count);
        }
    }

    /// <summary>Gradients by the variant that suits the device; views that are empty are not wanted.</summary>
    /// <typeparam name="T"><c>float</c> or <c>double</c>.</typeparam>
    /// <param name="device">Where to run.</param>
    /// <param name="x">Elements (rows, count).</param>
    /// <param name="statistics">Mean and 1 / sqrt(var + epsilon) of the rows (rows, 2).</param>
    /// <param name="weight">Factors of the columns (count), or empty for 1.</param>
    /// <param name="g">Gradient of the results (rows, count).</param>
    /// <param name="count">Elements of a row.</param>
    /// <param name="dx">Gradient of the elements (rows, count); may be the memory of <paramref name="g"/>.</param>
    /// <param name="weightGradient">Gradient of the factors (count).</param>
    /// <param name="biasGradient">Gradient of the summands (count).</param>
    /// <exception cref="ArgumentException">The views do not fit.</exception>
    public static void Backward<T>(
        Accelerator device,
        ArrayView<T> x,
        ArrayView<T> statistics,
        ArrayView<T> weight,
        ArrayView<T> g,
        int count,
        ArrayView<T> dx,
        ArrayView<T> weightGradient,
        ArrayView<T> biasGradient)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        RequireSizes(x.Length, statistics.Length, count, [weight.Length, weightGradient.Length, biasGradient.Length], [g.Length, dx.Length]);
        if (typeof(T) == typeof(float) && Shards.UseVectors(device))
        {
            BackwardVectors(
                device, Singles(x), Singles(statistics), Singles(weight), Singles(g), count, Singles(dx), Singles(weightGradient), Singles(biasGradient));
            return;
        }

        // Before the gradient of the elements, which may take the place of that of the results.
        ParameterGradientsPlain(device, x, statistics, g, count, weightGradient, biasGradient);
        if (typeof(T) == typeof(float) && device is not CpuAccelerator)
        {
            InputGradientGroups(device, Singles(x), Singles(statistics), Singles(weight), Singles(g), count, Singles(dx));
        }
        else
        {
            InputGradientPlain(device, x, statistics, weight, g, count, dx);
        }
    }

    /// <summary>The plain variant of the forward pass.</summary>
    public static void ForwardPlain<T>(
        Accelerator device, ArrayView<T> x, ArrayView<T> weight, ArrayView<T> bias, int count, double epsilon, ArrayView<T> statistics, ArrayView<T> y)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        device.Launch(StatisticsPlain, Shards.PlainExtent(x.Length / count), x, statistics, count, T.CreateTruncating(epsilon));
        if (y.Length > 0)
        {
            device.Launch(ApplyPlain, Extent(y.Length, count), x, statistics, weight, bias, y, count);
        }
    }

    /// <summary>The plain variant of the gradient of the elements.</summary>
    public static void InputGradientPlain<T>(
        Accelerator device, ArrayView<T> x, ArrayView<T> statistics, ArrayView<T> weight, ArrayView<T> g, int count, ArrayView<T> dx)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (dx.Length > 0)
        {
            device.Launch(InputGradientPlain, Shards.PlainExtent(x.Length / count), x, statistics, weight, g, dx, count);
        }
    }

    /// <summary>The plain variant of the gradients of weight and bias.</summary>
    public static void ParameterGradientsPlain<T>(
        Accelerator device, ArrayView<T> x, ArrayView<T> statistics, ArrayView<T> g, int count, ArrayView<T> weightGradient, ArrayView<T> biasGradient)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (weightGradient.Length == 0 && biasGradient.Length == 0)
        {
            return;
        }

        int rows = checked((int)(x.Length / count)), pieceRows = PartialSums.PieceLength(rows), pieces = Shards.Count(rows, pieceRows);
        using MemoryBuffer<T> partials = device.Allocate<T>(2L * pieces * count);
        if (pieces > 0)
        {
            device.Launch(ParameterSumsPlain, new Index2D(count, pieces), x, statistics, g, partials.View, rows, pieceRows, count);
        }

        PartialSums.Fold(device, partials.View, weightGradient, pieces, 2 * count, 0);
        PartialSums.Fold(device, partials.View, biasGradient, pieces, 2 * count, count);
    }

    private static ArrayView<float> Singles<T>(ArrayView<T> view)
        where T : unmanaged => view.Cast<float>();

    private static Index2D Extent(long length, int count) => new(count, checked((int)(length / count)));

    private static void RequireSizes(long elements, long statistics, int count, ReadOnlySpan<long> columns, ReadOnlySpan<long> others)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (elements % count != 0 || statistics != 2 * (elements / count))
        {
            throw new ArgumentException($"{elements} elements in rows of {count} need {2 * (elements / count)} statistics, got {statistics}.");
        }

        foreach (long length in columns)
        {
            Require(length, count, $"rows of {count} elements");
        }

        foreach (long length in others)
        {
            Require(length, elements, $"{elements} elements");
        }

        static void Require(long actual, long expected, string what)
        {
            if (actual != 0 && actual != expected)
            {
                throw new ArgumentException($"Normalising {what} needs views of {expected} elements or empty ones, got {actual}.");
            }
        }
    }
}
