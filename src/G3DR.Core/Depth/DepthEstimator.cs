using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Core.Imaging;
using G3DR.Core.Networks;
using G3DR.Core.Weights;

namespace G3DR.Core.Depth;

/// <summary>
/// Estimates the depth of photos: load the weights of a depth network once, then ask as often as you like. One estimator runs one estimate at a time.
/// </summary>
/// <example>
/// <code>
/// using var device = Accelerator.CreateDefault();
/// using var depth = DepthEstimator.Load("depth_anything_v2_vits.pth", device);
/// DepthMap map = depth.Estimate(Image.Load("photo.jpg"));
/// map.ToImage().SavePng("depth.png");
/// </code>
/// </example>
public sealed class DepthEstimator : IDisposable
{
    private static readonly SinglePass s_single = new();

    /// <summary>Takes a network; it belongs to the estimator from now on.</summary>
    /// <param name="network">The network.</param>
    /// <param name="options">Size, limits, strategy; null for the defaults.</param>
    public DepthEstimator(IDepthNetwork network, DepthEstimatorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        (Network, Options) = (network, options ?? new());
    }

    /// <summary>The network.</summary>
    public IDepthNetwork Network { get; }

    /// <summary>Size, limits, strategy.</summary>
    public DepthEstimatorOptions Options { get; }

    /// <summary>Loads the weights of any depth network that is known; which one they are is read off their tensors.</summary>
    /// <param name="path">A safetensors file, a PyTorch checkpoint, the index of a set of files, or a folder with one of these.</param>
    /// <param name="device">Device of the network.</param>
    /// <param name="options">Size, limits, strategy; null for the defaults.</param>
    /// <param name="cancel">Stops before data are read.</param>
    /// <exception cref="WeightsFormatException">The file is damaged, hostile, or of no depth network; the message says what it looks like.</exception>
    /// <exception cref="WeightLoadException">Tensors are missing, unexpected or have other shapes; the message names them all.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="OutOfDeviceMemoryException">The network does not fit.</exception>
    public static DepthEstimator Load(string path, Accelerator device, DepthEstimatorOptions? options = null, CancellationToken cancel = default) =>
        new(NetworkLoader.Load<IDepthNetwork>(path, device, cancel: cancel), options);

    /// <summary>Loads weights on another thread.</summary>
    /// <inheritdoc cref="Load"/>
    public static Task<DepthEstimator> LoadAsync(string path, Accelerator device, DepthEstimatorOptions? options = null, CancellationToken cancel = default) =>
        Task.Run(() => Load(path, device, options, cancel), cancel);

    /// <summary>Estimates the depth of a photo.</summary>
    /// <param name="photo">The photo, of any size; alpha is laid over white.</param>
    /// <param name="progress">Told after each part of the network.</param>
    /// <param name="cancel">Stops between parts of the network.</param>
    /// <returns>A map of the photo's size.</returns>
    /// <exception cref="ArgumentException">The photo is so long that nothing, or too much, would be left of it for the network.</exception>
    /// <exception cref="OutOfDeviceMemoryException">The device's memory, or what it may take of it, is too small.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was cancelled.</exception>
    public DepthMap Estimate(Image photo, IProgress<DepthProgress>? progress = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(photo);
        cancel.ThrowIfCancellationRequested();
        return (Options.Strategy ?? s_single).Estimate(Network, photo, Options, progress, cancel);
    }

    /// <summary>Estimates the depth of a photo on another thread.</summary>
    /// <inheritdoc cref="Estimate"/>
    public Task<DepthMap> EstimateAsync(Image photo, IProgress<DepthProgress>? progress = null, CancellationToken cancel = default) =>
        Task.Run(() => Estimate(photo, progress, cancel), cancel);

    /// <summary>Disposes the network.</summary>
    public void Dispose() => Network.Dispose();
}
