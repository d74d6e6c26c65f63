namespace G3DR.Core.Verification;

/// <summary>One row of a verification: a computed tensor against the reference.</summary>
/// <param name="Tensor">Name of the reference tensor.</param>
/// <param name="MaxError">Largest absolute difference; infinite for NaN, for an infinity where none or another is
/// expected, and for another number of elements or another shape.</param>
/// <param name="Tolerance">What the reference allows.</param>
/// <param name="Ok">Whether the computed tensor is within the tolerance.</param>
public sealed record VectorResult(string Tensor, double MaxError, double Tolerance, bool Ok)
{
    /// <summary>Why the comparison failed, in one line; null if it did not.</summary>
    public string? Failure { get; init; }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Tensor}: error {MaxError:g3}, tolerance {Tolerance:g3}, {(Ok ? "ok" : $"FAILED ({Failure})")}";
}
