using MathNet.Numerics.LinearAlgebra;

namespace G3DR.Core.Metrics;

/// <summary>Options of <see cref="FrechetDistance"/>.</summary>
public sealed record FrechetOptions
{
    /// <summary>
    /// Whether to print what pytorch-fid prints where a feature is constant: there it adds <see cref="Offset"/> to all variances under the root, which changes the result.
    /// Without it the distance is that of the definition.
    /// </summary>
    public bool Compatible { get; init; }

    /// <summary>What <see cref="Compatible"/> adds.</summary>
    public double Offset { get; init; } = 1e-6;
}

/// <summary>
/// The squared Frechet (2-Wasserstein) distance of two normal distributions (Dowson and Landau, 1982): |m1 - m2|^2 + tr S1 + tr S2 - 2 tr (S1 S2)^(1/2). Of features of
/// <see cref="Networks.FidInception"/> it is the Frechet Inception distance (Heusel et al., NeurIPS 2017).
/// </summary>
/// <remarks>
/// With S1 = R1^T R1 and S2 = R2^T R2 the last trace is the sum of the singular values of R1 R2^T: no root of a matrix is taken, and covariances that are singular, as those of
/// fewer vectors than features always are, are no special case.
/// </remarks>
public static class FrechetDistance
{
    // A variance this small against the mean is that of one number repeated: what is left is the rounding of the mean.
    private const double ConstantDeviation = 1e-15;

    /// <summary>The distance of two sets of features.</summary>
    /// <param name="first">Statistics of one set.</param>
    /// <param name="second">Statistics of the other.</param>
    /// <param name="options">Null for the definition.</param>
    /// <param name="cancel">Stops between the parts of the work, which takes a minute or two for 2048 features.</param>
    /// <returns>The distance, 0 or more up to rounding.</returns>
    /// <exception cref="ArgumentException">The numbers of features differ.</exception>
    /// <exception cref="InvalidOperationException">A set has fewer than two vectors.</exception>
    public static double Compute(FeatureStatistics first, FeatureStatistics second, FrechetOptions? options = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        options ??= new();
        if (first.Dimensions != second.Dimensions)
        {
            throw new ArgumentException($"Statistics of {first.Dimensions} and of {second.Dimensions} features cannot be compared.", nameof(second));
        }

        int dimensions = first.Dimensions;
        double[] one = first.Covariance(), other = second.Covariance();
        double distance = Trace(one, dimensions) + Trace(other, dimensions);
        for (int i = 0; i < dimensions; i++)
        {
            double difference = first.Mean[i] - second.Mean[i];
            distance += difference * difference;
        }

        if (options.Compatible && (HasConstant(one, first.Mean) || HasConstant(other, second.Mean)))
        {
            for (int i = 0; i < dimensions; i++)
            {
                one[(i * dimensions) + i] += options.Offset;
                other[(i * dimensions) + i] += options.Offset;
            }
        }

        return distance - (2 * TraceOfRoot(one, other, dimensions, cancel));
    }

    private static double TraceOfRoot(double[] first, double[] second, int dimensions, CancellationToken cancel)
    {
        double[] one = CovarianceFactor.Of(first, dimensions, cancel), other = CovarianceFactor.Of(second, dimensions, cancel);
        if (one.Length == 0 || other.Length == 0)
        {
            return 0;
        }

        // MathNet stores columns one after the other, so these are the transposed factors.
        MatrixBuilder<double> build = Matrix<double>.Build;
        Matrix<double> product = build.Dense(dimensions, one.Length / dimensions, one).TransposeThisAndMultiply(build.Dense(dimensions, other.Length / dimensions, other));
        cancel.ThrowIfCancellationRequested();
        return product.Svd(computeVectors: false).S.Sum();
    }

    private static double Trace(double[] matrix, int size) => Enumerable.Range(0, size).Sum(i => matrix[(i * size) + i]);

    private static bool HasConstant(double[] covariance, ReadOnlySpan<double> mean)
    {
        for (int i = 0; i < mean.Length; i++)
        {
            if (Math.Sqrt(covariance[(i * mean.Length) + i]) <= ConstantDeviation * Math.Abs(mean[i]))
            {
                return true;
            }
        }

        return false;
    }
}
