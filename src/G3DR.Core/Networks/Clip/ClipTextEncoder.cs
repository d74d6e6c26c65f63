using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>
/// CLIP's text transformer (Radford et al., ICML 2021; openai/CLIP): tokens to an embedding, or to one vector per token, which is what latent diffusion reads. Tokens see
/// only those before them; a text's meaning is read at the position of its largest token, the marker of its end. Parameters have the names of openai/CLIP.
/// </summary>
/// <example>
/// <code>
/// using ClipTextEncoder encoder = NetworkLoader.Load&lt;ClipTextEncoder&gt;("stable-diffusion/text_encoder", device);
/// ClipTokenizer tokenizer = ClipTokenizer.Open("stable-diffusion/tokenizer");
/// using Tensor states = encoder.HiddenState([tokenizer.Tokenize("a red bird", new() { Padding = ClipPadding.EndMarker })]);   // (1, 77, 768)
/// </code>
/// </example>
public sealed class ClipTextEncoder : Module
{
    private readonly Embedding _tokens;
    private readonly Slot _positions;
    private readonly Slot? _projection;
    private readonly ClipTransformer _transformer;
    private readonly LayerNorm _final;

    /// <summary>Makes the parameters.</summary>
    /// <param name="initializer">Makes the values.</param>
    /// <param name="options">Sizes; null for those of ViT-B/32.</param>
    /// <exception cref="ArgumentException">The sizes do not fit each other.</exception>
    public ClipTextEncoder(Initializer initializer, ClipTextOptions? options = null)
    {
        Options = options ?? new();
        Options.Validate();
        int width = Options.Width;
        _positions = AddParameter("positional_embedding", initializer.FanIn([Options.ContextLength, width], width));
        _projection = Options.EmbeddingWidth is int outputs ? AddParameter("text_projection", initializer.FanIn([width, outputs], width)) : null;
        _tokens = AddChild("token_embedding", new Embedding(initializer, Options.VocabularySize, width));
        _transformer = AddChild("transformer", new ClipTransformer(initializer, Options, causal: true));
        _final = AddChild("ln_final", new LayerNorm(initializer, width));
    }

    /// <summary><c>clip-text</c>: files of a text encoder alone, as in latent diffusion; and files of CLIP, of which only this part is then loaded.</summary>
    public static NetworkKind Kind { get; } = new(
        "clip-text",
        "the text encoder of CLIP",
        typeof(ClipTextEncoder),
        new(StringComparer.Ordinal)
        {
            ["vit-l-14"] = initializer => new ClipTextEncoder(initializer, ClipOptions.VitL14.Text with { EmbeddingWidth = null }),
            ["vit-b-32"] = initializer => new ClipTextEncoder(initializer),
        },
        ClipFiles.MatchText);

    /// <summary>Sizes.</summary>
    public ClipTextOptions Options { get; }

    /// <summary>Computes embeddings of texts.</summary>
    /// <param name="texts">Rows of tokens of one length: see <see cref="ClipTokenizer.Tokenize(IReadOnlyList{string}, ClipTokenizerOptions?)"/>.</param>
    /// <param name="observe">
    /// Told the states (N, L, width) behind each of <c>block0</c> and so on, <c>last_hidden_state</c> behind the last normalisation, and <c>pooler_output</c> (N, width). They
    /// are valid inside this call only.
    /// </param>
    /// <returns>Embeddings (N, embedding width), not normalised; without a projection (N, width).</returns>
    /// <exception cref="ArgumentException">There are no texts, or rows are empty, too long or of different lengths.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public Tensor Forward(IReadOnlyList<int[]> texts, Action<string, Tensor>? observe = null)
    {
        using var scope = TensorScope.Begin(_tokens.Weight.Accelerator);
        Tensor states = HiddenState(texts, observe: observe);
        Tensor pooled = Pool(states, texts);
        observe?.Invoke("pooler_output", pooled);
        return scope.Keep(_projection is null ? pooled : pooled.MatMul(_projection.Tensor));
    }

    /// <summary>Computes a vector for each token.</summary>
    /// <param name="texts">Rows of tokens of one length.</param>
    /// <param name="layers">Blocks to run; null for all.</param>
    /// <param name="normalize">Whether the last normalisation follows, as for Hugging Face's <c>last_hidden_state</c>; without it these are its <c>hidden_states[layers]</c>.</param>
    /// <param name="observe">As in <see cref="Forward"/>.</param>
    /// <returns>States (N, L, width).</returns>
    /// <inheritdoc cref="Forward" path="/exception"/>
    public Tensor HiddenState(IReadOnlyList<int[]> texts, int? layers = null, bool normalize = true, Action<string, Tensor>? observe = null)
    {
        int count = layers ?? Options.Layers;
        ArgumentOutOfRangeException.ThrowIfNegative(count, nameof(layers));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Options.Layers, nameof(layers));
        RequireTexts(texts);
        using var scope = TensorScope.Begin(_tokens.Weight.Accelerator);
        Tensor states = _transformer.Forward(Embed(texts), count, observe);
        if (!normalize)
        {
            return scope.Keep(states);
        }

        Tensor normalized = _final.Forward(states);
        observe?.Invoke("last_hidden_state", normalized);
        return scope.Keep(normalized);
    }

    private Tensor Embed(IReadOnlyList<int[]> texts)
    {
        using var scope = TensorScope.Begin(_tokens.Weight.Accelerator);
        int length = texts[0].Length;
        Tensor tokens = _tokens.Forward([.. texts.SelectMany(text => text)]).Reshape(texts.Count, length, Options.Width);
        return scope.Keep(tokens + _positions.Tensor.Slice(0, 0, length));
    }

    // States at the first of the largest tokens.
    private static Tensor Pool(Tensor states, IReadOnlyList<int[]> texts)
    {
        int length = states.Shape[1];
        int[] ends = [.. texts.Select((text, n) => (n * length) + Array.IndexOf(text, text.Max()))];
        using var scope = TensorScope.Begin(states.Accelerator);
        return scope.Keep(Functional.Embedding(states.Reshape(-1, states.Shape[2]), ends));
    }

    private void RequireTexts(IReadOnlyList<int[]> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        if (texts.Count == 0 || texts[0].Length == 0 || texts[0].Length > Options.ContextLength || texts.Any(text => text.Length != texts[0].Length))
        {
            throw new ArgumentException(
                $"The text encoder of CLIP needs rows of tokens of one length, 1 to {Options.ContextLength}; got lengths {string.Join(", ", texts.Take(8).Select(text => text.Length))}.",
                nameof(texts));
        }
    }
}
