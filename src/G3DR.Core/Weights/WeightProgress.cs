namespace G3DR.Core.Weights;

/// <summary>How far work on many tensors is.</summary>
/// <param name="Done">Tensors done.</param>
/// <param name="Total">Tensors in all.</param>
/// <param name="Name">The one that was done last.</param>
public readonly record struct WeightProgress(int Done, int Total, string Name);
