using G3DR.Compute;
using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>A network that estimates depth from one picture.</summary>
public interface IDepthNetwork : IDisposable
{
    /// <summary>Name for messages, such as <c>Depth Anything V2 Small</c>.</summary>
    string Name { get; }

    /// <summary>What its numbers mean.</summary>
    DepthMeaning Meaning { get; }

    /// <summary>How it wants its pictures.</summary>
    DepthInput Input { get; }

    /// <summary>Device of the network.</summary>
    Accelerator? Accelerator { get; }

    /// <summary>Estimates depth.</summary>
    /// <param name="pictures">Pictures (N, H, W, 3), sized and normalised as <see cref="Input"/> says.</param>
    /// <returns>Maps (N, H, W).</returns>
    /// <exception cref="ArgumentException">The shape does not fit the network.</exception>
    Tensor Estimate(Tensor pictures);
}
