namespace G3DR.Compute;

/// <summary>
/// Mathematics allowed in kernels, under ILGPU's names. Square root, rounding, fused multiply-add, minimum, maximum and the tests are
/// exact or rounded once on every device; the elementary functions are <see cref="DeviceMath"/>, the same arithmetic on every device.
/// </summary>
/// <remarks>
/// "ulp" below: largest error measured, in units in the last place of the result (docs/device-math.md has the intervals and how to repeat it).
/// NaN arguments give NaN unless stated.
/// </remarks>
[DeviceFunction]
public static class XMath
{
    /// <summary>Ratio of a circle's circumference to its diameter.</summary>
    public const float PI = MathF.PI;

    /// <summary>e^x; 0.88 ulp.</summary>
    public static float Exp(float x) => DeviceMath.Exp(x);

    /// <summary>e^x; 0.81 ulp.</summary>
    public static double Exp(double x) => DeviceMath.Exp(x);

    /// <summary>Natural logarithm: -infinity at zero, NaN for negative numbers; 0.88 ulp.</summary>
    public static float Log(float x) => DeviceMath.Log(x);

    /// <summary>Natural logarithm: -infinity at zero, NaN for negative numbers; 0.76 ulp.</summary>
    public static double Log(double x) => DeviceMath.Log(x);

    /// <summary>Square root, correctly rounded; NaN for negative numbers.</summary>
    public static float Sqrt(float x) => MathF.Sqrt(x);

    /// <inheritdoc cref="Sqrt(float)"/>
    public static double Sqrt(double x) => Math.Sqrt(x);

    /// <summary>1 / sqrt(x) by these two operations; 1 ulp where the device rounds both correctly.</summary>
    public static float Rsqrt(float x) => 1f / MathF.Sqrt(x);

    /// <inheritdoc cref="Rsqrt(float)"/>
    public static double Rsqrt(double x) => 1.0 / Math.Sqrt(x);

    /// <summary>Sine of an angle in radians, of any size; NaN for infinities; 0.87 ulp.</summary>
    public static float Sin(float x) => DeviceMath.Sin(x);

    /// <summary>Sine of an angle in radians, of any size; NaN for infinities; 0.73 ulp.</summary>
    public static double Sin(double x) => DeviceMath.Sin(x);

    /// <summary>Cosine of an angle in radians, of any size; NaN for infinities; 0.87 ulp.</summary>
    public static float Cos(float x) => DeviceMath.Cos(x);

    /// <summary>Cosine of an angle in radians, of any size; NaN for infinities; 0.75 ulp.</summary>
    public static double Cos(double x) => DeviceMath.Cos(x);

    /// <summary>Hyperbolic tangent; 1.34 ulp.</summary>
    public static float Tanh(float x) => DeviceMath.Tanh(x);

    /// <summary>Hyperbolic tangent; 1.37 ulp.</summary>
    public static double Tanh(double x) => DeviceMath.Tanh(x);

    /// <summary>x to the power y, with the special cases of MathF.Pow; 1.09 ulp.</summary>
    public static float Pow(float x, float y) => DeviceMath.Pow(x, y);

    /// <summary>x to the power y, with the special cases of Math.Pow; 0.82 ulp.</summary>
    public static double Pow(double x, double y) => DeviceMath.Pow(x, y);

    /// <summary>Error function; 1.12 ulp.</summary>
    public static float Erf(float x) => DeviceMath.Erf(x);

    /// <summary>Error function; 1.02 ulp.</summary>
    public static double Erf(double x) => DeviceMath.Erf(x);

    /// <summary>Absolute value.</summary>
    public static float Abs(float x) => MathF.Abs(x);

    /// <inheritdoc cref="Abs(float)"/>
    public static double Abs(double x) => Math.Abs(x);

    /// <summary>Absolute value; the smallest number, which has none, stays as it is.</summary>
    public static int Abs(int x) => x < 0 ? -x : x;

    /// <inheritdoc cref="Abs(int)"/>
    public static long Abs(long x) => x < 0L ? -x : x;

    /// <summary>Absolute value, that is the number itself: for code that is generic in its numbers.</summary>
    public static uint Abs(uint x) => x;

    /// <summary>Largest whole number not above x.</summary>
    public static float Floor(float x) => MathF.Floor(x);

    /// <inheritdoc cref="Floor(float)"/>
    public static double Floor(double x) => Math.Floor(x);

    /// <summary>Smallest whole number not below x.</summary>
    public static float Ceiling(float x) => MathF.Ceiling(x);

    /// <inheritdoc cref="Ceiling(float)"/>
    public static double Ceiling(double x) => Math.Ceiling(x);

    /// <summary>Nearest whole number; halves go to the even one.</summary>
    public static float Round(float x) => MathF.Round(x);

    /// <inheritdoc cref="Round(float)"/>
    public static double Round(double x) => Math.Round(x);

    /// <summary>a b + c, rounded once.</summary>
    public static float FusedMultiplyAdd(float a, float b, float c) => MathF.FusedMultiplyAdd(a, b, c);

    /// <inheritdoc cref="FusedMultiplyAdd(float, float, float)"/>
    public static double FusedMultiplyAdd(double a, double b, double c) => Math.FusedMultiplyAdd(a, b, c);

    /// <summary>Whether x is not a number.</summary>
    public static bool IsNaN(float x) => float.IsNaN(x);

    /// <inheritdoc cref="IsNaN(float)"/>
    public static bool IsNaN(double x) => double.IsNaN(x);

    /// <summary>Whether x is plus or minus infinity.</summary>
    public static bool IsInfinity(float x) => float.IsInfinity(x);

    /// <inheritdoc cref="IsInfinity(float)"/>
    public static bool IsInfinity(double x) => double.IsInfinity(x);

    /// <summary>The smaller value: NaN if one of them is, and -0 is smaller than +0.</summary>
    public static float Min(float a, float b) => MathF.Min(a, b);

    /// <inheritdoc cref="Min(float, float)"/>
    public static double Min(double a, double b) => Math.Min(a, b);

    /// <summary>The smaller value.</summary>
    public static int Min(int a, int b) => a < b ? a : b;

    /// <inheritdoc cref="Min(int, int)"/>
    public static uint Min(uint a, uint b) => a < b ? a : b;

    /// <inheritdoc cref="Min(int, int)"/>
    public static long Min(long a, long b) => a < b ? a : b;

    /// <summary>The larger value: NaN if one of them is, and +0 is larger than -0.</summary>
    public static float Max(float a, float b) => MathF.Max(a, b);

    /// <inheritdoc cref="Max(float, float)"/>
    public static double Max(double a, double b) => Math.Max(a, b);

    /// <summary>The larger value.</summary>
    public static int Max(int a, int b) => a > b ? a : b;

    /// <inheritdoc cref="Max(int, int)"/>
    public static uint Max(uint a, uint b) => a > b ? a : b;

    /// <inheritdoc cref="Max(int, int)"/>
    public static long Max(long a, long b) => a > b ? a : b;

    /// <summary>The value in [min, max] nearest to x; NaN stays NaN. min must not be above max: unlike Math.Clamp this cannot throw.</summary>
    public static float Clamp(float x, float min, float max) => x < min ? min : x > max ? max : x;

    /// <inheritdoc cref="Clamp(float, float, float)"/>
    public static double Clamp(double x, double min, double max) => x < min ? min : x > max ? max : x;

    /// <summary>The value in [min, max] nearest to x. min must not be above max: unlike Math.Clamp this cannot throw.</summary>
    public static int Clamp(int x, int min, int max) => x < min ? min : x > max ? max : x;

    /// <inheritdoc cref="Clamp(int, int, int)"/>
    public static uint Clamp(uint x, uint min, uint max) => x < min ? min : x > max ? max : x;

    /// <inheritdoc cref="Clamp(int, int, int)"/>
    public static long Clamp(long x, long min, long max) => x < min ? min : x > max ? max : x;
}
