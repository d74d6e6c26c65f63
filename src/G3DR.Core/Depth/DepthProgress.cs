namespace G3DR.Core.Depth;

/// <summary>How far an estimate is.</summary>
/// <param name="Part">The part that was computed last.</param>
/// <param name="Done">Parts that are done.</param>
/// <param name="Total">Parts of the whole.</param>
public readonly record struct DepthProgress(string Part, int Done, int Total);
