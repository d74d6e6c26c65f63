using G3DR.Compute;

namespace G3DR.Tests.DeviceMathTests;

/// <summary>Zeros of both signs, infinities, NaN, subnormals and the table of pow, bit for bit as the framework has them.</summary>
public class SpecialCaseTests
{
    private static readonly float[] Values =
    [
        0f, -0f, 1f, -1f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.Epsilon, -float.Epsilon, float.MaxValue, float.MinValue,
    ];

    [Fact]
    public void One_argument_functions_give_the_special_values_of_the_framework()
    {
        (string Name, Func<float, float> Single, Func<double, double> Double, Func<double, double> Expected)[] functions =
        [
            ("exp", XMath.Exp, XMath.Exp, Math.Exp), ("log", XMath.Log, XMath.Log, Math.Log), ("sin", XMath.Sin, XMath.Sin, Math.Sin),
            ("cos", XMath.Cos, XMath.Cos, Math.Cos), ("tanh", XMath.Tanh, XMath.Tanh, Math.Tanh),
        ];
        foreach ((string name, Func<float, float> single, Func<double, double> precise, Func<double, double> expected) in functions)
        {
            foreach (float x in Values)
            {
                float want = (float)expected(x), got = single(x);
                Assert.True(Same(want, got) || (Math.Abs(want) is > 0f and < float.PositiveInfinity && Math.Abs(got - want) <= 1.2e-7f * Math.Abs(want)), $"{name}({x:R}) = {got:R}, not {want:R}");
                double wantDouble = expected(x), gotDouble = precise(x);
                Assert.True(Same(wantDouble, gotDouble) || (Math.Abs(wantDouble) > 0 && Math.Abs(gotDouble - wantDouble) <= 2.3e-16 * Math.Abs(wantDouble)), $"{name}({x:R}) = {gotDouble:R}, not {wantDouble:R}");
            }
        }
    }

    [Fact]
    public void Erf_has_its_special_values()
    {
        Assert.True(Same(-0f, XMath.Erf(-0f)) && Same(-0.0, XMath.Erf(-0.0)));
        Assert.Equal((1f, -1f), (XMath.Erf(float.PositiveInfinity), XMath.Erf(float.NegativeInfinity)));
        Assert.Equal((1.0, -1.0), (XMath.Erf(double.PositiveInfinity), XMath.Erf(double.NegativeInfinity)));
        Assert.True(float.IsNaN(XMath.Erf(float.NaN)) && double.IsNaN(XMath.Erf(double.NaN)));
        Assert.Equal((1f, 1.0), (XMath.Erf(3.95f), XMath.Erf(5.95)));
    }

    [Fact]
    public void Pow_has_the_whole_table_of_special_cases()
    {
        float[] values =
        [
            .. Values, 2f, -2f, 3f, -3f, 0.5f, -0.5f, 1.5f, -1.5f, 8388607.5f, -8388607.5f, 8388609f, -8388609f, 16777215f, -16777215f, 16777216f,
            33554432f, -33554432f, 128f, -149f, -150f, -151f, 1e30f, -1e30f,
        ];
        foreach (float x in values)
        {
            foreach (float y in values)
            {
                double want = Math.Pow(x, y), gotDouble = XMath.Pow((double)x, y);
                float wantSingle = (float)want, got = XMath.Pow(x, y);
                Assert.True(Same(wantSingle, got) || Math.Abs(got - wantSingle) <= 1.2e-7f * Math.Abs(wantSingle), $"pow({x:R}, {y:R}) = {got:R}, not {wantSingle:R}");
                Assert.True(Same(want, gotDouble) || Math.Abs(gotDouble - want) <= 2.3e-16 * Math.Abs(want), $"pow({x:R}, {y:R}) = {gotDouble:R}, not {want:R}");
            }
        }
    }

    /// <summary>Doubles above 2^53 are even, below it the last bit tells.</summary>
    [Theory]
    [InlineData(-1.0, 9007199254740991.0, -1.0)]
    [InlineData(-1.0, 9007199254740992.0, 1.0)]
    [InlineData(-1.0, 4503599627370497.0, -1.0)]
    [InlineData(-1.0, 4503599627370496.5, 1.0)]
    [InlineData(-0.0, -9007199254740991.0, double.NegativeInfinity)]
    [InlineData(-0.0, 1e300, 0.0)]
    [InlineData(-2.0, 0.5, double.NaN)]
    [InlineData(1e-320, 0.5, 9.99994433575849E-161)]
    [InlineData(10.0, -320.0, 1e-320)]
    public void Pow_of_doubles_tells_odd_from_even(double x, double y, double expected)
    {
        double got = XMath.Pow(x, y);
        Assert.True(Same(expected, got) || Math.Abs(got - expected) <= 1e-15 * Math.Abs(expected), $"pow({x:R}, {y:R}) = {got:R}, not {expected:R}");
    }

    private static bool Same(double a, double b) => (double.IsNaN(a) && double.IsNaN(b)) || BitConverter.DoubleToInt64Bits(a) == BitConverter.DoubleToInt64Bits(b);

    private static bool Same(float a, float b) => (float.IsNaN(a) && float.IsNaN(b)) || BitConverter.SingleToInt32Bits(a) == BitConverter.SingleToInt32Bits(b);
}
