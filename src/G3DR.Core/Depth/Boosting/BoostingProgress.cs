namespace G3DR.Core.Depth;

/// <summary>How far a boosted estimation is.</summary>
/// <param name="Part">What was done last: <c>whole picture</c>, or <c>patch</c> and its place.</param>
/// <param name="Done">Parts that are done.</param>
/// <param name="Total">The whole picture and all patches.</param>
public readonly record struct BoostingProgress(string Part, int Done, int Total);
