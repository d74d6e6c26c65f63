namespace G3DR.Core.Verification;

/// <summary>One row of a verification: a tensor of a file, computed on one path.</summary>
/// <param name="Path">What computed it.</param>
/// <param name="Result">The comparison.</param>
public sealed record VectorCheck(VerificationPath Path, VectorResult Result)
{
    /// <summary>Largest error as a multiple of the tolerance: above 1 the row fails; infinite where an exact value differs.</summary>
    public double Share => Result.MaxError == 0 ? 0 : Result.MaxError / Result.Tolerance;
}
