namespace G3DR.Kernels;

/// <summary>What an elementwise operation declares about itself; tests, parity checks and benchmarks are made from it.</summary>
/// <param name="Name">Name in messages and tables.</param>
/// <param name="Saves">What the backward pass reads again.</param>
/// <param name="Range">Inputs that tests draw from.</param>
/// <param name="ForwardTolerance">Largest allowed |error| of the float32 value, divided by max(1, |expected|).</param>
/// <param name="GradientTolerance">The same for the float32 derivative.</param>
public readonly record struct OpSpec(
    string Name,
    Saves Saves,
    (double Low, double High) Range,
    double ForwardTolerance,
    double GradientTolerance)
{
    /// <summary>Inputs where the derivative jumps: finite differences keep away from them.</summary>
    public IReadOnlyList<double> Kinks { get; init; } = [];

    /// <summary>Parameters that tests use, for operations that have some.</summary>
    public (double A, double B) Parameters { get; init; }

    /// <summary>Floating-point operations per element, counted as one per arithmetic instruction of the vector variant.</summary>
    public double Flops { get; init; } = 1;

    /// <summary>False where no useful derivative exists: a gradient asked through the operation throws.</summary>
    public bool HasGradient { get; init; } = true;
}
