namespace G3DR.Core.Metrics;

/// <summary>
/// A covariance S as R^T R, by Cholesky's algorithm with pivots (Higham, "Analysis of the Cholesky decomposition of a semi-definite matrix", 1990) on the correlations, so that
/// features of very different ranges do not hide each other. It ends where only rounding is left, so S may be singular.
/// </summary>
internal static class CovarianceFactor
{
    // Columns that one thread takes at a time.
    private const int Chunk = 512;

    // Distance of 1 from the next number.
    private const double Rounding = 2.220446049250313e-16;

    /// <summary>Rows of R, one after the other: (rank, d).</summary>
    /// <param name="covariance">S (d, d).</param>
    /// <param name="dimensions">d.</param>
    /// <param name="cancel">Stops.</param>
    public static double[] Of(double[] covariance, int dimensions, CancellationToken cancel)
    {
        double[] deviations = [.. Enumerable.Range(0, dimensions).Select(i => Math.Sqrt(Math.Max(covariance[(i * dimensions) + i], 0)))];

        // What is left of the diagonal of the correlations.
        double[] left = [.. deviations.Select(deviation => deviation > 0 ? 1.0 : 0.0)];
        double[] rows = new double[dimensions * dimensions];
        int rank = 0, pivot;
        while (rank < dimensions && left[pivot = IndexOfLargest(left)] > dimensions * Rounding)
        {
            cancel.ThrowIfCancellationRequested();
            AddRow(covariance, deviations, left, rows, rank, pivot);
            rank++;
        }

        Array.Resize(ref rows, rank * dimensions);
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] *= deviations[i % dimensions];
        }

        return rows;
    }

    private static void AddRow(double[] covariance, double[] deviations, double[] left, double[] rows, int rank, int pivot)
    {
        int dimensions = left.Length;
        double root = Math.Sqrt(left[pivot]);
        Parallel.For(0, (dimensions + Chunk - 1) / Chunk, chunk =>
        {
            int first = chunk * Chunk, count = Math.Min(Chunk, dimensions - first);
            Span<double> row = rows.AsSpan((rank * dimensions) + first, count);
            for (int i = 0; i < count; i++)
            {
                double scale = deviations[pivot] * deviations[first + i];
                row[i] = scale > 0 ? covariance[(pivot * dimensions) + first + i] / scale : 0;
            }

            for (int before = 0; before < rank; before++)
            {
                VectorSums.AddScaled(rows.AsSpan((before * dimensions) + first, count), -rows[(before * dimensions) + pivot], row);
            }

            for (int i = 0; i < count; i++)
            {
                row[i] /= root;
                left[first + i] -= row[i] * row[i];
            }
        });
        left[pivot] = 0;
    }

    private static int IndexOfLargest(double[] values)
    {
        int largest = 0;
        for (int i = 1; i < values.Length; i++)
        {
            largest = values[i] > values[largest] ? i : largest;
        }

        return largest;
    }
}
