namespace G3DR.Core.Verification;

/// <summary>What a verification runs.</summary>
public sealed record VerificationOptions
{
    /// <summary>
    /// The paths to run where a file can be computed in several ways; at least one of fused, composed and float64. What the chosen path does not produce is taken
    /// from the composed one, so that every output is checked under any choice.
    /// </summary>
    public IReadOnlyCollection<VerificationPath> Paths { get; init; } = [VerificationPath.Fused, VerificationPath.Composed, VerificationPath.Float64];
}

/// <summary>Where a verification stands.</summary>
/// <param name="Done">Files done.</param>
/// <param name="Total">Files in all.</param>
/// <param name="File">The file that comes next; the last one at the end.</param>
/// <param name="Elapsed">Time since the start.</param>
public readonly record struct VerificationProgress(int Done, int Total, string File, TimeSpan Elapsed)
{
    /// <summary>Time left if the remaining files take as long as those that are done; zero before the first is done.</summary>
    public TimeSpan Remaining => Done == 0 ? TimeSpan.Zero : Elapsed * (Total - Done) / Done;
}
