namespace G3DR.Compute;

public static partial class DeviceMath
{
    /// <summary>
    /// x to the power y: 2^(y log2|x|), where the logarithm is a sum of two numbers, log2 m = (2 / ln 2) atanh((m - 1) / (m + 1)), so that
    /// the product with y is right to about 2^-34 (double-length arithmetic after Dekker, "A floating-point technique for extending the
    /// available precision", Numerische Mathematik 18, 1971). Special cases as IEEE 754 and MathF.Pow have them: x^0 = 1^y = 1 also for NaN;
    /// (-1)^(+-infinity) = 1; negative bases take whole exponents only, others give NaN; odd whole exponents keep the sign of zero and infinity.
    /// </summary>
    /// <remarks>Largest error measured: 1.09 ulp.</remarks>
    public static float Pow(float x, float y)
    {
        float a = XMath.Abs(x);
        float logHigh = Log2(a, out float logLow);
        float high = y * logHigh;
        float low = XMath.FusedMultiplyAdd(y, logLow, XMath.FusedMultiplyAdd(y, logHigh, -high));

        // Outside these bounds the result is infinity or zero, whatever the low part.
        bool inside = XMath.Abs(high) < 160f;
        float bounded = inside ? high : high < 0f ? -160f : 140f;
        float shifted = bounded + 12582912f;
        int exponent = BitConverter.SingleToInt32Bits(shifted) - 0x4B400000;
        float r = bounded - (shifted - 12582912f) + (inside ? low : 0f);

        // 2^r = 1 + r P(r), |r| <= 0.505, degree 5, relative error 2^-28.2.
        float p = 0.00015332026f;
        p = XMath.FusedMultiplyAdd(p, r, 0.0013392053f);
        p = XMath.FusedMultiplyAdd(p, r, 0.0096184965f);
        p = XMath.FusedMultiplyAdd(p, r, 0.055503577f);
        p = XMath.FusedMultiplyAdd(p, r, 0.24022648f);
        p = XMath.FusedMultiplyAdd(p, r, 0.6931472f);
        float magnitude = ScaleByPowerOfTwo(XMath.FusedMultiplyAdd(r, p, 1f), exponent);

        // Zero and infinity have no logarithm here; |x| = 1 gives 1 also where y is infinite.
        magnitude = a == 0f || a == float.PositiveInfinity ? ((a == 0f) == (y < 0f) ? float.PositiveInfinity : 0f) : magnitude;
        magnitude = a == 1f ? 1f : magnitude;

        bool whole = XMath.Floor(y) == y;
        bool odd = whole && XMath.Abs(y) < 16777216f && XMath.Floor(0.5f * y) != 0.5f * y;
        float result = odd ? WithSignOf(magnitude, x) : magnitude;
        result = x < 0f && !whole && a < float.PositiveInfinity ? float.NaN : result;
        result = XMath.IsNaN(x) || XMath.IsNaN(y) ? float.NaN : result;
        return x == 1f || y == 0f ? 1f : result;
    }

    /// <summary>x to the power y in double precision, by the method of <see cref="Pow(float, float)"/>; the product is right to about 2^-66.</summary>
    /// <remarks>Largest error measured: 0.82 ulp.</remarks>
    public static double Pow(double x, double y)
    {
        double a = XMath.Abs(x);
        double logHigh = Log2(a, out double logLow);
        double high = y * logHigh;
        double low = XMath.FusedMultiplyAdd(y, logLow, XMath.FusedMultiplyAdd(y, logHigh, -high));
        bool inside = XMath.Abs(high) < 1100.0;
        double bounded = inside ? high : high < 0.0 ? -1100.0 : 1100.0;
        double shifted = bounded + 6755399441055744.0;
        int exponent = (int)BitConverter.DoubleToInt64Bits(shifted);

        // 2^fraction = e^(fraction ln 2), the product in two parts, of which the second is below the last place of the first.
        double fraction = bounded - (shifted - 6755399441055744.0);
        double product = fraction * 0.6931471805599453;
        double rest = XMath.FusedMultiplyAdd(fraction, 0.6931471805599453, -product);
        rest = XMath.FusedMultiplyAdd(fraction, 2.3190468138462996e-17, rest);
        rest = XMath.FusedMultiplyAdd(inside ? low : 0.0, 0.6931471805599453, rest);
        double r = product + rest;
        rest = product - r + rest;
        double magnitude = ScaleByPowerOfTwo(ExpOfReduced(r, rest), exponent);
        magnitude = a == 0.0 || a == double.PositiveInfinity ? ((a == 0.0) == (y < 0.0) ? double.PositiveInfinity : 0.0) : magnitude;
        magnitude = a == 1.0 ? 1.0 : magnitude;

        bool whole = XMath.Floor(y) == y;
        bool odd = whole && XMath.Abs(y) < 9007199254740992.0 && XMath.Floor(0.5 * y) != 0.5 * y;
        double result = odd ? WithSignOf(magnitude, x) : magnitude;
        result = x < 0.0 && !whole && a < double.PositiveInfinity ? double.NaN : result;
        result = XMath.IsNaN(x) || XMath.IsNaN(y) ? double.NaN : result;
        return x == 1.0 || y == 0.0 ? 1.0 : result;
    }

    /// <summary>log2 of a positive finite number as result + low, relative error about 2^-36.</summary>
    private static float Log2(float a, out float low)
    {
        bool subnormal = a < 1.17549435e-38f;
        int bits = BitConverter.SingleToInt32Bits(subnormal ? a * 8388608f : a);
        int exponentBits = (bits - 0x3F3504F3) & ~0x7FFFFF;
        float e = (exponentBits >> 23) - (subnormal ? 23 : 0);
        float m = BitConverter.Int32BitsToSingle(bits - exponentBits);

        // s = (m - 1) / (m + 1) with its rest; m - 1 is exact, the rounding error of m + 1 is kept.
        float numerator = m - 1f;
        float denominator = m + 1f;
        float denominatorLow = m - (denominator - 1f);
        float s = numerator / denominator;
        float sLow = XMath.FusedMultiplyAdd(-s, denominatorLow, XMath.FusedMultiplyAdd(-s, denominator, numerator)) / denominator;
        float z = s * s;
        float zLow = XMath.FusedMultiplyAdd(2f * s, sLow, XMath.FusedMultiplyAdd(s, s, -z));

        // atanh(s) = s (1 + z/3 + z^2 P(z)), z = s^2 in [0, 0.0295], degree 2, relative error 2^-36.7; z/3 = u + uLow in two parts.
        float p = 0.11710021f;
        p = XMath.FusedMultiplyAdd(p, z, 0.1427354f);
        p = XMath.FusedMultiplyAdd(p, z, 0.20000076f);
        float u = z * 0.33333334f;
        float uLow = XMath.FusedMultiplyAdd(z, -9.934108e-09f, XMath.FusedMultiplyAdd(z, 0.33333334f, -u));
        uLow = XMath.FusedMultiplyAdd(z * z, p, XMath.FusedMultiplyAdd(zLow, 0.33333334f, uLow));

        // s + sLow + s (u + uLow).
        float product = s * u;
        float productLow = XMath.FusedMultiplyAdd(s, uLow, XMath.FusedMultiplyAdd(s, u, -product));
        productLow = XMath.FusedMultiplyAdd(sLow, u, productLow + sLow);
        float sum = s + product;
        float sumLow = s - sum + product + productLow;

        // Times 2 / ln 2 in two parts, plus e.
        float scaled = sum * 2.88539f;
        float scaledLow = XMath.FusedMultiplyAdd(sum, 3.851926e-08f, XMath.FusedMultiplyAdd(sum, 2.88539f, -scaled));
        scaledLow = XMath.FusedMultiplyAdd(sumLow, 2.88539f, scaledLow);
        float total = e + scaled;
        low = e - total + scaled + scaledLow;
        return total;
    }

    /// <summary>log2 in double precision, relative error about 2^-68.</summary>
    private static double Log2(double a, out double low)
    {
        bool subnormal = a < 2.2250738585072014e-308;
        long bits = BitConverter.DoubleToInt64Bits(subnormal ? a * 4503599627370496.0 : a);
        long exponentBits = (bits - 0x3FE6A09E667F3BCDL) & ~0xFFFFFFFFFFFFFL;
        double e = (int)(exponentBits >> 52) - (subnormal ? 52 : 0);
        double m = BitConverter.Int64BitsToDouble(bits - exponentBits);

        double numerator = m - 1.0;
        double denominator = m + 1.0;
        double denominatorLow = m - (denominator - 1.0);
        double s = numerator / denominator;
        double sLow = XMath.FusedMultiplyAdd(-s, denominatorLow, XMath.FusedMultiplyAdd(-s, denominator, numerator)) / denominator;
        double z = s * s;
        double zLow = XMath.FusedMultiplyAdd(2.0 * s, sLow, XMath.FusedMultiplyAdd(s, s, -z));

        // atanh(s) = s (1 + z/3 + z^2/5 + z^3 P(z)), z = s^2 in [0, 0.02944], degree 6, relative error 2^-72.8.
        double p = 0.059557649745579866;
        p = XMath.FusedMultiplyAdd(p, z, 0.05842486184004284);
        p = XMath.FusedMultiplyAdd(p, z, 0.06667883316930769);
        p = XMath.FusedMultiplyAdd(p, z, 0.07692286403412915);
        p = XMath.FusedMultiplyAdd(p, z, 0.09090909303375641);
        p = XMath.FusedMultiplyAdd(p, z, 0.11111111110001448);
        p = XMath.FusedMultiplyAdd(p, z, 0.14285714285716594);

        // v = 1/5 + z P in two parts, then w = 1/3 + z v.
        double step = z * p;
        double v = 0.2 + step;
        double vLow = 0.2 - v + step - 1.1102230246251566e-17;
        double zv = z * v;
        double zvLow = XMath.FusedMultiplyAdd(z, vLow, XMath.FusedMultiplyAdd(zLow, v, XMath.FusedMultiplyAdd(z, v, -zv)));
        double w = 0.3333333333333333 + zv;
        double wLow = 0.3333333333333333 - w + zv + (zvLow + 1.850371707708594e-17);
        double u = z * w;
        double uLow = XMath.FusedMultiplyAdd(z, wLow, XMath.FusedMultiplyAdd(zLow, w, XMath.FusedMultiplyAdd(z, w, -u)));

        double product = s * u;
        double productLow = XMath.FusedMultiplyAdd(s, uLow, XMath.FusedMultiplyAdd(s, u, -product));
        productLow = XMath.FusedMultiplyAdd(sLow, u, productLow + sLow);
        double sum = s + product;
        double sumLow = s - sum + product + productLow;
        double scaled = sum * 2.8853900817779268;
        double scaledLow = XMath.FusedMultiplyAdd(sum, 4.0710547481862066e-17, XMath.FusedMultiplyAdd(sum, 2.8853900817779268, -scaled));
        scaledLow = XMath.FusedMultiplyAdd(sumLow, 2.8853900817779268, scaledLow);
        double total = e + scaled;
        low = e - total + scaled + scaledLow;
        return total;
    }
}
