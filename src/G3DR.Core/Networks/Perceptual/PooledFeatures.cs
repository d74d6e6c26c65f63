using G3DR.Compute;
using G3DR.Core.Losses;
using G3DR.Core.Tensors;
using G3DR.Core.Weights;

namespace G3DR.Core.Networks;

/// <summary>
/// The last features of a classifier, averaged over the picture and brought to a root mean square of a half: what it shows, not where. A small stand-in for CLIP.
/// </summary>
public sealed class PooledFeatures : Module, ISemanticEncoder
{
    // Keeps the division defined for a picture that no unit sees anything in.
    private const double SmallestSquare = 1e-12;

    // Embeddings of CLIP, which the factor of the paper was chosen for, have a root mean square of about a half.
    private const double SizesPerUnit = 2;

    private readonly FeatureStack _features;
    private readonly Lazy<string> _fingerprint;

    /// <summary>Wraps the convolutional part of a classifier.</summary>
    /// <param name="features">The network; it belongs to this module from now on.</param>
    public PooledFeatures(FeatureStack features)
    {
        ArgumentNullException.ThrowIfNull(features);
        _features = AddChild("features", features);
        _fingerprint = new(ComputeFingerprint);
    }

    /// <inheritdoc/>
    public string Name => $"{_features.Name}, pooled features";

    /// <inheritdoc/>
    public string Fingerprint => _fingerprint.Value;

    /// <summary>Loads the features of a classifier, frozen.</summary>
    /// <param name="path">Weights of VGG-16, AlexNet or SqueezeNet 1.1 under torchvision's names.</param>
    /// <param name="device">Device of the network.</param>
    /// <returns>The network; it belongs to the caller.</returns>
    /// <exception cref="WeightsFormatException">The file is damaged or holds something else.</exception>
    /// <exception cref="WeightLoadException">Tensors are missing, unexpected or have other shapes.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static PooledFeatures Load(string path, Accelerator device)
    {
        ArgumentNullException.ThrowIfNull(device);
        using WeightFile file = WeightFile.Open(path);
        var pooled = new PooledFeatures(LpipsFiles.LoadFeatures(file, device).Features);
        pooled.Eval();
        pooled.Freeze();
        return pooled;
    }

    /// <inheritdoc/>
    public Tensor Embed(Tensor pictures)
    {
        using var scope = TensorScope.Begin(pictures.Accelerator);
        using Tensor colors = pictures.Affine(0.5, 0.5);
        using Tensor normalized = ImageNet.Normalize(colors);
        using Tensor features = _features.Forward(normalized);
        Tensor pooled = features.Mean([1, 2]);
        Tensor size = (pooled.Square().Mean([1], keepDims: true) + SmallestSquare).Sqrt();
        return scope.Keep(pooled / (size * SizesPerUnit));
    }
}
