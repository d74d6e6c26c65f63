using G3DR.Compute;
using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>Puts the details of one depth map into another that has the right overall shape.</summary>
public interface IDepthMerge : IDisposable
{
    /// <summary>Side of the square maps that it works on.</summary>
    int Side { get; }

    /// <summary>Device that it works on.</summary>
    Accelerator? Accelerator { get; }

    /// <summary>Merges maps.</summary>
    /// <param name="pairs">
    /// Pairs of maps (N, <see cref="Side"/>, <see cref="Side"/>, 2), each in [-1, 1]: first the one with the right overall shape, then the one with details.
    /// </param>
    /// <returns>Maps (N, <see cref="Side"/>, <see cref="Side"/>, 1) in [-1, 1].</returns>
    /// <exception cref="ArgumentException">The shape does not fit.</exception>
    Tensor Merge(Tensor pairs);
}
