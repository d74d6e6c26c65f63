namespace G3DR.Core.Verification;

/// <summary>The comparison itself, apart from files.</summary>
internal static class VectorComparison
{
    // Elements behind a unit that flipped.
    private const double KinkedShare = 0.01;

    public static VectorResult Compare(string name, ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, in VectorTolerance tolerance)
    {
        if (expected.Length != actual.Length)
            return Mismatch(name, tolerance, $"{actual.Length} elements, expected {expected.Length}");
        double max = 0;
        double sum = 0;
        int worst = -1;
        for (int i = 0; i < expected.Length; i++)
        {
            double error = Difference(expected[i], actual[i]);
            sum += error;
            if (error > max)
            {
                max = error;
                worst = i;
            }
        }

        string? failure = null;
        if (max > tolerance.Maximum)
            failure = $"element {worst} is {actual[worst]:r}, expected {expected[worst]:r}";
        else if (tolerance.Mean is { } mean && sum > mean * expected.Length)
            failure = $"mean error {sum / expected.Length:g3}, allowed {mean:g3}";
        return new VectorResult(name, max, tolerance.Maximum, failure is null) { Failure = failure };
    }

    /// <summary>The rule for gradients through kinks: the norm of the differences counts, and that nearly all elements are right.</summary>
    public static VectorResult CompareKinked(string name, ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, in VectorTolerance tolerance)
    {
        double limit = tolerance.RelativeL2 ?? throw new FormatException($"The file states no relative tolerance for '{name}'.");
        if (expected.Length != actual.Length)
            return Mismatch(name, tolerance, $"{actual.Length} elements, expected {expected.Length}");
        double differences = 0, norm = 0;
        int outside = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double error = Difference(expected[i], actual[i]);
            differences += error * error;
            norm += expected[i] * expected[i];
            outside += error > tolerance.Maximum ? 1 : 0;
        }

        double relative = differences == 0 ? 0 : Math.Sqrt(differences / norm);
        string? failure = !(relative <= limit) ? $"the norm of the differences is {relative:g3} of that of the expected values"
            : outside > KinkedShare * expected.Length ? $"{outside} of {expected.Length} elements differ by more than {tolerance.Maximum:g3}"
            : null;
        return new VectorResult(name, double.IsNaN(relative) ? double.PositiveInfinity : relative, limit, failure is null) { Failure = failure };
    }

    public static VectorResult Compare(string name, ReadOnlySpan<long> expected, ReadOnlySpan<long> actual, in VectorTolerance tolerance)
    {
        if (expected.Length != actual.Length)
            return Mismatch(name, tolerance, $"{actual.Length} elements, expected {expected.Length}");
        double[] errors = new double[expected.Length];
        for (int i = 0; i < errors.Length; i++)
            errors[i] = (double)Int128.Abs((Int128)actual[i] - expected[i]);
        // What is compared now are the exact differences with zero: doubles lose nothing that matters.
        VectorResult result = Compare(name, new double[errors.Length], errors, tolerance);
        if (result.Ok || result.MaxError <= tolerance.Maximum)
            return result;
        int worst = Array.IndexOf(errors, result.MaxError);
        return result with { Failure = $"element {worst} is {actual[worst]}, expected {expected[worst]}" };
    }

    public static VectorResult Mismatch(string name, in VectorTolerance tolerance, string failure) =>
        new(name, double.PositiveInfinity, tolerance.Maximum, false) { Failure = failure };

    // Equal infinities differ by nothing (their difference would be NaN); whatever else is not a number is
    // infinitely wrong.
    private static double Difference(double expected, double actual)
    {
        if (double.IsInfinity(expected) && expected.Equals(actual))
            return 0;
        double error = Math.Abs(expected - actual);
        return double.IsNaN(error) ? double.PositiveInfinity : error;
    }
}
