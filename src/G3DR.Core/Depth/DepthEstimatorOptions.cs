namespace G3DR.Core.Depth;

/// <summary>How <see cref="DepthEstimator"/> works.</summary>
public sealed record DepthEstimatorOptions
{
    /// <summary>
    /// Length in pixels that a side is resized to for the network, instead of the one that it was trained with; <see cref="Networks.DepthInput.Resize"/> says which side.
    /// Larger shows more detail and takes more time and memory.
    /// </summary>
    public int? Size { get; init; }

    /// <summary>Most pixels that the network is given at a time; photos that would take more are refused.</summary>
    public long MaxPixels { get; init; } = DepthPreprocessing.DefaultMaxPixels;

    /// <summary>How the network is put to use; null for one pass over the whole photo.</summary>
    public IDepthStrategy? Strategy { get; init; }
}
