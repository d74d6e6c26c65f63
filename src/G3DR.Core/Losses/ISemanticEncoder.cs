using G3DR.Core.Tensors;

namespace G3DR.Core.Losses;

/// <summary>
/// A network that sums up in a few hundred numbers what a picture shows. G3DR holds novel views to the numbers of its input picture; it takes those of CLIP.
/// </summary>
public interface ISemanticEncoder : IDisposable
{
    /// <summary>Name for messages and reports, such as <c>CLIP ViT-B/16</c>.</summary>
    string Name { get; }

    /// <summary>A hash of the weights, by which a resumed fit knows them again.</summary>
    string Fingerprint { get; }

    /// <summary>Sums up pictures, with gradients to them.</summary>
    /// <param name="pictures">Pictures (N, H, W, 3) with colours in [-1, 1]; the encoder resizes them as it needs.</param>
    /// <returns>Embeddings (N, D), of a root mean square of about a half.</returns>
    /// <exception cref="ArgumentException">The shape is another one, or the pictures are too small.</exception>
    Tensor Embed(Tensor pictures);
}
