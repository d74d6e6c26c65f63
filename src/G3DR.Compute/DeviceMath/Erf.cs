namespace G3DR.Compute;

public static partial class DeviceMath
{
    /// <summary>
    /// Error function: an odd polynomial below 0.9, above it 1 - e^-Q(|x|) with Q = -ln erfc, a smooth function
    /// (Abramowitz and Stegun 7.1.2 for erfc = 1 - erf). Odd; +-1 from 3.92 on; NaN for NaN.
    /// </summary>
    /// <remarks>Largest error measured: 1.12 ulp.</remarks>
    public static float Erf(float x)
    {
        float a = XMath.Abs(x);
        float s = a * a;

        // erf(a) = a + a P(s), s = a^2 in [0, 0.81], degree 6, relative error 2^-30.1.
        float p = 8.392261e-05f;
        p = XMath.FusedMultiplyAdd(p, s, -0.00081441575f);
        p = XMath.FusedMultiplyAdd(p, s, 0.005200722f);
        p = XMath.FusedMultiplyAdd(p, s, -0.026859023f);
        p = XMath.FusedMultiplyAdd(p, s, 0.112836815f);
        p = XMath.FusedMultiplyAdd(p, s, -0.37612632f);
        p = XMath.FusedMultiplyAdd(p, s, 0.12837917f);
        float t = a > 4f ? 4f : a;

        // -ln erfc(t) = Q(t), t in [0.9, 4], degree 7; error of erf 2^-34.
        float q = 2.0908863e-05f;
        q = XMath.FusedMultiplyAdd(q, t, -0.00043231194f);
        q = XMath.FusedMultiplyAdd(q, t, 0.0041606384f);
        q = XMath.FusedMultiplyAdd(q, t, -0.025091933f);
        q = XMath.FusedMultiplyAdd(q, t, 0.10823746f);
        q = XMath.FusedMultiplyAdd(q, t, 0.6333858f);
        q = XMath.FusedMultiplyAdd(q, t, 1.1294956f);
        q = XMath.FusedMultiplyAdd(q, t, -0.00017065107f);
        return WithSignOf(a < 0.9f ? XMath.FusedMultiplyAdd(a, p, a) : 1f - Exp(-q), x);
    }

    /// <summary>
    /// Error function in double precision: an odd polynomial below 0.85; above it 1 - e^(-x^2) R(t), where R = e^(x^2) erfc(x) and
    /// t = (x - 2) / (x + 2) maps the half line to a short interval (Shepherd and Laframboise, "Chebyshev approximation of
    /// (1 + 2x) exp(x^2) erfc x", Mathematics of Computation 36, 1981; without their factor 1 + 2x). +-1 from 5.93 on.
    /// </summary>
    /// <remarks>Largest error measured: 1.02 ulp.</remarks>
    public static double Erf(double x)
    {
        double a = XMath.Abs(x);
        double s = a * a;

        // erf(a) = a + a P(s), s = a^2 in [0, 0.7225], degree 10, relative error 2^-56.
        double p = 1.0658898026625394e-08;
        p = XMath.FusedMultiplyAdd(p, s, -1.5690979871722594e-07);
        p = XMath.FusedMultiplyAdd(p, s, 1.6398168557513885e-06);
        p = XMath.FusedMultiplyAdd(p, s, -1.4921839167240033e-05);
        p = XMath.FusedMultiplyAdd(p, s, 0.00012055186012394964);
        p = XMath.FusedMultiplyAdd(p, s, -0.0008548323365487584);
        p = XMath.FusedMultiplyAdd(p, s, 0.005223977568436339);
        p = XMath.FusedMultiplyAdd(p, s, -0.026866170639923526);
        p = XMath.FusedMultiplyAdd(p, s, 0.11283791670930551);
        p = XMath.FusedMultiplyAdd(p, s, -0.37612638903183293);
        p = XMath.FusedMultiplyAdd(p, s, 0.12837916709551256);
        double b = a > 6.0 ? 6.0 : a;
        double t = (b - 2.0) / (b + 2.0);

        // e^(b^2) erfc(b) = R(t), b in [0.84, 6], degree 13; error of erf 2^-60.3.
        double q = -2.658062808934657e-06;
        q = XMath.FusedMultiplyAdd(q, t, -1.5910388678999103e-05);
        q = XMath.FusedMultiplyAdd(q, t, -2.7816719599650798e-05);
        q = XMath.FusedMultiplyAdd(q, t, 2.7685773811008593e-05);
        q = XMath.FusedMultiplyAdd(q, t, 0.00017442769360672666);
        q = XMath.FusedMultiplyAdd(q, t, 4.355998315970316e-05);
        q = XMath.FusedMultiplyAdd(q, t, -0.000981979247713482);
        q = XMath.FusedMultiplyAdd(q, t, -0.0008471436816820675);
        q = XMath.FusedMultiplyAdd(q, t, 0.006997461742181629);
        q = XMath.FusedMultiplyAdd(q, t, 0.0037328924105678707);
        q = XMath.FusedMultiplyAdd(q, t, -0.07897858101540271);
        q = XMath.FusedMultiplyAdd(q, t, 0.24165819424244941);
        q = XMath.FusedMultiplyAdd(q, t, -0.4271858474139595);
        q = XMath.FusedMultiplyAdd(q, t, 0.25539567631050575);
        double large = XMath.FusedMultiplyAdd(-Exp(-b * b), q, 1.0);
        return WithSignOf(a < 0.85 ? XMath.FusedMultiplyAdd(a, p, a) : large, x);
    }
}
