using System.Numerics;
using G3DR.Compute;

namespace G3DR.Kernels.Rendering;

/// <summary>Draws distances where the weights of a first pass are large (Mildenhall et al., NeRF, ECCV 2020, section 5.2; constants of the released code).</summary>
public static class ImportanceDistances
{
    /// <summary>
    /// Blurs interval weights: w'_j = (m_j + m_(j+1)) / 2 + 0.01 with m_j = max(w_(j-1), w_j), neighbours outside the ray left out
    /// (Barron et al., Mip-NeRF, ICCV 2021, Eq. 18, with the released code's constant).
    /// </summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="item">(ray, interval), row-major.</param>
    /// <param name="weights">Weights (rays, intervals).</param>
    /// <param name="smooth">Blurred weights (rays, intervals), overwritten.</param>
    /// <param name="intervals">Intervals per ray.</param>
    [Kernel]
    public static void Smooth<T>(Index1D item, ArrayView<T> weights, ArrayView<T> smooth, int intervals)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int interval = item.X % intervals;
        T own = weights[item.X];
        T before = interval > 0 ? T.Max(weights[item.X - 1L], own) : own;
        T after = interval + 1 < intervals ? T.Max(own, weights[item.X + 1L]) : own;
        smooth[item.X] = ((before + after) * T.CreateTruncating(0.5)) + T.CreateTruncating(0.01);
    }

    /// <summary>
    /// Inverts the piecewise linear distribution function of one ray at given numbers (the released code's <c>sample_pdf</c>). Draws are not sorted.
    /// </summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="ray">Ray.</param>
    /// <param name="edges">Bin edges (rays, <see cref="DistributionShape.EdgeStride"/>); bin k lies between edges k and k + 1.</param>
    /// <param name="weights">Bin weights, not negative, at <see cref="DistributionShape.WeightOffset"/> of rows of <see cref="DistributionShape.WeightStride"/>.</param>
    /// <param name="uniforms">Numbers in [0, 1] (rays, draws).</param>
    /// <param name="cumulative">Scratch (rays, bins + 1).</param>
    /// <param name="distances">Draws (rays, draws), overwritten.</param>
    /// <param name="shape">Sizes.</param>
    [Kernel]
    public static void Draw<T>(
        Index1D ray,
        ArrayView<T> edges,
        ArrayView<T> weights,
        ArrayView<T> uniforms,
        ArrayView<T> cumulative,
        ArrayView<T> distances,
        DistributionShape shape)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T small = T.CreateTruncating(1e-5);
        long weight = ((long)ray.X * shape.WeightStride) + shape.WeightOffset;
        long table = (long)ray.X * (shape.Bins + 1);
        long edge = (long)ray.X * shape.EdgeStride;
        T total = T.Zero;
        for (int bin = 0; bin < shape.Bins; bin++)
        {
            total += weights[weight + bin] + small;
        }

        T sum = T.Zero;
        cumulative[table] = T.Zero;
        for (int bin = 0; bin < shape.Bins; bin++)
        {
            sum += (weights[weight + bin] + small) / total;
            cumulative[table + bin + 1] = sum;
        }

        for (int draw = 0; draw < shape.Draws; draw++)
        {
            long item = ((long)ray.X * shape.Draws) + draw;
            T u = uniforms[item];
            int above = CountNotAbove(cumulative, table, shape.Bins + 1, u);
            int low = XMath.Max(above - 1, 0), high = XMath.Min(above, shape.Bins);
            T width = cumulative[table + high] - cumulative[table + low];
            width = width < small ? T.One : width;
            T start = edges[edge + low];
            distances[item] = start + ((u - cumulative[table + low]) / width * (edges[edge + high] - start));
        }
    }

    // Number of entries of a rising table that are <= value, by bisection.
    private static int CountNotAbove<T>(ArrayView<T> table, long start, int length, T value)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int low = 0, high = length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (table[start + middle] <= value)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}

/// <summary>Sizes of <see cref="ImportanceDistances.Draw"/>.</summary>
/// <param name="Bins">Number of bins.</param>
/// <param name="Draws">Draws per ray.</param>
/// <param name="EdgeStride">Entries per row of edges, at least <paramref name="Bins"/> + 1.</param>
/// <param name="WeightStride">Entries per row of weights, at least <paramref name="Bins"/> + <paramref name="WeightOffset"/>.</param>
/// <param name="WeightOffset">Entries of a row before the first weight that counts.</param>
public readonly record struct DistributionShape(int Bins, int Draws, int EdgeStride, int WeightStride, int WeightOffset);
