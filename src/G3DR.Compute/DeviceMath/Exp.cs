namespace G3DR.Compute;

public static partial class DeviceMath
{
    /// <summary>
    /// e^x. x = n ln 2 + r with |r| at most ln(2) / 2; e^x = 2^n e^r (Muller, "Elementary Functions", chapter 11, additive range reduction
    /// after Cody and Waite). Infinity above 88.72, subnormal below -87.3, zero below -103.97; e^NaN is NaN.
    /// </summary>
    /// <remarks>Largest error measured: 0.88 ulp.</remarks>
    public static float Exp(float x)
    {
        // Beyond these bounds the result is infinity or zero; a NaN passes both comparisons.
        float bounded = x > 89f ? 89f : x < -104f ? -104f : x;

        // Adding 1.5 * 2^23 leaves the rounded quotient in the low bits of the sum: no conversion, which would be undefined for NaN.
        float shifted = XMath.FusedMultiplyAdd(bounded, 1.442695f, 12582912f);
        int exponent = BitConverter.SingleToInt32Bits(shifted) - 0x4B400000;
        float n = shifted - 12582912f;
        float high = XMath.FusedMultiplyAdd(n, -0.6931472f, bounded);
        float r = XMath.FusedMultiplyAdd(n, 1.9046542e-09f, high);
        float low = XMath.FusedMultiplyAdd(n, 1.9046542e-09f, high - r);

        // e^r = 1 + r + r^2 P(r), |r| <= 0.350, degree 4, relative error 2^-28.1.
        float p = 0.0013824431f;
        p = XMath.FusedMultiplyAdd(p, r, 0.008369385f);
        p = XMath.FusedMultiplyAdd(p, r, 0.04166824f);
        p = XMath.FusedMultiplyAdd(p, r, 0.16666515f);
        p = XMath.FusedMultiplyAdd(p, r, 0.49999994f);
        float result = ScaleByPowerOfTwo(1f + (r + XMath.FusedMultiplyAdd(r * r, p, low)), exponent);
        return XMath.IsNaN(x) ? x : result;
    }

    /// <summary>e^x in double precision, by the method of <see cref="Exp(float)"/>. Infinity above 709.78, zero below -745.13.</summary>
    /// <remarks>Largest error measured: 0.81 ulp.</remarks>
    public static double Exp(double x)
    {
        double bounded = x > 710.0 ? 710.0 : x < -746.0 ? -746.0 : x;

        // 1.5 * 2^52: the low 32 bits of the sum are the rounded quotient in two's complement.
        double shifted = XMath.FusedMultiplyAdd(bounded, 1.4426950408889634, 6755399441055744.0);
        int exponent = (int)BitConverter.DoubleToInt64Bits(shifted);
        double n = shifted - 6755399441055744.0;
        double high = XMath.FusedMultiplyAdd(n, -0.6931471805599453, bounded);
        double r = XMath.FusedMultiplyAdd(n, -2.3190468138462996e-17, high);
        double low = XMath.FusedMultiplyAdd(n, -2.3190468138462996e-17, high - r);
        double result = ScaleByPowerOfTwo(ExpOfReduced(r, low), exponent);
        return XMath.IsNaN(x) ? x : result;
    }

    /// <summary>e^(r + rest) for |r| up to half of ln 2; rest is below the last place of r.</summary>
    private static double ExpOfReduced(double r, double rest)
    {
        // e^r = 1 + r + r^2 P(r), |r| <= 0.3469, degree 10, relative error 2^-63.7.
        double p = 2.0854746244036297e-09;
        p = XMath.FusedMultiplyAdd(p, r, 2.5111776241554214e-08);
        p = XMath.FusedMultiplyAdd(p, r, 2.75574719027616e-07);
        p = XMath.FusedMultiplyAdd(p, r, 2.755723576666095e-06);
        p = XMath.FusedMultiplyAdd(p, r, 2.4801587090778243e-05);
        p = XMath.FusedMultiplyAdd(p, r, 0.00019841269895264484);
        p = XMath.FusedMultiplyAdd(p, r, 0.0013888888889000135);
        p = XMath.FusedMultiplyAdd(p, r, 0.008333333333317611);
        p = XMath.FusedMultiplyAdd(p, r, 0.04166666666666647);
        p = XMath.FusedMultiplyAdd(p, r, 0.16666666666666682);
        p = XMath.FusedMultiplyAdd(p, r, 0.5);
        return 1.0 + (r + XMath.FusedMultiplyAdd(r * r, p, rest));
    }
}
