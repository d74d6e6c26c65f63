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

    /// <summary>How many parts <see cref="Estimate(Tensor, Action{string, Tensor}?)"/> tells of; 0 if it tells of none.</summary>
    int Parts => 0;

    /// <summary>Estimates depth.</summary>
    /// <param name="pictures">Pictures (N, H, W, 3), sized and normalised as <see cref="Input"/> says.</param>
    /// <returns>Maps (N, H, W).</returns>
    /// <exception cref="ArgumentException">The shape does not fit the network.</exception>
    Tensor Estimate(Tensor pictures);

    /// <summary>Estimates depth and tells of parts that are done: for progress, and for stopping by an exception.</summary>
    /// <param name="pictures">Pictures (N, H, W, 3), sized and normalised as <see cref="Input"/> says.</param>
    /// <param name="observe">Told the name and the output of each part; the tensors are valid inside this call only. Null if nobody listens.</param>
    /// <returns>Maps (N, H, W).</returns>
    /// <exception cref="ArgumentException">The shape does not fit the network.</exception>
    Tensor Estimate(Tensor pictures, Action<string, Tensor>? observe) => Estimate(pictures);
}
