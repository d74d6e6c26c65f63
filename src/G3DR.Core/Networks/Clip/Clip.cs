using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>
/// CLIP (Radford et al., "Learning transferable visual models from natural language supervision", ICML 2021): embeddings of pictures and texts that lie close to each other
/// where the text describes the picture. Parameters have the names of openai/CLIP.
/// </summary>
/// <example>
/// <code>
/// using Clip clip = NetworkLoader.Load&lt;Clip&gt;("ViT-B-32.pt", device);
/// using Tensor pictures = clip.EncodeImage(ClipPreprocessing.ToTensor(device, [photo], clip.Image.Options.ImageSize));
/// using Tensor texts = clip.EncodeText(tokenizer.Tokenize(["a cat", "a dog"]));
/// using Tensor logits = clip.Similarity(pictures, texts);                     // (1, 2)
/// </code>
/// </example>
public sealed class Clip : Module
{
    /// <summary>Logarithm of the factor of cosines that training starts with: ln(1 / 0.07).</summary>
    public const double InitialLogitScale = 2.6592600369327779;

    // Below the length of any embedding; keeps that of an embedding of zeros from being divided by zero.
    private const double SmallestSquare = 1e-30;

    private readonly Slot _logitScale;

    /// <summary>Makes the parameters.</summary>
    /// <param name="initializer">Makes the values.</param>
    /// <param name="options">Sizes; null for those of ViT-B/32.</param>
    /// <exception cref="ArgumentException">The sizes do not fit each other.</exception>
    public Clip(Initializer initializer, ClipOptions? options = null)
    {
        Options = options ?? ClipOptions.VitB32;
        Options.Validate();
        _logitScale = AddParameter("logit_scale", initializer.Constant([], InitialLogitScale));
        Image = AddChild("visual", new ClipImageEncoder(initializer, Options.Image));
        Text = AddChild(string.Empty, new ClipTextEncoder(initializer, Options.Text));
    }

    /// <summary><c>clip</c>: recognised by the names of openai/CLIP and by those of Hugging Face.</summary>
    public static NetworkKind Kind { get; } = new(
        "clip",
        "CLIP",
        typeof(Clip),
        new(StringComparer.Ordinal)
        {
            ["vit-b-32"] = initializer => new Clip(initializer),
            ["vit-b-16"] = initializer => new Clip(initializer, ClipOptions.VitB16),
            ["vit-l-14"] = initializer => new Clip(initializer, ClipOptions.VitL14),
        },
        ClipFiles.MatchBoth);

    /// <summary>Sizes.</summary>
    public ClipOptions Options { get; }

    /// <summary>Pictures to embeddings.</summary>
    public ClipImageEncoder Image { get; }

    /// <summary>Texts to embeddings.</summary>
    public ClipTextEncoder Text { get; }

    /// <summary>Logarithm of the factor of cosines in <see cref="Similarity"/>, a scalar.</summary>
    public Tensor LogitScale => _logitScale.Tensor;

    /// <summary>Embeddings of pictures.</summary>
    /// <param name="pictures">Pictures (N, size, size, 3), normalised: see <see cref="ClipPreprocessing"/>.</param>
    /// <param name="observe">Told what <see cref="ClipImageEncoder.Forward(Tensor, Action{string, Tensor}?)"/> tells, under names that begin with <c>visual.</c>.</param>
    /// <returns>Embeddings (N, embedding width), not normalised.</returns>
    /// <exception cref="ArgumentException">The shape does not fit.</exception>
    public Tensor EncodeImage(Tensor pictures, Action<string, Tensor>? observe = null) => Image.Forward(pictures, Under("visual.", observe));

    /// <summary>Embeddings of texts.</summary>
    /// <param name="texts">Rows of tokens of one length.</param>
    /// <param name="observe">Told what <see cref="ClipTextEncoder.Forward"/> tells, under names that begin with <c>text.</c>.</param>
    /// <returns>Embeddings (N, embedding width), not normalised.</returns>
    /// <inheritdoc cref="ClipTextEncoder.Forward" path="/exception"/>
    public Tensor EncodeText(IReadOnlyList<int[]> texts, Action<string, Tensor>? observe = null) => Text.Forward(texts, Under("text.", observe));

    /// <summary>Similarities of pictures to texts: the softmax over texts says how likely each describes the picture, if one of them does.</summary>
    /// <param name="pictures">Embeddings of pictures (N, embedding width).</param>
    /// <param name="texts">Embeddings of texts (M, embedding width).</param>
    /// <returns>Cosines times the learnt factor (N, M): logits.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public Tensor Similarity(Tensor pictures, Tensor texts)
    {
        using var scope = TensorScope.Begin(pictures.Accelerator);
        return scope.Keep(Cosine(pictures, texts) * LogitScale.Exp());
    }

    /// <summary>Cosines of the angles between embeddings.</summary>
    /// <param name="first">Embeddings (N, C).</param>
    /// <param name="second">Embeddings (M, C).</param>
    /// <returns>Cosines (N, M).</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor Cosine(Tensor first, Tensor second)
    {
        if (first.Rank != 2 || second.Rank != 2 || first.Shape[1] != second.Shape[1])
        {
            throw new ArgumentException($"Cosines need embeddings (N, C) and (M, C); got {first.Shape} and {second.Shape}.");
        }

        using var scope = TensorScope.Begin(first.Accelerator);
        return scope.Keep(Unit(first).MatMul(Unit(second), transposeRight: true));
    }

    private static Tensor Unit(Tensor embeddings) => embeddings * (embeddings.Square().Sum([-1], keepDims: true) + SmallestSquare).Rsqrt();

    private static Action<string, Tensor>? Under(string prefix, Action<string, Tensor>? observe) =>
        observe is null ? null : (name, tensor) => observe(prefix + name, tensor);
}
