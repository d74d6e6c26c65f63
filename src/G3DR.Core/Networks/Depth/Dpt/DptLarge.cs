using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>Sizes of a <see cref="DptLarge"/> network; the defaults are those of the published one.</summary>
public sealed record DptLargeOptions
{
    /// <summary>Channels of a token.</summary>
    public int Width { get; init; } = 1024;

    /// <summary>Blocks of the encoder.</summary>
    public int Depth { get; init; } = 24;

    /// <summary>Heads of attention.</summary>
    public int Heads { get; init; } = 16;

    /// <summary>Rows and columns of the table of positions.</summary>
    public int Grid { get; init; } = 24;

    /// <summary>The four blocks, from 0 and rising, whose tokens the head reads.</summary>
    public IReadOnlyList<int> Taps { get; init; } = [5, 11, 17, 23];

    /// <summary>Channels of the head's four levels, from fine to coarse.</summary>
    public IReadOnlyList<int> Channels { get; init; } = [256, 512, 1024, 1024];

    /// <summary>Channels of the fused features.</summary>
    public int Features { get; init; } = 256;
}

/// <summary>
/// DPT-Large of MiDaS v3 (Ranftl et al., "Vision transformers for dense prediction", ICCV 2021; <c>dpt_large_384.pt</c>): a ViT-L/16 under <c>pretrained.model.</c> with a
/// head that reads every token beside the class token. Pictures (N, H, W, 3) give maps (N, H, W) of inverse depth.
/// </summary>
public sealed class DptLarge : DptNetwork
{
    private const int Patch = 16;

    private readonly VisionTransformer _encoder;
    private readonly DptHead _head;

    /// <summary>Makes the parameters.</summary>
    /// <param name="initializer">Makes the values.</param>
    /// <param name="options">Sizes; null for those of the published network.</param>
    /// <exception cref="ArgumentException">The sizes do not fit each other.</exception>
    public DptLarge(Initializer initializer, DptLargeOptions? options = null)
        : base("MiDaS DPT-Large", DptMidas.Input((options ?? new()).Grid * Patch))
    {
        Options = options ?? new();
        DptMidas.Validate(Options.Width, Options.Depth, Options.Heads, Options.Grid, Options.Features, Options.Taps);
        _encoder = AddChild("pretrained.model", new VisionTransformer(initializer, new()
        {
            Patch = Patch,
            Width = Options.Width,
            Depth = Options.Depth,
            Heads = Options.Heads,
            Grid = Options.Grid,
            Positions = PositionInterpolation.Bilinear,
        }));
        DptLevel[] levels = [.. Options.Channels.Zip(
            ResizeFactors, (channels, factor) => new DptLevel { Inputs = Options.Width, Channels = channels, Resize = factor, ReadsClassToken = true })];
        _head = AddChild(string.Empty, new DptHead(initializer, levels, Options.Features, DptMidas.Names));
    }

    /// <summary>The kind of network: <c>official</c>, as published, and <c>tiny</c>, which runs in a moment.</summary>
    public static NetworkKind Kind { get; } = new(
        "dpt-large",
        "MiDaS DPT-Large",
        typeof(DptLarge),
        new(StringComparer.Ordinal)
        {
            ["official"] = initializer => new DptLarge(initializer),
            ["tiny"] = initializer => new DptLarge(initializer, new() { Width = 64, Depth = 4, Heads = 1, Grid = 4, Taps = [0, 1, 2, 3], Channels = [16, 24, 32, 32], Features = 16 }),
        },
        DptFiles.Large);

    /// <summary>Sizes.</summary>
    public DptLargeOptions Options { get; }

    /// <inheritdoc/>
    public override int Parts => VisionTransformer.PartsUpTo(Options.Taps[^1]) + DptHead.Parts;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Action<string, Tensor>? observe)
    {
        using Tensor map = Run(_encoder, Options.Taps, _head, x, observe);
        return map.Relu();
    }

    /// <inheritdoc/>
    public override Shape Trace(ModelTrace trace, Shape input) => Trace(trace, _encoder, Options.Taps, _head, input);
}
