using System.Numerics;

namespace G3DR.Tests.DeviceMathTests;

/// <summary>The number Mantissa 2^Exponent.</summary>
internal readonly record struct Exact(BigInteger Mantissa, int Exponent)
{
    public static Exact Of(double x)
    {
        long bits = BitConverter.DoubleToInt64Bits(x);
        int exponent = (int)(bits >> 52) & 0x7FF;
        long mantissa = (bits & 0xFFFFFFFFFFFFFL) | (exponent == 0 ? 0 : 1L << 52);
        return new(x < 0 ? -mantissa : mantissa, Math.Max(exponent, 1) - 1075);
    }

    /// <summary>The distance of a double from this number in units in the last place, which are those of the doubles around this number.</summary>
    public double UlpsTo(double value)
    {
        int ulp = Math.Max((int)BigInteger.Abs(Mantissa).GetBitLength() + Exponent - 53, -1074);
        if (!double.IsFinite(value))
        {
            // An infinity stands for the number after the largest double.
            BigInteger past = BigInteger.One << (1024 - ulp);
            return value == (Mantissa.Sign > 0 ? double.PositiveInfinity : double.NegativeInfinity)
                ? Math.Max(0, (double)(past - Scaled(BigInteger.Abs(Mantissa), Exponent - ulp)))
                : double.PositiveInfinity;
        }

        // 64 places below the unit are enough to express the distance.
        Exact other = Of(value);
        BigInteger difference = Scaled(other.Mantissa, other.Exponent - ulp + 64) - Scaled(Mantissa, Exponent - ulp + 64);
        return Math.ScaleB((double)BigInteger.Abs(difference), -64);
    }

    private static BigInteger Scaled(BigInteger value, int places) => places >= 0 ? value << places : value >> -places;
}
