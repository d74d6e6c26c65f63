namespace G3DR.Core.Weights;

/// <summary>How two weights files differ in a tensor.</summary>
/// <param name="Name">Name of the tensor.</param>
/// <param name="First">Type and shape in the first file; null if it is not there.</param>
/// <param name="Second">Type and shape in the second file; null if it is not there.</param>
/// <param name="Error">Largest absolute difference of values, infinite where only one is a number; null if they cannot be compared.</param>
public sealed record WeightDifference(string Name, string? First, string? Second, double? Error)
{
    private const int ChunkElements = 1 << 16;

    /// <summary>Compares two files tensor by tensor.</summary>
    /// <param name="first">One file.</param>
    /// <param name="second">The other.</param>
    /// <param name="tolerance">Largest difference of values that counts as none.</param>
    /// <param name="progress">Told after every tensor.</param>
    /// <param name="cancel">Stops the work.</param>
    /// <returns>The tensors that differ in presence, type, shape or values, in the order of the first file, then of the second.</returns>
    /// <exception cref="WeightsFormatException">Data are damaged.</exception>
    public static IReadOnlyList<WeightDifference> Between(
        WeightFile first, WeightFile second, double tolerance = 0, IProgress<WeightProgress>? progress = null, CancellationToken cancel = default)
    {
        List<WeightDifference> differences = [];
        int done = 0;
        foreach ((string name, WeightTensor tensor) in first.Tensors)
        {
            second.Tensors.TryGetValue(name, out WeightTensor? other);
            double? error = other is not null && tensor.Shape.AsSpan().SequenceEqual(other.Shape) ? LargestError(tensor, other, cancel) : null;
            if (other is null || other.Dtype != tensor.Dtype || error is not { } known || known > tolerance)
            {
                differences.Add(new(name, Describe(tensor), other is null ? null : Describe(other), error));
            }

            progress?.Report(new(++done, first.Tensors.Count, name));
        }

        differences.AddRange(second.Tensors.Where(pair => !first.Tensors.ContainsKey(pair.Key)).Select(pair => new WeightDifference(pair.Key, null, Describe(pair.Value), null)));
        return differences;
    }

    /// <summary>One line for people.</summary>
    public override string ToString() => (First, Second) switch
    {
        (null, _) => $"{Name}: only in the second file ({Second})",
        (_, null) => $"{Name}: only in the first file ({First})",
        _ when First != Second && Error is null => $"{Name}: {First} and {Second}",
        _ when First != Second => $"{Name}: {First} and {Second}; values differ by {Error:g3} at most",
        _ => $"{Name}: values differ by {Error:g3} at most",
    };

    private static string Describe(WeightTensor tensor) => $"{tensor.Dtype.SafetensorsName()} {SafetensorsShape.Format(tensor.Shape)}";

    private static double LargestError(WeightTensor first, WeightTensor second, CancellationToken cancel)
    {
        int chunk = (int)Math.Min(ChunkElements, first.ElementCount);
        double[] left = new double[chunk], right = new double[chunk];
        double error = 0;
        for (long done = 0; done < first.ElementCount; done += chunk)
        {
            cancel.ThrowIfCancellationRequested();
            int count = (int)Math.Min(chunk, first.ElementCount - done);
            first.CopyTo(done, left.AsSpan(0, count));
            second.CopyTo(done, right.AsSpan(0, count));
            for (int i = 0; i < count; i++)
            {
                double difference = Math.Abs(left[i] - right[i]);

                // Equal infinities and two values that are no number do not differ.
                error = double.IsNaN(difference)
                    ? left[i].Equals(right[i]) ? error : double.PositiveInfinity
                    : Math.Max(error, difference);
            }

            ((IElementSource)first).Forget(done, count);
            ((IElementSource)second).Forget(done, count);
        }

        return error;
    }
}
