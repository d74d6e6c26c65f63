using G3DR.Core.Tensors;

namespace G3DR.Core.Rendering;

/// <summary>What rays see. Leading axes are those of the rays, for example (N, R).</summary>
/// <param name="Color">Colours (..., 3): in [-1, 1] by the mid-point rule, in [0, 1] per sample.</param>
/// <param name="Depth">Mean distances, weighted: sum w t / (sum w + 0.001) (Eq. 4).</param>
/// <param name="Opacity">Sums of the weights.</param>
/// <param name="Weights">Weights (..., S - 1) of the intervals or (..., S) of the samples.</param>
/// <param name="Centers">Distances that the weights belong to, of the shape of the weights.</param>
public sealed record MarchingResult(Tensor Color, Tensor Depth, Tensor Opacity, Tensor Weights, Tensor Centers) : IDisposable
{
    /// <summary>Disposes all of them.</summary>
    public void Dispose()
    {
        Color.Dispose();
        Depth.Dispose();
        Opacity.Dispose();
        Weights.Dispose();
        Centers.Dispose();
    }
}
