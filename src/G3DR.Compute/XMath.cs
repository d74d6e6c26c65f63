namespace G3DR.Compute;

/// <summary>
/// Mathematics allowed in kernels, under ILGPU's names. On the processor these are the framework's functions;
/// other devices supply their own with documented errors.
/// </summary>
public static class XMath
{
    /// <summary>Ratio of a circle's circumference to its diameter.</summary>
    public const float PI = MathF.PI;

    /// <summary>e^x.</summary>
    public static float Exp(float x) => MathF.Exp(x);

    /// <inheritdoc cref="Exp(float)"/>
    public static double Exp(double x) => Math.Exp(x);

    /// <summary>Natural logarithm.</summary>
    public static float Log(float x) => MathF.Log(x);

    /// <inheritdoc cref="Log(float)"/>
    public static double Log(double x) => Math.Log(x);

    /// <summary>Square root.</summary>
    public static float Sqrt(float x) => MathF.Sqrt(x);

    /// <inheritdoc cref="Sqrt(float)"/>
    public static double Sqrt(double x) => Math.Sqrt(x);

    /// <summary>Sine of an angle in radians.</summary>
    public static float Sin(float x) => MathF.Sin(x);

    /// <inheritdoc cref="Sin(float)"/>
    public static double Sin(double x) => Math.Sin(x);

    /// <summary>Cosine of an angle in radians.</summary>
    public static float Cos(float x) => MathF.Cos(x);

    /// <inheritdoc cref="Cos(float)"/>
    public static double Cos(double x) => Math.Cos(x);

    /// <summary>Hyperbolic tangent.</summary>
    public static float Tanh(float x) => MathF.Tanh(x);

    /// <inheritdoc cref="Tanh(float)"/>
    public static double Tanh(double x) => Math.Tanh(x);

    /// <summary>x to the power y.</summary>
    public static float Pow(float x, float y) => MathF.Pow(x, y);

    /// <inheritdoc cref="Pow(float, float)"/>
    public static double Pow(double x, double y) => Math.Pow(x, y);

    /// <summary>Absolute value.</summary>
    public static float Abs(float x) => MathF.Abs(x);

    /// <inheritdoc cref="Abs(float)"/>
    public static double Abs(double x) => Math.Abs(x);

    /// <inheritdoc cref="Abs(float)"/>
    public static int Abs(int x) => Math.Abs(x);

    /// <summary>Largest whole number not above x.</summary>
    public static float Floor(float x) => MathF.Floor(x);

    /// <inheritdoc cref="Floor(float)"/>
    public static double Floor(double x) => Math.Floor(x);

    /// <summary>The smaller value.</summary>
    public static float Min(float a, float b) => MathF.Min(a, b);

    /// <inheritdoc cref="Min(float, float)"/>
    public static double Min(double a, double b) => Math.Min(a, b);

    /// <inheritdoc cref="Min(float, float)"/>
    public static int Min(int a, int b) => Math.Min(a, b);

    /// <summary>The larger value.</summary>
    public static float Max(float a, float b) => MathF.Max(a, b);

    /// <inheritdoc cref="Max(float, float)"/>
    public static double Max(double a, double b) => Math.Max(a, b);

    /// <inheritdoc cref="Max(float, float)"/>
    public static int Max(int a, int b) => Math.Max(a, b);

    /// <summary>a b + c, rounded once.</summary>
    public static float FusedMultiplyAdd(float a, float b, float c) => MathF.FusedMultiplyAdd(a, b, c);

    /// <summary>Error function; see <see cref="ErrorFunction"/> for its error.</summary>
    public static float Erf(float x) => (float)ErrorFunction.Erf(x);

    /// <inheritdoc cref="Erf(float)"/>
    public static double Erf(double x) => ErrorFunction.Erf(x);
}
