namespace G3DR.Compute;

/// <summary>The error function in double precision, which the framework lacks.</summary>
internal static class ErrorFunction
{
    private const double InverseSqrtPi = 0.56418958354775628695;

    /// <summary>
    /// erf(x) within about 1e-15. Maclaurin series below 2 (Abramowitz and Stegun 7.1.5 in the all-positive form 7.1.6),
    /// continued fraction for erfc above (7.1.14), where the series would lose digits.
    /// </summary>
    public static double Erf(double x)
    {
        double a = Math.Abs(x);
        if (double.IsNaN(x))
        {
            return x;
        }

        double value = a < 2.5 ? Series(a) : a > 6 ? 1 : 1 - Fraction(a);
        return x < 0 ? -value : value;
    }

    private static double Series(double a)
    {
        double term = a, sum = a;
        for (int n = 1; n < 200 && term > sum * 1e-18; n++)
        {
            term *= 2 * a * a / ((2 * n) + 1);
            sum += term;
        }

        return 2 * InverseSqrtPi * Math.Exp(-a * a) * sum;
    }

    private static double Fraction(double a)
    {
        double tail = a;
        for (int k = 120; k > 0; k--)
        {
            tail = a + (k / 2.0 / tail);
        }

        return InverseSqrtPi * Math.Exp(-a * a) / tail;
    }
}
