using System.Numerics;
using G3DR.Core.Weights;

namespace G3DR.Core.Metrics;

/// <summary>
/// Mean and covariance of feature vectors that come one after the other, in double precision: no more than one matrix is in memory, whatever the number of vectors.
/// Statistics of parts can be merged (Chan, Golub and LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances", 1979). Not thread-safe.
/// </summary>
public sealed class FeatureStatistics
{
    private const string Format = "g3dr-feature-statistics", MeanName = "mean", CovarianceName = "covariance", CountKey = "count", FormatKey = "format";

    // Vectors that are added at a time: they stay in the cache while the matrix passes by once.
    private const int BlockVectors = 64;

    // The largest number of features that a file may announce: a matrix of half a gigabyte.
    private const int LargestDimensions = 8192;

    private readonly double[] _mean;

    // Sums of the products of deviations from the mean, below and on the diagonal.
    private readonly double[] _products;

    /// <summary>Statistics of no vectors yet.</summary>
    /// <param name="dimensions">Length of a vector, 1 to 8192.</param>
    public FeatureStatistics(int dimensions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimensions, LargestDimensions);
        Dimensions = dimensions;
        _mean = new double[dimensions];
        _products = new double[dimensions * dimensions];
    }

    /// <summary>Statistics with a given mean and covariance.</summary>
    /// <param name="count">Number of vectors, at least 2.</param>
    /// <param name="mean">Mean (d).</param>
    /// <param name="covariance">Unbiased covariance (d, d); only what lies below and on the diagonal is read.</param>
    /// <exception cref="ArgumentException">Lengths do not fit each other, a number is not finite, or a variance is negative.</exception>
    public FeatureStatistics(long count, ReadOnlySpan<double> mean, ReadOnlySpan<double> covariance)
        : this(mean.Length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 2);
        if (covariance.Length != _products.Length)
        {
            throw new ArgumentException($"A mean of {mean.Length} numbers needs a covariance of {_products.Length}, got {covariance.Length}.", nameof(covariance));
        }

        Count = count;
        mean.CopyTo(_mean);
        for (int row = 0; row < Dimensions; row++)
        {
            for (int column = 0; column <= row; column++)
            {
                _products[(row * Dimensions) + column] = covariance[(row * Dimensions) + column] * (count - 1);
            }
        }

        if (_mean.Any(value => !double.IsFinite(value)) || _products.Any(value => !double.IsFinite(value))
            || Enumerable.Range(0, Dimensions).Any(i => _products[(i * Dimensions) + i] < 0))
        {
            throw new ArgumentException("Statistics must be finite numbers, and variances must not be negative.", nameof(covariance));
        }
    }

    /// <summary>Length of a vector.</summary>
    public int Dimensions { get; }

    /// <summary>Number of vectors.</summary>
    public long Count { get; private set; }

    /// <summary>Mean of the vectors.</summary>
    public ReadOnlySpan<double> Mean => _mean;

    /// <summary>Adds vectors.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="features">Vectors (n, d), one after the other.</param>
    /// <exception cref="ArgumentException">The length is no multiple of d, or a number is not finite; nothing was added then.</exception>
    public void Add<T>(ReadOnlySpan<T> features)
        where T : struct, IFloatingPoint<T>
    {
        if (features.Length % Dimensions != 0)
        {
            throw new ArgumentException($"{features.Length} numbers are no whole number of vectors of {Dimensions}.", nameof(features));
        }

        foreach (T value in features)
        {
            if (!T.IsFinite(value))
            {
                throw new ArgumentException("Features must be finite numbers; a network whose features are not may have got weights of another one.", nameof(features));
            }
        }

        for (int first = 0; first < features.Length; first += BlockVectors * Dimensions)
        {
            AddBlock(features.Slice(first, Math.Min(BlockVectors * Dimensions, features.Length - first)));
        }
    }

    /// <summary>Adds the vectors of other statistics.</summary>
    /// <param name="other">Statistics of vectors of the same length.</param>
    /// <exception cref="ArgumentException">The length is another one.</exception>
    public void Merge(FeatureStatistics other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Dimensions != Dimensions)
        {
            throw new ArgumentException($"Statistics of {other.Dimensions} features cannot be added to those of {Dimensions}.", nameof(other));
        }

        double[] shift = new double[Dimensions];
        Move(other._mean, other.Count, shift);
        AddProducts(shift);
        VectorSums.AddScaled(other._products, 1, _products);
    }

    /// <summary>The unbiased covariance (d, d): divided by one less than the number of vectors.</summary>
    /// <exception cref="InvalidOperationException">There are fewer than two vectors.</exception>
    public double[] Covariance()
    {
        if (Count < 2)
        {
            throw new InvalidOperationException($"A covariance needs at least 2 vectors; there are {Count}.");
        }

        double[] covariance = new double[_products.Length];
        for (int row = 0; row < Dimensions; row++)
        {
            for (int column = 0; column <= row; column++)
            {
                double value = _products[(row * Dimensions) + column] / (Count - 1);
                (covariance[(row * Dimensions) + column], covariance[(column * Dimensions) + row]) = (value, value);
            }
        }

        return covariance;
    }

    /// <summary>Writes the statistics as safetensors: <c>mean</c> (d), <c>covariance</c> (d, d) in double precision, and the number of vectors among the metadata.</summary>
    /// <param name="path">The file; it appears when it is complete.</param>
    /// <exception cref="InvalidOperationException">There are fewer than two vectors.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        var writer = new SafetensorsWriter();
        writer.Metadata[FormatKey] = Format;
        writer.Metadata[CountKey] = Count.ToString(System.Globalization.CultureInfo.InvariantCulture);
        writer.Add(MeanName, [Dimensions], _mean);
        writer.Add(CovarianceName, [Dimensions, Dimensions], Covariance());
        writer.Save(path);
    }

    /// <summary>Reads what <see cref="Save"/> has written.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="WeightsFormatException">The file is damaged or holds something else.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static FeatureStatistics Load(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        if (file.Metadata.GetValueOrDefault(FormatKey) != Format
            || !long.TryParse(file.Metadata.GetValueOrDefault(CountKey), System.Globalization.CultureInfo.InvariantCulture, out long count)
            || !file.TryGet(MeanName, out WeightTensor? mean) || !file.TryGet(CovarianceName, out WeightTensor? covariance))
        {
            throw new WeightsFormatException($"'{path}' holds no statistics as 'g3dr eval fid --save-statistics' writes them.");
        }

        if (mean.Shape is not [>= 1 and <= LargestDimensions] || !covariance.Shape.SequenceEqual([mean.Shape[0], mean.Shape[0]]))
        {
            throw new WeightsFormatException($"'{path}': {mean} and {covariance} are no mean and covariance of 1 to {LargestDimensions} features.");
        }

        try
        {
            return new(count, mean.ReadDoubles(), covariance.ReadDoubles());
        }
        catch (ArgumentException error)
        {
            throw new WeightsFormatException($"'{path}': {error.Message}", error);
        }
    }

    private void AddBlock<T>(ReadOnlySpan<T> features)
        where T : struct, IFloatingPoint<T>
    {
        int vectors = features.Length / Dimensions;

        // One row more for the way from the old mean to that of the block.
        double[] deviations = new double[(vectors + 1) * Dimensions], mean = new double[Dimensions];
        for (int i = 0; i < features.Length; i++)
        {
            double value = double.CreateChecked(features[i]);
            deviations[i] = value;
            mean[i % Dimensions] += value / vectors;
        }

        for (int i = 0; i < features.Length; i++)
        {
            deviations[i] -= mean[i % Dimensions];
        }

        Move(mean, vectors, deviations.AsSpan(features.Length));
        AddProducts(deviations);
    }

    /// <summary>Moves the mean for a number of vectors with another one, and gives the vector whose products the sums of the deviations grow by.</summary>
    private void Move(ReadOnlySpan<double> mean, long count, Span<double> shift)
    {
        long total = Count + count;
        if (total > 0)
        {
            double weight = (double)count / total, scale = Math.Sqrt(Count * weight);
            for (int i = 0; i < Dimensions; i++)
            {
                double difference = mean[i] - _mean[i];
                shift[i] = scale * difference;
                _mean[i] += weight * difference;
            }
        }

        Count = total;
    }

    // Each row of the matrix is one thread's and takes the vectors in their order: sums do not depend on the number of threads.
    private void AddProducts(double[] vectors) => Parallel.For(0, Dimensions, row =>
    {
        Span<double> sums = _products.AsSpan(row * Dimensions, row + 1);
        for (int first = 0; first < vectors.Length; first += Dimensions)
        {
            VectorSums.AddScaled(vectors.AsSpan(first, row + 1), vectors[first + row], sums);
        }
    });
}
