using G3DR.Compute;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;
using G3DR.Core.Weights;

namespace G3DR.Core.Losses;

/// <summary>The image encoder of CLIP as what holds novel views to the content of their picture: the semantic encoder that G3DR is trained with.</summary>
public sealed class ClipEmbedder : ISemanticEncoder
{
    private readonly ClipImageEncoder _encoder;
    private readonly ClipLoss _loss;
    private readonly Lazy<string> _fingerprint;

    /// <summary>Wraps an encoder.</summary>
    /// <param name="encoder">The encoder, frozen; it belongs to this object from now on.</param>
    public ClipEmbedder(ClipImageEncoder encoder)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        (_encoder, _loss, _fingerprint) = (encoder, new(encoder), new(encoder.ComputeFingerprint));
    }

    /// <inheritdoc/>
    public string Name => $"CLIP {_encoder.Options.Name}";

    /// <inheritdoc/>
    public string Fingerprint => _fingerprint.Value;

    /// <summary>Loads the image encoder of a CLIP file, frozen; texts are not read.</summary>
    /// <param name="path">Weights of CLIP under the names of openai/CLIP or Hugging Face.</param>
    /// <param name="device">Device of the network.</param>
    /// <exception cref="WeightsFormatException">The file is damaged or holds something else.</exception>
    /// <exception cref="WeightLoadException">Tensors are missing, unexpected or have other shapes.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ClipEmbedder Load(string path, Accelerator device) => new(NetworkLoader.Load<ClipImageEncoder>(path, device));

    /// <inheritdoc/>
    public Tensor Embed(Tensor pictures) => _loss.Embed(pictures);

    /// <summary>Disposes the encoder.</summary>
    public void Dispose() => _encoder.Dispose();
}
