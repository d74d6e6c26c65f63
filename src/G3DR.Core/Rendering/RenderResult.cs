using G3DR.Core.Tensors;

namespace G3DR.Core.Rendering;

/// <summary>A rendering of N scenes with R rays each, of T samples in all.</summary>
public sealed class RenderResult : IDisposable
{
    /// <summary>Colours (N, R, 3): in [-1, 1] by the mid-point rule, in [0, 1] per sample.</summary>
    public required Tensor Color { get; init; }

    /// <summary>Depths along the rays (N, R).</summary>
    public required Tensor Depth { get; init; }

    /// <summary>Sums of weights (N, R).</summary>
    public required Tensor Opacity { get; init; }

    /// <summary>Weights (N, R, T - 1) of intervals or (N, R, T) of samples.</summary>
    public required Tensor Weights { get; init; }

    /// <summary>Distances of all samples (N, R, T), rising.</summary>
    public required Tensor Distances { get; init; }

    /// <summary>What was made on the way, where the settings ask for it.</summary>
    public RenderIntermediates? Intermediates { get; init; }

    /// <summary>Disposes all tensors.</summary>
    public void Dispose()
    {
        foreach (Tensor tensor in Tensors)
        {
            tensor.Dispose();
        }
    }

    internal IEnumerable<Tensor> Tensors => [Color, Depth, Opacity, Weights, Distances, .. Intermediates?.Tensors ?? []];
}

/// <summary>What a rendering makes on the way.</summary>
public sealed class RenderIntermediates
{
    /// <summary>Distances of the coarse samples (N, R, S).</summary>
    public required Tensor CoarseDistances { get; init; }

    /// <summary>Distances of the fine samples (N, R, K), not sorted; null where there are none.</summary>
    public Tensor? FineDistances { get; init; }

    /// <summary>Raw densities of all samples (N, R, T), in the order of the distances.</summary>
    public required Tensor Densities { get; init; }

    /// <summary>Colours of all samples (N, R, T, 3), in the order of the distances.</summary>
    public required Tensor Colors { get; init; }

    /// <summary>Distances that the weights belong to, of the shape of the weights.</summary>
    public required Tensor Centers { get; init; }

    internal IEnumerable<Tensor> Tensors =>
        FineDistances is null ? [CoarseDistances, Densities, Colors, Centers] : [CoarseDistances, FineDistances, Densities, Colors, Centers];
}
