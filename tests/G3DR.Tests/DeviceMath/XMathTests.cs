using G3DR.Compute;

namespace G3DR.Tests.DeviceMathTests;

/// <summary>What the primitive functions of kernels promise.</summary>
public class XMathTests
{
    [Fact]
    public void Minimum_and_maximum_see_nan_and_the_sign_of_zero()
    {
        Assert.True(float.IsNaN(XMath.Min(1f, float.NaN)) && float.IsNaN(XMath.Max(float.NaN, 1f)));
        Assert.True(double.IsNaN(XMath.Min(1.0, double.NaN)) && double.IsNaN(XMath.Max(double.NaN, 1.0)));
        Assert.True(float.IsNegative(XMath.Min(0f, -0f)) && !float.IsNegative(XMath.Max(-0f, 0f)));
        Assert.Equal((-3, 2u, -5L), (XMath.Min(-3, 4), XMath.Min(2u, 3u), XMath.Min(7L, -5L)));
        Assert.Equal((4, 3u, 7L), (XMath.Max(-3, 4), XMath.Max(2u, 3u), XMath.Max(7L, -5L)));
    }

    [Theory]
    [InlineData(0.5, 0, 0, 1)]
    [InlineData(1.5, 2, 1, 2)]
    [InlineData(2.5, 2, 2, 3)]
    [InlineData(-1.5, -2, -2, -1)]
    [InlineData(-0.25, 0, -1, 0)]
    public void Rounding_goes_to_even_down_and_up(double x, double nearest, double floor, double ceiling)
    {
        Assert.Equal((nearest, floor, ceiling), (XMath.Round(x), XMath.Floor(x), XMath.Ceiling(x)));
        Assert.Equal(((float)nearest, (float)floor, (float)ceiling), (XMath.Round((float)x), XMath.Floor((float)x), XMath.Ceiling((float)x)));
    }

    [Fact]
    public void Clamp_keeps_nan_and_bounds_the_rest()
    {
        Assert.True(float.IsNaN(XMath.Clamp(float.NaN, 0f, 1f)) && double.IsNaN(XMath.Clamp(double.NaN, 0.0, 1.0)));
        Assert.Equal((0f, 1f, 0.5f), (XMath.Clamp(-1f, 0f, 1f), XMath.Clamp(2f, 0f, 1f), XMath.Clamp(0.5f, 0f, 1f)));
        Assert.Equal((0.0, 1.0), (XMath.Clamp(-1.0, 0.0, 1.0), XMath.Clamp(2.0, 0.0, 1.0)));
        Assert.Equal((2, 3u, -1L), (XMath.Clamp(1, 2, 5), XMath.Clamp(9u, 1u, 3u), XMath.Clamp(-1L, -4L, 4L)));
    }

    [Fact]
    public void Absolute_values_do_not_throw()
    {
        Assert.Equal((3, 3L, 3u), (XMath.Abs(-3), XMath.Abs(-3L), XMath.Abs(3u)));
        Assert.Equal((int.MinValue, long.MinValue), (XMath.Abs(int.MinValue), XMath.Abs(long.MinValue)));
        Assert.Equal((1.5f, 1.5), (XMath.Abs(-1.5f), XMath.Abs(-1.5)));
    }

    [Fact]
    public void Fused_multiply_add_rounds_once()
    {
        // (1 + e)(1 - e) - 1 = -e^2, which a rounded product loses.
        Assert.Equal(-MathF.ScaleB(1, -46), XMath.FusedMultiplyAdd(1f + MathF.ScaleB(1, -23), 1f - MathF.ScaleB(1, -23), -1f));
        Assert.Equal(-Math.ScaleB(1, -104), XMath.FusedMultiplyAdd(1 + Math.ScaleB(1, -52), 1 - Math.ScaleB(1, -52), -1));
    }

    [Fact]
    public void Roots_and_tests()
    {
        Assert.Equal((3f, 3.0, 0.25f, 0.25), (XMath.Sqrt(9f), XMath.Sqrt(9.0), XMath.Rsqrt(16f), XMath.Rsqrt(16.0)));
        Assert.Equal((true, false, true, false), (XMath.IsNaN(float.NaN), XMath.IsNaN(1f), XMath.IsNaN(double.NaN), XMath.IsNaN(double.PositiveInfinity)));
        Assert.Equal(
            (true, true, false, true, false),
            (XMath.IsInfinity(float.NegativeInfinity), XMath.IsInfinity(float.PositiveInfinity), XMath.IsInfinity(float.MaxValue), XMath.IsInfinity(double.NegativeInfinity), XMath.IsInfinity(double.NaN)));
    }
}
