namespace G3DR.Compute;

public static partial class DeviceMath
{
    /// <summary>
    /// Sine of an angle in radians: the angle is reduced to [-pi/4, pi/4] as a sum of two numbers, then one of two polynomials is taken.
    /// Right for all finite angles; odd, -0 for -0; NaN for infinities and NaN.
    /// </summary>
    /// <remarks>Largest error measured: 0.87 ulp.</remarks>
    public static float Sin(float x)
    {
        float r = ReduceAngle(x, out float low, out int quadrant);

        // Below 2^-12 sin x rounds to x, which also keeps the sign of zero.
        return XMath.Abs(x) < 2.44140625e-4f ? x : SineOfQuadrant(r, low, quadrant);
    }

    /// <summary>Cosine of an angle in radians, by the method of <see cref="Sin(float)"/>. Even; NaN for infinities and NaN.</summary>
    /// <remarks>Largest error measured: 0.87 ulp.</remarks>
    public static float Cos(float x)
    {
        float r = ReduceAngle(x, out float low, out int quadrant);
        return SineOfQuadrant(r, low, quadrant + 1);
    }

    /// <summary>Sine of an angle in radians, in double precision, by the method of <see cref="Sin(float)"/>.</summary>
    /// <remarks>Largest error measured: 0.73 ulp.</remarks>
    public static double Sin(double x)
    {
        double r = ReduceAngle(x, out double low, out int quadrant);

        // Below 2^-27 sin x rounds to x, which also keeps the sign of zero.
        return XMath.Abs(x) < 7.450580596923828e-9 ? x : SineOfQuadrant(r, low, quadrant);
    }

    /// <summary>Cosine of an angle in radians, in double precision, by the method of <see cref="Sin(float)"/>.</summary>
    /// <remarks>Largest error measured: 0.75 ulp.</remarks>
    public static double Cos(double x)
    {
        double r = ReduceAngle(x, out double low, out int quadrant);
        return SineOfQuadrant(r, low, quadrant + 1);
    }

    /// <summary>sin(r + low + quadrant pi/2). Both polynomials are evaluated and one is selected: no divergent branch.</summary>
    private static float SineOfQuadrant(float r, float low, int quadrant)
    {
        float s = r * r;

        // sin(r) = r + r s P(s), s = r^2 in [0, 0.623], degree 2, relative error 2^-27.8.
        float p = -0.00019509623f;
        p = XMath.FusedMultiplyAdd(p, s, 0.008332115f);
        p = XMath.FusedMultiplyAdd(p, s, -0.16666654f);
        float sine = r + XMath.FusedMultiplyAdd(r * s, p, low);

        // cos(r) = 1 - s/2 + s^2 Q(s), same interval, degree 2, relative error 2^-32.8; 1 - s/2 with its rounding error.
        float q = 2.4431423e-05f;
        q = XMath.FusedMultiplyAdd(q, s, -0.0013887305f);
        q = XMath.FusedMultiplyAdd(q, s, 0.041666646f);
        float half = 0.5f * s;
        float leading = 1f - half;
        float cosine = leading + XMath.FusedMultiplyAdd(s * s, q, XMath.FusedMultiplyAdd(-r, low, 1f - leading - half));

        float value = (quadrant & 1) == 0 ? sine : cosine;
        return (quadrant & 2) == 0 ? value : -value;
    }

    private static double SineOfQuadrant(double r, double low, int quadrant)
    {
        double s = r * r;

        // sin(r) = r + r s P(s), s = r^2 in [0, 0.61697], degree 5, relative error 2^-57.8.
        double p = 1.5895942520447906e-10;
        p = XMath.FusedMultiplyAdd(p, s, -2.5050742283728635e-08);
        p = XMath.FusedMultiplyAdd(p, s, 2.7557313581907867e-06);
        p = XMath.FusedMultiplyAdd(p, s, -0.00019841269829457166);
        p = XMath.FusedMultiplyAdd(p, s, 0.008333333333321917);
        p = XMath.FusedMultiplyAdd(p, s, -0.1666666666666663);
        double sine = r + XMath.FusedMultiplyAdd(r * s, p, low);

        // cos(r) = 1 - s/2 + s^2 Q(s), same interval, degree 5, relative error 2^-63.9.
        double q = -1.1358752496641406e-11;
        q = XMath.FusedMultiplyAdd(q, s, 2.087570548592905e-09);
        q = XMath.FusedMultiplyAdd(q, s, -2.7557314217871187e-07);
        q = XMath.FusedMultiplyAdd(q, s, 2.4801587289005264e-05);
        q = XMath.FusedMultiplyAdd(q, s, -0.0013888888888873346);
        q = XMath.FusedMultiplyAdd(q, s, 0.041666666666666595);
        double half = 0.5 * s;
        double leading = 1.0 - half;
        double cosine = leading + XMath.FusedMultiplyAdd(s * s, q, XMath.FusedMultiplyAdd(-r, low, 1.0 - leading - half));

        double value = (quadrant & 1) == 0 ? sine : cosine;
        return (quadrant & 2) == 0 ? value : -value;
    }
}
