namespace G3DR.Core.Verification;

/// <summary>All rows of one file of reference vectors.</summary>
/// <param name="File">The file, relative to the verified folder, with forward slashes.</param>
/// <param name="Checks">One row per tensor and path.</param>
/// <param name="Elapsed">Time that computing and comparing took.</param>
public sealed record FileVerification(string File, IReadOnlyList<VectorCheck> Checks, TimeSpan Elapsed)
{
    /// <summary>Whether every row is within its tolerance and there is one.</summary>
    public bool Ok => Checks.Count > 0 && Checks.All(check => check.Result.Ok);

    /// <summary>The rows that are not.</summary>
    public IEnumerable<VectorCheck> Failures => Checks.Where(check => !check.Result.Ok);

    /// <summary>The row that comes closest to its tolerance, or exceeds it most; null without rows.</summary>
    public VectorCheck? Worst => Checks.MaxBy(check => check.Share);
}

/// <summary>A file that no verifier knows; this is no failure.</summary>
/// <param name="File">The file, relative to the verified folder, with forward slashes.</param>
/// <param name="Reason">Why not, in one line.</param>
public sealed record UnknownVectorFile(string File, string Reason);
