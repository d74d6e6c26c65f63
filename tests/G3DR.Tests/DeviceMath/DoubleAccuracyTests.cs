using G3DR.Compute;

namespace G3DR.Tests.DeviceMathTests;

/// <summary>
/// The double-precision functions against <see cref="HighPrecision"/>; the bounds are those of docs/device-math.md. Random arguments are
/// drawn evenly from an interval, or with evenly distributed exponents ("log"), so that every scale is met.
/// </summary>
public class DoubleAccuracyTests
{
    private const int Samples = 1500;

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(-708, 709.7)]
    [InlineData(-745, -708)]
    public void Exp_is_within_0_85_ulp(double low, double high) => Check(0.85, XMath.Exp, HighPrecision.Exp, Even(low, high));

    [Fact]
    public void Log_is_within_0_85_ulp()
    {
        Check(0.85, XMath.Log, HighPrecision.Log, Even(0.5, 2));
        Check(0.85, XMath.Log, HighPrecision.Log, Logarithmic(double.Epsilon, double.MaxValue));
        Check(0.85, XMath.Log, HighPrecision.Log, Logarithmic(1e-16, 1e-3).Select(d => 1 + d));
        Check(0.85, XMath.Log, HighPrecision.Log, Logarithmic(1e-16, 1e-3).Select(d => 1 - d));
    }

    [Fact]
    public void Sin_and_cos_are_within_0_85_ulp()
    {
        foreach (IEnumerable<double> angles in new[] { Even(-1, 1), Even(-1e5, 1e5), Logarithmic(1e-12, double.MaxValue), NearQuarterTurns() })
        {
            double[] list = [.. angles];
            Check(0.85, XMath.Sin, HighPrecision.Sin, list);
            Check(0.85, XMath.Cos, HighPrecision.Cos, list);
        }
    }

    /// <summary>The double next to a multiple of pi/2 in relative distance, 2^-61 away (Muller, "Elementary Functions", section on range reduction).</summary>
    [Fact]
    public void The_hardest_angle_of_all_is_reduced_correctly()
    {
        double hardest = 6381956970095103 * Math.ScaleB(1, 797);
        Check(0.85, XMath.Sin, HighPrecision.Sin, [hardest, -hardest]);
        Check(0.85, XMath.Cos, HighPrecision.Cos, [hardest, -hardest]);
        Assert.InRange(Math.Abs(XMath.Cos(hardest)), 4e-19, 5e-19);
    }

    [Fact]
    public void Tanh_is_within_1_4_ulp()
    {
        Check(1.4, XMath.Tanh, HighPrecision.Tanh, Even(-2, 2));
        Check(1.4, XMath.Tanh, HighPrecision.Tanh, Even(0.55, 0.7));
        Check(1.4, XMath.Tanh, HighPrecision.Tanh, Even(-25, 25));
        Check(1.4, XMath.Tanh, HighPrecision.Tanh, Logarithmic(1e-20, 30));
    }

    [Fact]
    public void Erf_is_within_1_1_ulp()
    {
        Check(1.1, XMath.Erf, HighPrecision.Erf, Even(-1, 1));
        Check(1.1, XMath.Erf, HighPrecision.Erf, Even(0.85, 1.1));
        Check(1.1, XMath.Erf, HighPrecision.Erf, Even(-7, 7));
        Check(1.1, XMath.Erf, HighPrecision.Erf, Logarithmic(1e-20, 7));
    }

    [Fact]
    public void Pow_is_within_0_85_ulp()
    {
        Random random = new(7);
        double worst = 0;
        for (int i = 0; i < 2 * Samples; i++)
        {
            // Bases of every scale or near 1; exponents such that the result stays between 2^-1074 and 2^1024.
            double x = i % 2 == 0 ? Math.Exp((random.NextDouble() - 0.5) * 1400) : 0.5 + (1.5 * random.NextDouble());
            double y = ((2098 * random.NextDouble()) - 1074) / Math.Log2(x);
            worst = Math.Max(worst, HighPrecision.Pow(x, y).UlpsTo(XMath.Pow(x, y)));
        }

        Assert.InRange(worst, 0.5, 0.85);
    }

    [Fact]
    public void Small_arguments_return_themselves_where_the_function_is_its_argument()
    {
        for (double x = 1e-10; x > 0; x *= 0.37)
        {
            Assert.Equal(x, XMath.Sin(x));
            Assert.Equal(-x, XMath.Tanh(-x));
            Assert.Equal(1 + x, XMath.Exp(x));
            Assert.Equal(1.0, XMath.Cos(x));
        }
    }

    private static void Check(double bound, Func<double, double> function, Func<double, Exact> reference, IEnumerable<double> arguments)
    {
        double worst = 0, at = 0;
        foreach (double x in arguments)
        {
            double error = reference(x).UlpsTo(function(x));
            if (!(error <= worst))
            {
                (worst, at) = (error, x);
            }
        }

        Assert.True(worst <= bound, $"{worst:F3} ulp at {at:R}: {function(at):R}");
    }

    private static IEnumerable<double> Even(double low, double high)
    {
        Random random = new(11);
        return Enumerable.Range(0, Samples).Select(_ => low + ((high - low) * random.NextDouble()));
    }

    private static IEnumerable<double> Logarithmic(double low, double high)
    {
        Random random = new(13);
        double first = Math.Log(low), span = Math.Log(high) - first;
        return Enumerable.Range(0, Samples).Select(_ => Math.Clamp(Math.Exp(first + (span * random.NextDouble())), low, high));
    }

    private static IEnumerable<double> NearQuarterTurns() => Enumerable.Range(1, Samples).Select(n => n * (long)n * n * (Math.PI / 2));
}
