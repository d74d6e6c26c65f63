using System.Numerics;

namespace G3DR.Tests.DeviceMathTests;

/// <summary>
/// Elementary functions in fixed-point arithmetic of 320 bits after the point, by their textbook series: slow, but independent of the code
/// under test and right to far more digits than a double has.
/// </summary>
internal static class HighPrecision
{
    private const int Bits = 320;

    // Sine and cosine of 10^308 need pi to 1024 more places.
    private const int PiBits = Bits + 1200;

    private static readonly BigInteger One = BigInteger.One << Bits;
    private static readonly BigInteger Ln2 = 2 * InverseHyperbolicTangent(One / 3);
    private static readonly BigInteger Pi = 4 * ((4 * ArcTangentOfInverse(5)) - ArcTangentOfInverse(239));

    public static Exact Exp(double x) => Exponential(FromDouble(x));

    /// <summary>ln x = e ln 2 + 2 atanh((m - 1) / (m + 1)).</summary>
    public static Exact Log(double x) => new(Logarithm(x), -Bits);

    public static Exact Sin(double x) => new(SineOfQuadrant(x, 0), -Bits);

    public static Exact Cos(double x) => new(SineOfQuadrant(x, 1), -Bits);

    public static Exact Tanh(double x)
    {
        Exact e = Exponential(2 * FromDouble(Math.Abs(x)));
        BigInteger power = e.Mantissa << (e.Exponent + Bits);
        BigInteger value = ((power - One) << Bits) / (power + One);
        return new(x < 0 ? -value : value, -Bits);
    }

    public static Exact Pow(double x, double y) => Exponential((Logarithm(x) * FromDouble(y)) >> Bits);

    /// <summary>erf x = 2 / sqrt(pi) e^(-x^2) sum of 2^n x^(2n+1) / (2n+1)!! (Abramowitz and Stegun 7.1.6), all terms positive.</summary>
    public static Exact Erf(double x)
    {
        BigInteger a = FromDouble(Math.Abs(x)), square = (a * a) >> Bits, term = a, sum = a;
        for (int n = 1; !term.IsZero; n++)
        {
            term = ((term * square) >> (Bits - 1)) / ((2 * n) + 1);
            sum += term;
        }

        Exact e = Exponential(-square);
        BigInteger rootOfPi = SquareRoot((Pi >> (PiBits - Bits)) << Bits);
        BigInteger value = (2 * sum * Shift(e.Mantissa, e.Exponent + Bits)) / rootOfPi;
        return new(x < 0 ? -value : value, -Bits);
    }

    private static BigInteger FromDouble(double x)
    {
        Exact exact = Exact.Of(x);
        return Shift(exact.Mantissa, exact.Exponent + Bits);
    }

    private static BigInteger Shift(BigInteger value, int places) => places >= 0 ? value << places : value >> -places;

    /// <summary>2^n e^r with |r| at most ln(2) / 2; the series is taken at r / 2^16 and squared 16 times.</summary>
    private static Exact Exponential(BigInteger x)
    {
        BigInteger n = (x + (Ln2 >> 1)) / Ln2;
        BigInteger r = (x - (n * Ln2)) >> 16, term = One, sum = One;
        for (int k = 1; !term.IsZero && term != BigInteger.MinusOne; k++)
        {
            term = ((term * r) >> Bits) / k;
            sum += term;
        }

        for (int i = 0; i < 16; i++)
        {
            sum = (sum * sum) >> Bits;
        }

        return new(sum, (int)n - Bits);
    }

    /// <summary>x = 2^e m with m in [0.75, 1.5).</summary>
    private static BigInteger Logarithm(double x)
    {
        int e = Math.ILogB(x);
        e += Math.ScaleB(x, -e) >= 1.5 ? 1 : 0;
        Exact exact = Exact.Of(x);
        BigInteger m = Shift(exact.Mantissa, exact.Exponent + Bits - e);
        return (e * Ln2) + (2 * InverseHyperbolicTangent(((m - One) << Bits) / (m + One)));
    }

    private static BigInteger InverseHyperbolicTangent(BigInteger s)
    {
        BigInteger square = (s * s) >> Bits, power = s, sum = s;
        for (int k = 3; !power.IsZero && power != BigInteger.MinusOne; k += 2)
        {
            power = (power * square) >> Bits;
            sum += power / k;
        }

        return sum;
    }

    private static BigInteger ArcTangentOfInverse(int n)
    {
        BigInteger power = (BigInteger.One << PiBits) / n, sum = power;
        for (int k = 3, sign = -1; !power.IsZero; k += 2, sign = -sign)
        {
            power /= n * n;
            sum += sign * power / k;
        }

        return sum;
    }

    private static BigInteger SineOfQuadrant(double x, int quadrants)
    {
        Exact exact = Exact.Of(x);
        BigInteger quarterTurn = Pi >> 1;
        BigInteger angle = Shift(exact.Mantissa, exact.Exponent + PiBits);
        BigInteger n = BigInteger.Divide(angle + (angle.Sign * (quarterTurn >> 1)), quarterTurn);
        BigInteger r = (angle - (n * quarterTurn)) >> (PiBits - Bits);
        int quadrant = (int)((n + quadrants) & 3);
        bool cosine = (quadrant & 1) != 0;
        BigInteger square = (r * r) >> Bits, term = cosine ? One : r, sum = term;
        for (int k = cosine ? 2 : 3; !term.IsZero && term != BigInteger.MinusOne; k += 2)
        {
            term = -((term * square) >> Bits) / (k * (k - 1));
            sum += term;
        }

        return (quadrant & 2) == 0 ? sum : -sum;
    }

    private static BigInteger SquareRoot(BigInteger value)
    {
        BigInteger root = BigInteger.One << (int)((value.GetBitLength() / 2) + 1);
        while (true)
        {
            BigInteger next = (root + (value / root)) >> 1;
            if (next >= root)
            {
                return root;
            }

            root = next;
        }
    }
}
