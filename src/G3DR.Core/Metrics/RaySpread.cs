using System.Numerics;

namespace G3DR.Core.Metrics;

/// <summary>
/// How thick the surfaces of a volume are: the standard deviation of depth along each ray under the rendering weights, averaged over the rays.
/// A hard surface gives 0; a fog that fills a range of depths of length L gives L / sqrt(12).
/// </summary>
public static class RaySpread
{
    /// <summary>Rays with less total weight than this see next to nothing and are not counted.</summary>
    public const double DefaultSmallestWeight = 1e-3;

    /// <summary>Spread of a block of rays.</summary>
    /// <typeparam name="T">float or double; sums are taken in double.</typeparam>
    /// <param name="weights">Rendering weights (rays, samples), not negative; those of a ray need not sum to 1, they are divided by their sum.</param>
    /// <param name="depths">Distances of the samples (rays, samples), in any order along the ray.</param>
    /// <param name="samples">Samples per ray.</param>
    /// <param name="smallestWeight">
    /// Rays whose weights sum to less are left out of the mean and counted in <see cref="RaySpreadResult.EmptyRays"/>: the depth of a ray that
    /// sees almost nothing has no meaning, and dividing by its weight would only measure rounding.
    /// </param>
    /// <returns>The mean over the counted rays and how many there were.</returns>
    /// <exception cref="ArgumentException">The lengths differ or are no positive multiple of the samples, or a value is not finite or a weight negative.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Samples or smallest weight are not positive.</exception>
    public static RaySpreadResult Measure<T>(
        ReadOnlySpan<T> weights, ReadOnlySpan<T> depths, int samples, double smallestWeight = DefaultSmallestWeight)
        where T : struct, IFloatingPoint<T>
    {
        MetricGuard.SameLength(weights.Length, depths.Length);
        MetricGuard.PositiveFinite(smallestWeight, nameof(smallestWeight));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(samples);
        if (weights.Length % samples != 0)
            throw new ArgumentException($"{weights.Length} weights cannot be divided into rays of {samples} samples.", nameof(samples));

        int rays = weights.Length / samples;
        int counted = 0;
        double sum = 0;
        for (int ray = 0; ray < rays; ray++)
        {
            double spread = OfRay(weights.Slice(ray * samples, samples), depths.Slice(ray * samples, samples), smallestWeight);
            if (double.IsNaN(spread))
                continue;
            sum += spread;
            counted++;
        }

        return new(counted > 0 ? sum / counted : double.NaN, counted, rays - counted);
    }

    /// <summary>Standard deviation of depth along one ray.</summary>
    /// <typeparam name="T">float or double; sums are taken in double.</typeparam>
    /// <param name="weights">Rendering weights, not negative.</param>
    /// <param name="depths">Distances of the samples.</param>
    /// <param name="smallestWeight">Smallest sum of weights that has a spread.</param>
    /// <returns>The standard deviation; NaN if the weights sum to less than <paramref name="smallestWeight"/>.</returns>
    /// <exception cref="ArgumentException">The lengths differ or are 0, or a value is not finite or a weight negative.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The smallest weight is not positive.</exception>
    public static double OfRay<T>(ReadOnlySpan<T> weights, ReadOnlySpan<T> depths, double smallestWeight = DefaultSmallestWeight)
        where T : struct, IFloatingPoint<T>
    {
        MetricGuard.SameLength(weights.Length, depths.Length);
        MetricGuard.PositiveFinite(smallestWeight, nameof(smallestWeight));
        double total = 0, first = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            double weight = double.CreateChecked(weights[i]), depth = double.CreateChecked(depths[i]);
            if (!(weight >= 0 && double.IsFinite(weight) && double.IsFinite(depth)))
                throw new ArgumentException($"Weights must be finite and not negative and depths finite; got weight {weight} and depth {depth} at sample {i}.");
            total += weight;
            first += weight * depth;
        }

        if (total < smallestWeight)
            return double.NaN;

        // Around the mean in a second pass: the difference of the two moments would lose thin surfaces to rounding.
        double mean = first / total, second = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            double away = double.CreateChecked(depths[i]) - mean;
            second += double.CreateChecked(weights[i]) * away * away;
        }

        return Math.Sqrt(second / total);
    }
}

/// <summary>Result of <see cref="RaySpread"/>.</summary>
/// <param name="Mean">Mean standard deviation of depth over the counted rays, in units of depth; NaN if no ray counted.</param>
/// <param name="CountedRays">Rays with enough weight.</param>
/// <param name="EmptyRays">Rays that were left out because their weights sum to almost nothing.</param>
public readonly record struct RaySpreadResult(double Mean, int CountedRays, int EmptyRays);
