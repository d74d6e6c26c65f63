using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>Sizes of a <see cref="DptHybrid"/> network; the defaults are those of the published one.</summary>
public sealed record DptHybridOptions
{
    /// <summary>Channels of the first convolution, a multiple of the 32 groups of normalisation; the stages have 4, 8 and 16 times as many.</summary>
    public int StemChannels { get; init; } = 64;

    /// <summary>Blocks of the three stages of convolutions.</summary>
    public IReadOnlyList<int> Stages { get; init; } = [3, 4, 9];

    /// <summary>Channels of a token.</summary>
    public int Width { get; init; } = 768;

    /// <summary>Blocks of the transformer.</summary>
    public int Depth { get; init; } = 12;

    /// <summary>Heads of attention.</summary>
    public int Heads { get; init; } = 12;

    /// <summary>Rows and columns of the table of positions.</summary>
    public int Grid { get; init; } = 24;

    /// <summary>The two blocks of the transformer, from 0 and rising, whose tokens the head reads.</summary>
    public IReadOnlyList<int> Taps { get; init; } = [8, 11];

    /// <summary>Channels of the fused features.</summary>
    public int Features { get; init; } = 256;
}

/// <summary>
/// DPT-Hybrid of MiDaS v3 (Ranftl et al., "Vision transformers for dense prediction", ICCV 2021; <c>dpt_hybrid_384.pt</c>): a residual network whose output a ViT-B reads
/// as patches of 16 x 16 pixels; the head reads two stages of the former and two blocks of the latter. Pictures (N, H, W, 3) give maps (N, H, W) of inverse depth.
/// </summary>
public sealed class DptHybrid : DptNetwork
{
    // Pixels of the picture to a token.
    private const int Patch = 16;

    private readonly ResnetV2 _convolutions;
    private readonly VisionTransformer _encoder;
    private readonly DptHead _head;

    /// <summary>Makes the parameters.</summary>
    /// <param name="initializer">Makes the values.</param>
    /// <param name="options">Sizes; null for those of the published network.</param>
    /// <exception cref="ArgumentException">The sizes do not fit each other.</exception>
    public DptHybrid(Initializer initializer, DptHybridOptions? options = null)
        : base("MiDaS DPT-Hybrid", DptMidas.Input((options ?? new()).Grid * Patch))
    {
        Options = options ?? new();
        DptMidas.Validate(Options.Width, Options.Depth, Options.Heads, Options.Grid, Options.Features, Options.Taps);
        _convolutions = AddChild("pretrained.model.patch_embed.backbone", new ResnetV2(initializer, Options.StemChannels, Options.Stages));
        _encoder = AddChild("pretrained.model", new VisionTransformer(initializer, new()
        {
            Inputs = _convolutions.Channels[2],
            Patch = 1,
            Width = Options.Width,
            Depth = Options.Depth,
            Heads = Options.Heads,
            Grid = Options.Grid,
            Positions = PositionInterpolation.Bilinear,
        }));
        DptLevel Convolved(int stage) => new() { Inputs = _convolutions.Channels[stage], Channels = _convolutions.Channels[stage], Projects = false };
        DptLevel Tokens(int resize) => new() { Inputs = Options.Width, Channels = Options.Width, Resize = resize, ReadsClassToken = true };
        _head = AddChild(string.Empty, new DptHead(initializer, [Convolved(0), Convolved(1), Tokens(1), Tokens(-2)], Options.Features, DptMidas.Names));
    }

    /// <summary>The kind of network: <c>official</c>, as published, and <c>tiny</c>, which runs in a moment.</summary>
    public static NetworkKind Kind { get; } = new(
        "dpt-hybrid",
        "MiDaS DPT-Hybrid",
        typeof(DptHybrid),
        new(StringComparer.Ordinal)
        {
            ["official"] = initializer => new DptHybrid(initializer),
            ["tiny"] = initializer => new DptHybrid(initializer, new() { StemChannels = 32, Stages = [1, 1, 1], Width = 64, Depth = 4, Heads = 1, Grid = 4, Taps = [2, 3], Features = 16 }),
        },
        DptFiles.Hybrid);

    /// <summary>Sizes.</summary>
    public DptHybridOptions Options { get; }

    /// <inheritdoc/>
    public override int Parts => _convolutions.Channels.Count + VisionTransformer.PartsUpTo(Options.Taps[^1]) + DptHead.Parts;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Action<string, Tensor>? observe)
    {
        RequireInput(x.Shape);
        using var scope = TensorScope.Begin(x.Accelerator);
        Tensor[] stages = _convolutions.Forward(x, observe);
        (int Rows, int Columns) grid = _encoder.Grid(stages[2].Shape);
        Tensor[] tokens = _encoder.Forward(stages[2], Options.Taps, observe);
        stages[2].Dispose();
        Tensor map = _head.Forward([stages[0], stages[1], .. tokens], grid, (x.Shape[1], x.Shape[2]), observe);
        return scope.Keep(map.Relu());
    }

    /// <inheritdoc/>
    public override Shape Trace(ModelTrace trace, Shape input)
    {
        RequireInput(input);
        IReadOnlyList<Shape> stages = [];
        trace.Run(_convolutions, () => (stages = _convolutions.Trace(trace, input))[2]);
        Shape tokens = trace.Run(_encoder, () => _encoder.Trace(trace, stages[2], Options.Taps));
        return trace.Run(_head, () => _head.Trace(trace, [stages[0], stages[1], tokens, tokens], _encoder.Grid(stages[2]), (input[1], input[2])));
    }

    private static void RequireInput(Shape input)
    {
        if (input.Rank != 4 || input[0] < 1 || input[1] < 1 || input[2] < 1 || input[3] != 3 || input[1] % Patch != 0 || input[2] % Patch != 0)
        {
            throw new ArgumentException($"The network needs pictures (N, H, W, 3) whose sides are multiples of {Patch}; got {input}.", nameof(input));
        }
    }
}
