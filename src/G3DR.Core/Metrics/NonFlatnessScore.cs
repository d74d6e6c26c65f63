using System.Numerics;

namespace G3DR.Core.Metrics;

/// <summary>
/// Non-flatness score of 3DGP (Skorokhodov et al., "3D generation on ImageNet", ICLR 2023, section 4): how many
/// depths a depth map effectively uses. A flat map, the usual way in which single-view training collapses, scores 1.
/// The paper takes the maps with the less dense half of the volume removed and 64 bins.
/// </summary>
public static class NonFlatnessScore
{
    /// <summary>Bins of the paper.</summary>
    public const int DefaultBins = 64;

    /// <summary>
    /// exp(entropy) of the depth histogram, averaged over the maps: 1 (one bin holds every pixel) to
    /// <paramref name="bins"/> (all bins alike).
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="depth">The maps, one after the other.</param>
    /// <param name="maps">How many maps the block holds.</param>
    /// <param name="minimum">Near end of the depth range; depths before it count as this.</param>
    /// <param name="maximum">Far end of the depth range; depths behind it count as this.</param>
    /// <param name="bins">Bins of the histogram.</param>
    /// <returns>The score.</returns>
    /// <exception cref="ArgumentException">The length is no positive multiple of the number of maps, or a depth is NaN.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The range is empty or not finite, or a count is not positive.</exception>
    public static double Compute<T>(ReadOnlySpan<T> depth, int maps, double minimum, double maximum, int bins = DefaultBins)
        where T : struct, IFloatingPoint<T>
    {
        int length = MetricGuard.MapLength(depth.Length, maps);
        double sum = 0;
        for (int i = 0; i < maps; i++)
            sum += Math.Exp(Entropy(Histogram(depth.Slice(i * length, length), minimum, maximum, bins)));
        return sum / maps;
    }

    /// <summary>
    /// Counts the depths of one map in bins of equal width. Each bin includes its lower edge, the last one also the
    /// upper edge; depths outside the range fall into the first or the last bin.
    /// </summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="depth">One map.</param>
    /// <param name="minimum">Lower edge of the first bin.</param>
    /// <param name="maximum">Upper edge of the last bin.</param>
    /// <param name="bins">Number of bins.</param>
    /// <returns>The counts; their sum is the number of pixels.</returns>
    /// <exception cref="ArgumentException">A depth is NaN.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The range is empty or not finite, or there are no bins.</exception>
    public static long[] Histogram<T>(ReadOnlySpan<T> depth, double minimum, double maximum, int bins = DefaultBins)
        where T : struct, IFloatingPoint<T>
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bins);
        if (!double.IsFinite(minimum))
            throw new ArgumentOutOfRangeException(nameof(minimum), minimum, "The depth range must be finite.");
        if (!(maximum > minimum && double.IsFinite(maximum - minimum)))
            throw new ArgumentOutOfRangeException(nameof(maximum), maximum, $"The depth range must be finite and not empty; it starts at {minimum}.");
        long[] counts = new long[bins];
        for (int i = 0; i < depth.Length; i++)
        {
            double value = double.CreateChecked(depth[i]);
            if (double.IsNaN(value))
                throw new ArgumentException($"The depth at {i} is NaN.", nameof(depth));
            counts[Bin(Math.Clamp(value, minimum, maximum), minimum, maximum, bins)]++;
        }

        return counts;
    }

    /// <summary>Entropy of a histogram in nats, -sum p log(p + 1e-12), as in 3DGP's code.</summary>
    /// <param name="counts">Counts, with a positive sum.</param>
    /// <returns>0 to log(number of bins), up to the 1e-12.</returns>
    /// <exception cref="ArgumentException">A count is negative or all are 0.</exception>
    public static double Entropy(ReadOnlySpan<long> counts)
    {
        double total = 0;
        foreach (long count in counts)
        {
            if (count < 0)
                throw new ArgumentException($"A histogram cannot hold the count {count}.", nameof(counts));
            total += count;
        }

        if (total == 0)
            throw new ArgumentException("The histogram is empty.", nameof(counts));
        double entropy = 0;
        foreach (long count in counts)
        {
            double p = count / total;
            entropy -= p * Math.Log(p + 1e-12);
        }

        return entropy;
    }

    private static int Bin(double value, double minimum, double maximum, int bins)
    {
        int bin = Math.Min((int)((value - minimum) / (maximum - minimum) * bins), bins - 1);
        // The quotient may be off by a rounding at an edge: the edges themselves decide, as in torch.histc.
        if (value < Edge(bin, minimum, maximum, bins))
            return bin - 1;
        return bin + 1 < bins && value >= Edge(bin + 1, minimum, maximum, bins) ? bin + 1 : bin;
    }

    // From the nearer end, as torch.linspace, so that both ends are met exactly.
    private static double Edge(int index, double minimum, double maximum, int bins)
    {
        double step = (maximum - minimum) / bins;
        return index < (bins + 1) / 2 ? minimum + (step * index) : maximum - (step * (bins - index));
    }
}
