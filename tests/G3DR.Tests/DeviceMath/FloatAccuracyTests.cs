using G3DR.Compute;

namespace G3DR.Tests.DeviceMathTests;

/// <summary>
/// The single-precision functions against double-precision ones on 2^20 arguments spread over all bit patterns: every exponent, both signs,
/// subnormals, infinities and NaN. The bounds are those of docs/device-math.md.
/// </summary>
public class FloatAccuracyTests
{
    private const int Samples = 1 << 20;

    [Fact]
    public void Exp_is_within_0_88_ulp()
    {
        Check(0.88, XMath.Exp, Math.Exp);
        CheckInterval(0.88, XMath.Exp, Math.Exp, -104, 89);
    }

    [Fact]
    public void Log_is_within_0_88_ulp()
    {
        Check(0.88, XMath.Log, Math.Log);
        CheckInterval(0.88, XMath.Log, Math.Log, 0.5f, 2);
    }

    [Fact]
    public void Sin_is_within_0_88_ulp()
    {
        Check(0.88, XMath.Sin, Math.Sin);
        CheckInterval(0.88, XMath.Sin, Math.Sin, -200, 200);
        CheckInterval(0.88, XMath.Sin, Math.Sin, 9e4f, 1.1e5f);
    }

    [Fact]
    public void Cos_is_within_0_88_ulp()
    {
        Check(0.88, XMath.Cos, Math.Cos);
        CheckInterval(0.88, XMath.Cos, Math.Cos, -200, 200);
        CheckInterval(0.88, XMath.Cos, Math.Cos, 9e4f, 1.1e5f);
    }

    [Fact]
    public void Tanh_is_within_1_34_ulp()
    {
        Check(1.34, XMath.Tanh, Math.Tanh);
        CheckInterval(1.34, XMath.Tanh, Math.Tanh, -10, 10);
    }

    [Fact]
    public void Erf_is_within_1_12_ulp()
    {
        Check(1.12, XMath.Erf, Erf);
        CheckInterval(1.12, XMath.Erf, Erf, -5, 5);
    }

    [Fact]
    public void Pow_is_within_1_2_ulp()
    {
        Random random = new(3);
        double worst = 0;
        (float X, float Y) at = default;
        for (int i = 0; i < Samples; i++)
        {
            // Bases of all scales, and every other one near 1; exponents such that the result is about 2^-155 to 2^130, every fourth one whole.
            float x = i % 2 == 0 ? BitConverter.Int32BitsToSingle(random.Next(1, 0x7F800000)) : 0.5f + (1.5f * random.NextSingle());
            float y = (float)(((285 * random.NextDouble()) - 155) / Math.Log2(x));
            y = i % 4 == 0 ? MathF.Round(y) : y;
            x = i % 8 == 0 ? -x : x;
            double error = Ulps(XMath.Pow(x, y), Math.Pow(x, y));
            if (!(error <= worst))
            {
                (worst, at) = (error, (x, y));
            }
        }

        Assert.True(worst <= 1.2, $"{worst:F3} ulp at {at.X:R} ^ {at.Y:R}");
    }

    [Fact]
    public void Pow_of_any_two_patterns_is_right()
    {
        Random random = new(5);
        for (int i = 0; i < Samples; i++)
        {
            float x = BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue)), y = BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue));
            double error = Ulps(XMath.Pow(x, y), Math.Pow(x, y));
            Assert.True(error <= 1.2, $"{error:F3} ulp at {x:R} ^ {y:R}");
        }
    }

    [Fact]
    public void Sin_erf_and_tanh_are_odd_and_cos_is_even()
    {
        for (int i = 0; i < Samples; i += 16)
        {
            float x = Pattern(i);
            Assert.Equal(-XMath.Sin(x), XMath.Sin(-x));
            Assert.Equal(-XMath.Tanh(x), XMath.Tanh(-x));
            Assert.Equal(-XMath.Erf(x), XMath.Erf(-x));
            Assert.Equal(XMath.Cos(x), XMath.Cos(-x));
        }
    }

    /// <summary>Where n of e^x = 2^n e^r steps, at zero, and where results become subnormal, zero or infinite: 2000 neighbouring floats each.</summary>
    [Fact]
    public void Exp_is_monotonic_at_its_boundaries()
    {
        List<float> centres = [0f, 88.722839f, -87.336545f, -103.972084f];
        for (int n = -148; n < 128; n += 3)
        {
            centres.Add((float)((n + 0.5) * Math.Log(2)));
        }

        foreach (float centre in centres)
        {
            float x = centre;
            for (int i = 0; i < 1000; i++)
            {
                x = MathF.BitDecrement(x);
            }

            float previous = XMath.Exp(x);
            for (int i = 0; i < 2000; i++)
            {
                x = MathF.BitIncrement(x);
                float value = XMath.Exp(x);
                Assert.True(value >= previous, $"e^x falls at {x:R}: {previous:R}, {value:R}");
                previous = value;
            }
        }
    }

    private static float Pattern(int i) => BitConverter.UInt32BitsToSingle(((uint)i << 12) | (((uint)i * 2654435761u) >> 20));

    private static void Check(double bound, Func<float, float> function, Func<double, double> reference) =>
        Check(bound, function, reference, Pattern);

    private static void CheckInterval(double bound, Func<float, float> function, Func<double, double> reference, float low, float high) =>
        Check(bound, function, reference, i => low + ((high - low) * (i / (float)Samples)));

    private static void Check(double bound, Func<float, float> function, Func<double, double> reference, Func<int, float> argument)
    {
        double worst = 0;
        float at = 0;
        for (int i = 0; i < Samples; i++)
        {
            float x = argument(i);
            double error = Ulps(function(x), reference(x));
            if (!(error <= worst))
            {
                (worst, at) = (error, x);
            }
        }

        Assert.True(worst <= bound, $"{worst:F3} ulp at {at:R}: {function(at):R} for {reference(at):R}");
    }

    /// <summary>Distance in units in the last place of the floats around the exact value; infinity counts as 2^128.</summary>
    private static double Ulps(float value, double exact)
    {
        if (double.IsNaN(exact) || float.IsNaN(value))
        {
            return double.IsNaN(exact) && float.IsNaN(value) ? 0 : double.PositiveInfinity;
        }

        if (double.Abs(exact) >= Math.ScaleB(1, 128))
        {
            exact = Math.CopySign(Math.ScaleB(1, 128), exact);
        }

        double got = float.IsInfinity(value) ? Math.CopySign(Math.ScaleB(1, 128), value) : value;
        int exponent = exact == 0 ? -149 : Math.Clamp(Math.ILogB(exact), -126, 127) - 23;
        return Math.Abs(got - exact) / Math.ScaleB(1, exponent);
    }

    /// <summary>The all-positive series Abramowitz and Stegun 7.1.6, from which rounding takes about 1e-15.</summary>
    private static double Erf(double x)
    {
        double a = Math.Abs(x);
        if (!(a < 5))
        {
            return double.IsNaN(x) ? x : Math.Sign(x);
        }

        double term = a, sum = a;
        for (int n = 1; term > sum * 1e-17; n++)
        {
            term *= 2 * a * a / ((2 * n) + 1);
            sum += term;
        }

        return Math.CopySign(2 / Math.Sqrt(Math.PI) * Math.Exp(-a * a) * sum, x);
    }
}
