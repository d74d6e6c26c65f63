using G3DR.Core.Networks;
using G3DR.Core.Tensors;

namespace G3DR.Core.Losses;

/// <summary>
/// How far pictures are from a picture or a text in the eyes of CLIP, differentiable to the pictures: what holds novel views to the content of the input picture (Reddy et al.,
/// G3DR, CVPR 2024).
/// </summary>
/// <example>
/// <code>
/// using ClipImageEncoder encoder = NetworkLoader.Load&lt;ClipImageEncoder&gt;("ViT-B-16.pt", device);
/// var loss = new ClipLoss(encoder);
/// using Tensor photo = loss.Constant(picture);                                // once
/// loss.L1(rendered, photo).Backward();                                        // in each step
/// </code>
/// </example>
/// <param name="encoder">The encoder, frozen; it stays the caller's. G3DR is trained with ViT-B/16.</param>
public sealed class ClipLoss(ClipImageEncoder encoder)
{
    /// <summary>Embeddings of pictures, with gradients.</summary>
    /// <param name="pictures">Colours (N, H, W, 3) in [-1, 1]; they are resized bilinearly without antialiasing, as in the released code.</param>
    /// <returns>Embeddings (N, C), not normalised.</returns>
    /// <exception cref="ArgumentException">The shape is another one.</exception>
    public Tensor Embed(Tensor pictures)
    {
        LossGuard.RequireImages(pictures, smallestSide: 1);
        using var scope = TensorScope.Begin(pictures.Accelerator);
        return scope.Keep(encoder.Forward(ClipPreprocessing.FromRendered(pictures, encoder.Options.ImageSize)));
    }

    /// <summary>Embeddings of pictures that do not change: without gradients.</summary>
    /// <inheritdoc cref="Embed"/>
    public Tensor Constant(Tensor pictures)
    {
        using IDisposable constant = pictures.Accelerator.NoGrad();
        return Embed(pictures);
    }

    /// <summary>Mean absolute difference of embeddings, neither of unit length: the loss of the released code.</summary>
    /// <param name="pictures">Colours (N, H, W, 3) in [-1, 1].</param>
    /// <param name="target">Embeddings (N, C) to be near to: see <see cref="Constant"/>.</param>
    /// <returns>A scalar.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public Tensor L1(Tensor pictures, Tensor target)
    {
        using var scope = TensorScope.Begin(pictures.Accelerator);
        return scope.Keep(PictureLosses.L1(Embed(pictures), target));
    }

    /// <summary>One less the cosine between embeddings, averaged over all pairs: with the embedding of a text, how badly the text describes the pictures.</summary>
    /// <param name="pictures">Colours (N, H, W, 3) in [-1, 1].</param>
    /// <param name="targets">Embeddings (M, C) of texts (<see cref="Clip.EncodeText"/>) or pictures.</param>
    /// <returns>A scalar between 0 and 2.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public Tensor Cosine(Tensor pictures, Tensor targets)
    {
        using var scope = TensorScope.Begin(pictures.Accelerator);
        return scope.Keep(1 - Clip.Cosine(Embed(pictures), targets).Mean());
    }
}
