using G3DR.Core.Imaging;
using G3DR.Core.Networks;

namespace G3DR.Core.Depth;

/// <summary>How a network is put to use on a photo: once for all of it, or several times at several sizes.</summary>
public interface IDepthStrategy
{
    /// <summary>Estimates depth.</summary>
    /// <param name="network">The network.</param>
    /// <param name="photo">The photo.</param>
    /// <param name="options">Size and limits.</param>
    /// <param name="progress">Told after each part.</param>
    /// <param name="cancel">Stops between parts.</param>
    /// <returns>The map, of the photo's size.</returns>
    /// <exception cref="ArgumentException">The photo has a shape that the network cannot work at.</exception>
    DepthMap Estimate(IDepthNetwork network, Image photo, DepthEstimatorOptions options, IProgress<DepthProgress>? progress, CancellationToken cancel);
}
