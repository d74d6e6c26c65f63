using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>
/// CLIP's vision transformer (Radford et al., "Learning transferable visual models from natural language supervision", ICML 2021; <c>VisionTransformer</c> of openai/CLIP):
/// a picture to an embedding. Parameters have the names that the published checkpoints have behind <c>visual.</c>.
/// </summary>
/// <example>
/// <code>
/// using ClipImageEncoder encoder = NetworkLoader.Load&lt;ClipImageEncoder&gt;("ViT-B-16.pt", device);
/// using Tensor input = ClipPreprocessing.ToTensor(device, [photo], encoder.Options.ImageSize);
/// using Tensor embedding = encoder.Forward(input);                            // (1, 512)
/// </code>
/// </example>
public sealed class ClipImageEncoder : Layer
{
    private readonly Conv2d _patches;
    private readonly Slot _class, _positions;
    private readonly Slot? _projection;
    private readonly LayerNorm _before, _after;
    private readonly ClipTransformer _transformer;

    /// <summary>Makes the parameters.</summary>
    /// <param name="initializer">Makes the values.</param>
    /// <param name="options">Sizes; null for those of ViT-B/32.</param>
    /// <exception cref="ArgumentException">The sizes do not fit each other.</exception>
    public ClipImageEncoder(Initializer initializer, ClipImageOptions? options = null)
    {
        Options = options ?? new();
        Options.Validate();
        int width = Options.Width, patch = Options.PatchSize;
        _class = AddParameter("class_embedding", initializer.FanIn([width], width));
        _positions = AddParameter("positional_embedding", initializer.FanIn([Options.Tokens, width], width));
        _projection = Options.EmbeddingWidth is int outputs ? AddParameter("proj", initializer.FanIn([width, outputs], width)) : null;
        _patches = AddChild("conv1", new Conv2d(initializer, 3, width, patch, new() { Stride = (patch, patch) }, bias: false));
        _before = AddChild("ln_pre", new LayerNorm(initializer, width));
        _transformer = AddChild("transformer", new ClipTransformer(initializer, Options, causal: false));
        _after = AddChild("ln_post", new LayerNorm(initializer, width));
    }

    /// <summary><c>clip-image</c>: recognised in files of CLIP, of which only this part is then loaded.</summary>
    public static NetworkKind Kind { get; } = new(
        "clip-image",
        "the image encoder of CLIP",
        typeof(ClipImageEncoder),
        new(StringComparer.Ordinal)
        {
            ["vit-b-32"] = initializer => new ClipImageEncoder(initializer),
            ["vit-b-16"] = initializer => new ClipImageEncoder(initializer, ClipOptions.VitB16.Image),
            ["vit-l-14"] = initializer => new ClipImageEncoder(initializer, ClipOptions.VitL14.Image),
        },
        ClipFiles.MatchImage);

    /// <summary>Sizes.</summary>
    public ClipImageOptions Options { get; }

    /// <summary>Computes embeddings.</summary>
    /// <param name="x">Pictures (N, size, size, 3), normalised: see <see cref="ClipPreprocessing"/>.</param>
    /// <returns>Embeddings (N, embedding width), not normalised; without a projection those of the class token (N, width).</returns>
    /// <exception cref="ArgumentException">The shape does not fit.</exception>
    public override Tensor Forward(Tensor x) => Forward(x, observe: null);

    /// <summary>Computes embeddings and shows what lies on the way.</summary>
    /// <param name="x">Pictures, normalised.</param>
    /// <param name="observe">Told the tokens (N, L, width) behind <c>ln_pre</c> and each of <c>block0</c> and so on. They are valid inside this call only.</param>
    /// <inheritdoc cref="Forward(Tensor)"/>
    public Tensor Forward(Tensor x, Action<string, Tensor>? observe)
    {
        RequireInput(x.Shape);
        using var scope = TensorScope.Begin(x.Accelerator);
        Tensor tokens = Embed(x);
        observe?.Invoke("ln_pre", tokens);
        Tensor read = _transformer.Forward(tokens, Options.Layers, observe);
        Tensor pooled = _after.Forward(read.Slice(1, 0, 1).Reshape(x.Shape[0], Options.Width));
        return scope.Keep(_projection is null ? pooled : pooled.MatMul(_projection.Tensor));
    }

    /// <inheritdoc/>
    public override Shape Trace(ModelTrace trace, Shape input)
    {
        RequireInput(input);
        trace.Run(_patches, input);
        Shape tokens = [input[0], Options.Tokens, Options.Width];
        trace.Run(_after, trace.Run(_transformer, trace.Run(_before, tokens)));
        int outputs = Options.EmbeddingWidth ?? Options.Width;
        trace.AddProducts(_projection is null ? 0 : (long)input[0] * Options.Width * outputs);
        return [input[0], outputs];
    }

    // A token of the class before those of the patches, which lie row by row.
    private Tensor Embed(Tensor x)
    {
        using var scope = TensorScope.Begin(x.Accelerator);
        int batch = x.Shape[0], width = Options.Width;
        Tensor patches = _patches.Forward(x).Reshape(batch, -1, width);
        Tensor tokens = Tensor.Concat([_class.Tensor.Reshape(1, 1, width).BroadcastTo([batch, 1, width]), patches], axis: 1);
        return scope.Keep(_before.Forward(tokens + _positions.Tensor));
    }

    private void RequireInput(Shape shape)
    {
        int size = Options.ImageSize;
        if (shape.Rank != 4 || shape[0] < 1 || shape[1] != size || shape[2] != size || shape[3] != 3)
        {
            throw new ArgumentException($"The image encoder of CLIP needs pictures (N, {size}, {size}, 3); got {shape}.");
        }
    }
}
