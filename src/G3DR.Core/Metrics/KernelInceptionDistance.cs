using G3DR.Compute;
using G3DR.Core.Tensors;

namespace G3DR.Core.Metrics;

/// <summary>Options of <see cref="KernelInceptionDistance"/>.</summary>
public sealed record KernelDistanceOptions
{
    /// <summary>Random subsets that are compared.</summary>
    public int Subsets { get; init; } = 100;

    /// <summary>Vectors of a subset; fewer if a set has fewer.</summary>
    public int SubsetSize { get; init; } = 1000;

    /// <summary>Seed of the subsets.</summary>
    public ulong Seed { get; init; }
}

/// <summary>A kernel distance.</summary>
/// <param name="Mean">Mean over the subsets: an unbiased estimate, below 0 at times where two sets are alike.</param>
/// <param name="Deviation">Standard deviation of the subsets' values.</param>
/// <param name="Subsets">Number of subsets; 1 where they would all be the whole of both sets.</param>
public readonly record struct KernelDistance(double Mean, double Deviation, int Subsets);

/// <summary>
/// Squared maximum mean discrepancy of two sets of features under the kernel (x . y / d + 1)^3 (Binkowski et al., "Demystifying MMD GANs", ICLR 2018). Unlike the Frechet
/// distance it has no bias for small sets.
/// </summary>
public static class KernelInceptionDistance
{
    /// <summary>The distance of two sets.</summary>
    /// <param name="first">Vectors of one set (n, d).</param>
    /// <param name="second">Vectors of the other (m, d).</param>
    /// <param name="dimensions">d.</param>
    /// <param name="options">Null for 100 subsets of 1000 vectors.</param>
    /// <param name="cancel">Stops between subsets.</param>
    /// <exception cref="ArgumentException">A length does not fit, or a set has fewer than two vectors.</exception>
    public static KernelDistance Compute(
        ReadOnlySpan<float> first, ReadOnlySpan<float> second, int dimensions, KernelDistanceOptions? options = null, CancellationToken cancel = default)
    {
        options ??= new();
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        if (options.Subsets < 1 || options.SubsetSize < 2)
        {
            throw new ArgumentException($"A kernel distance needs at least 1 subset of at least 2 vectors; got {options.Subsets} of {options.SubsetSize}.", nameof(options));
        }

        int[] firstOrder = Order(first.Length, dimensions), secondOrder = Order(second.Length, dimensions);
        int size = Math.Min(options.SubsetSize, Math.Min(firstOrder.Length, secondOrder.Length));
        int subsets = size == firstOrder.Length && size == secondOrder.Length ? 1 : options.Subsets;
        double[] values = new double[subsets];

        // Products in double precision, which other devices may lack.
        using var device = new CpuAccelerator(new());
        using IDisposable constant = device.NoGrad();
        for (int subset = 0; subset < subsets; subset++)
        {
            cancel.ThrowIfCancellationRequested();
            using Tensor x = Draw(device, first, dimensions, firstOrder, size, options.Seed, stream: 2 * (uint)subset);
            using Tensor y = Draw(device, second, dimensions, secondOrder, size, options.Seed, stream: (2 * (uint)subset) + 1);
            double pairs = (double)size * (size - 1);
            values[subset] = ((KernelSum(x, x, diagonal: false) + KernelSum(y, y, diagonal: false)) / pairs) - (2 * KernelSum(x, y, diagonal: true) / size / size);
        }

        double mean = values.Average();
        return new(mean, Math.Sqrt(values.Average(value => (value - mean) * (value - mean))), subsets);
    }

    private static int[] Order(int length, int dimensions) => length % dimensions == 0 && length / dimensions >= 2
        ? [.. Enumerable.Range(0, length / dimensions)]
        : throw new ArgumentException($"A kernel distance needs at least 2 vectors of {dimensions} numbers in each set; got {length} numbers.");

    // The first steps of a shuffle (Fisher and Yates) of an order that is already random from the second subset on.
    private static Tensor Draw(Accelerator device, ReadOnlySpan<float> vectors, int dimensions, int[] order, int size, ulong seed, uint stream)
    {
        double[] drawn = new double[size * dimensions];
        for (int i = 0; i < size; i++)
        {
            int other = i + (int)((Philox.Word(seed, stream, (ulong)i) * (ulong)(order.Length - i)) >> 32);
            (order[i], order[other]) = (order[other], order[i]);
            for (int k = 0; k < dimensions; k++)
            {
                drawn[(i * dimensions) + k] = vectors[(order[i] * dimensions) + k];
            }
        }

        return Tensor.FromArray(device, drawn, [size, dimensions]);
    }

    private static double KernelSum(Tensor x, Tensor y, bool diagonal)
    {
        int rows = x.Shape[0];
        using Tensor products = x.MatMul(y, transposeRight: true);
        double[] values = products.ToDoubles();
        double sum = 0;
        for (int i = 0; i < values.Length; i++)
        {
            if (diagonal || i / rows != i % rows)
            {
                double kernel = (values[i] / x.Shape[1]) + 1;
                sum += kernel * kernel * kernel;
            }
        }

        return sum;
    }
}
