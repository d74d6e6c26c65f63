namespace G3DR.Compute;

public static partial class DeviceMath
{
    /// <summary>
    /// Natural logarithm. x = 2^e m with m in [sqrt(1/2), sqrt(2)); ln x = e ln 2 + ln m (Muller, "Elementary Functions", chapter 11).
    /// ln 2 is split so that e times its high part is exact, and the rounding error of the leading sum is kept.
    /// ln(+-0) is -infinity, ln of negative numbers NaN, ln(infinity) infinity.
    /// </summary>
    /// <remarks>Largest error measured: 0.88 ulp.</remarks>
    public static float Log(float x)
    {
        bool subnormal = x < 1.17549435e-38f;
        int bits = BitConverter.SingleToInt32Bits(subnormal ? x * 8388608f : x);
        int exponentBits = (bits - 0x3F3504F3) & ~0x7FFFFF;
        float e = (exponentBits >> 23) - (subnormal ? 23 : 0);
        float f = BitConverter.Int32BitsToSingle(bits - exponentBits) - 1f;

        // ln(1 + f) = f + f^2 P(f), f in [sqrt(1/2) - 1, sqrt(2) - 1], degree 8, relative error 2^-27.8.
        float p = -0.07607402f;
        p = XMath.FusedMultiplyAdd(p, f, 0.12899299f);
        p = XMath.FusedMultiplyAdd(p, f, -0.1324598f);
        p = XMath.FusedMultiplyAdd(p, f, 0.14182554f);
        p = XMath.FusedMultiplyAdd(p, f, -0.16608797f);
        p = XMath.FusedMultiplyAdd(p, f, 0.20001952f);
        p = XMath.FusedMultiplyAdd(p, f, -0.25001597f);
        p = XMath.FusedMultiplyAdd(p, f, 0.33333325f);
        p = XMath.FusedMultiplyAdd(p, f, -0.49999988f);
        float multiple = e * 0.69314575f;
        float sum = multiple + f;
        float low = XMath.FusedMultiplyAdd(e, 1.4286068e-06f, multiple - sum + f);
        float result = sum + XMath.FusedMultiplyAdd(f * f, p, low);
        result = x == 0f ? float.NegativeInfinity : x < 0f ? float.NaN : result;
        return x < float.PositiveInfinity ? result : x;
    }

    /// <summary>
    /// Natural logarithm in double precision. With s = f / (2 + f): ln(1 + f) = 2 atanh(s) = f - (f^2 / 2 - s (f^2 / 2 + R(s^2))), where the
    /// large terms are exact or small (the arrangement of K. C. Ng's log in FDLIBM, Sun Microsystems 1993; own polynomial).
    /// </summary>
    /// <remarks>Largest error measured: 0.76 ulp.</remarks>
    public static double Log(double x)
    {
        bool subnormal = x < 2.2250738585072014e-308;
        long bits = BitConverter.DoubleToInt64Bits(subnormal ? x * 4503599627370496.0 : x);
        long exponentBits = (bits - 0x3FE6A09E667F3BCDL) & ~0xFFFFFFFFFFFFFL;
        double e = (int)(exponentBits >> 52) - (subnormal ? 52 : 0);
        double f = BitConverter.Int64BitsToDouble(bits - exponentBits) - 1.0;
        double s = f / (2.0 + f);
        double z = s * s;

        // 2 (atanh(s) / s - 1) = z P(z), z in [0, 0.02944], degree 6, error relative to 2 atanh(s) / s 2^-59.5.
        double p = 0.14796706213349595;
        p = XMath.FusedMultiplyAdd(p, z, 0.1531397040666897);
        p = XMath.FusedMultiplyAdd(p, z, 0.18183567689691707);
        p = XMath.FusedMultiplyAdd(p, z, 0.22222198502518373);
        p = XMath.FusedMultiplyAdd(p, z, 0.2857142874315643);
        p = XMath.FusedMultiplyAdd(p, z, 0.399999999994107);
        p = XMath.FusedMultiplyAdd(p, z, 0.6666666666666735);
        double halfSquare = 0.5 * f * f;
        double tail = XMath.FusedMultiplyAdd(s, XMath.FusedMultiplyAdd(z, p, halfSquare), e * -1.7239444525614835E-13);
        double result = XMath.FusedMultiplyAdd(e, 0.6931471805601177, f - (halfSquare - tail));
        result = x == 0.0 ? double.NegativeInfinity : x < 0.0 ? double.NaN : result;
        return x < double.PositiveInfinity ? result : x;
    }
}
