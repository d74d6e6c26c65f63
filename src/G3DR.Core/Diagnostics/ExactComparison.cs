namespace G3DR.Core.Diagnostics;

/// <summary>Holds results of networks against double precision.</summary>
internal static class ExactComparison
{
    // Of the largest element. Rounding grows through normalisations of few elements; a wrong kernel is off by its whole size.
    private const double Tolerance = 2e-3;

    /// <summary>Requires values close to those expected.</summary>
    /// <param name="benchmark">What is checked, in messages.</param>
    /// <param name="what">Which of its results.</param>
    /// <param name="values">Results.</param>
    /// <param name="expected">The same in double precision.</param>
    /// <exception cref="KernelAccuracyException">A value is wrong.</exception>
    public static void Require(string benchmark, string what, double[] values, double[] expected)
    {
        double largest = Math.Max(expected.Max(Math.Abs), 1e-3), worst = 0;
        for (int i = 0; i < values.Length; i++)
        {
            worst = Math.Max(worst, double.IsFinite(values[i]) ? Math.Abs(values[i] - expected[i]) : double.PositiveInfinity);
        }

        if (worst > Tolerance * largest)
        {
            throw new KernelAccuracyException($"{benchmark}: {what} differs from double precision by {worst:G3} of {largest:G3}; at most {Tolerance} of that is allowed.");
        }
    }
}
