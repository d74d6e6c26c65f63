namespace G3DR.Core.Reconstruction;

/// <summary>How far a reconstruction is.</summary>
/// <param name="Part">The part of the network that was computed last, by its name in the checkpoint.</param>
/// <param name="Done">Parts that are done, of all passes.</param>
/// <param name="Total">Parts of all passes.</param>
public readonly record struct ReconstructionProgress(string Part, int Done, int Total);
