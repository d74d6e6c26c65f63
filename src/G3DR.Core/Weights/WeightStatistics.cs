namespace G3DR.Core.Weights;

/// <summary>What the values of a tensor are like. Those that are not finite are counted and left out of the rest.</summary>
/// <param name="Minimum">Smallest value; NaN if there is none.</param>
/// <param name="Maximum">Largest value; NaN if there is none.</param>
/// <param name="Mean">Mean; NaN if there is none.</param>
/// <param name="Deviation">Standard deviation over all values (not that of a sample); NaN if there is none.</param>
/// <param name="NotFinite">Number of values that are infinite or no number.</param>
public sealed record WeightStatistics(double Minimum, double Maximum, double Mean, double Deviation, long NotFinite)
{
    private const int ChunkElements = 1 << 16;

    /// <summary>Reads a tensor once.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="cancel">Stops the work.</param>
    /// <exception cref="WeightsFormatException">Data are damaged.</exception>
    public static WeightStatistics Of(WeightTensor tensor, CancellationToken cancel = default)
    {
        double[] buffer = new double[Math.Min(ChunkElements, tensor.ElementCount)];
        double minimum = double.PositiveInfinity, maximum = double.NegativeInfinity, mean = 0, squares = 0;
        long finite = 0;
        for (long done = 0; done < tensor.ElementCount; done += buffer.Length)
        {
            cancel.ThrowIfCancellationRequested();
            Span<double> values = buffer.AsSpan(0, (int)Math.Min(buffer.Length, tensor.ElementCount - done));
            tensor.CopyTo(done, values);
            double sum = 0, chunkSquares = 0;
            long count = 0;
            foreach (double value in values)
            {
                if (double.IsFinite(value))
                {
                    minimum = Math.Min(minimum, value);
                    maximum = Math.Max(maximum, value);
                    sum += value;
                    count++;
                }
            }

            if (count > 0)
            {
                // Means and squared deviations of pieces are merged as in Chan, Golub and LeVeque (1979): no cancellation.
                double chunkMean = sum / count, gap = chunkMean - mean;
                foreach (double value in values)
                {
                    chunkSquares += double.IsFinite(value) ? (value - chunkMean) * (value - chunkMean) : 0;
                }

                squares += chunkSquares + (gap * gap * finite * count / (finite + count));
                finite += count;
                mean += gap * count / finite;
            }

            ((IElementSource)tensor).Forget(done, values.Length);
        }

        return finite == 0
            ? new(double.NaN, double.NaN, double.NaN, double.NaN, tensor.ElementCount)
            : new(minimum, maximum, mean, Math.Sqrt(squares / finite), tensor.ElementCount - finite);
    }
}
