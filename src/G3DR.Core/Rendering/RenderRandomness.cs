using G3DR.Core.Tensors;

namespace G3DR.Core.Rendering;

/// <summary>What is random in a rendering: given, or drawn from a seed.</summary>
public sealed record RenderRandomness
{
    /// <summary>Numbers in [0, 1) of the coarse samples (N, R, S), or null to draw them.</summary>
    public Tensor? CoarseNoise { get; init; }

    /// <summary>Distances (N, R, S) of the coarse samples, rising along each ray, where the settings say that they are given.</summary>
    public Tensor? CoarseDistances { get; init; }

    /// <summary>Numbers in [0, 1) of the importance samples (N, R, K), or null to draw them.</summary>
    public Tensor? FineNoise { get; init; }

    /// <summary>Seed of what is drawn: stream 0 for the coarse samples, 1 for the fine ones.</summary>
    public ulong Seed { get; init; }

    /// <summary>Number of the first ray in the random streams, so that pieces of a picture draw what the whole picture draws.</summary>
    public long FirstRay { get; init; }
}
