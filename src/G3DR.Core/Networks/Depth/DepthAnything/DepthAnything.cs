using System.Globalization;
using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>
/// Depth Anything V2 (Yang et al., NeurIPS 2024, DepthAnything/Depth-Anything-V2): a DINOv2 encoder (Oquab et al., 2023) under <c>pretrained.</c> and a DPT head
/// (Ranftl et al., ICCV 2021) under <c>depth_head.</c>. Pictures (N, H, W, 3) give maps (N, H, W) of inverse depth, 0 where it is farthest, or of depth in metres where
/// <see cref="DepthAnythingOptions.LargestDepth"/> is set.
/// </summary>
public sealed class DepthAnything : Layer, IDepthNetwork
{
    private static readonly DptNames s_names = new()
    {
        Readout = level => Numbered("readout_projects", level),
        Projection = level => Numbered("projects", level),
        Resize = level => Numbered("resize_layers", level),
        Output = ("scratch.output_conv1", "scratch.output_conv2.0", "scratch.output_conv2.2"),
    };

    private readonly VisionTransformer _encoder;
    private readonly DptHead _head;

    /// <summary>Makes the parameters.</summary>
    /// <param name="initializer">Makes the values.</param>
    /// <param name="options">Sizes; null for <see cref="DepthAnythingOptions.Small"/>.</param>
    /// <exception cref="ArgumentException">The sizes do not fit each other.</exception>
    public DepthAnything(Initializer initializer, DepthAnythingOptions? options = null)
    {
        Options = options ?? DepthAnythingOptions.Small;
        Options.Validate();
        _encoder = AddChild("pretrained", new VisionTransformer(initializer, new()
        {
            Patch = Options.Patch,
            Width = Options.Width,
            Depth = Options.Depth,
            Heads = Options.Heads,
            Grid = Options.Grid,
            Positions = PositionInterpolation.BicubicByScale,
            LayerScale = true,
            NormalizesTaps = true,
        }));
        int[] factors = [4, 2, 1, -2];
        DptLevel[] levels = [.. Options.Channels.Zip(factors, (channels, factor) => new DptLevel { Inputs = Options.Width, Channels = channels, Resize = factor })];
        _head = AddChild("depth_head", new DptHead(initializer, levels, Options.Features, s_names));
        Input = new()
        {
            Size = Options.Grid * Options.Patch,
            Multiple = Options.Patch,
            Resize = DepthResize.LowerBound,
            Interpolation = DepthInterpolation.Cubic,
            Mean = ImageNet.Mean,
            Deviation = ImageNet.Deviation,
            OutputAlignsCorners = true,
        };
    }

    /// <summary>The kind of network: the published <c>small</c>, <c>base</c> and <c>large</c>, and <c>tiny</c>, which runs in a moment.</summary>
    public static NetworkKind Kind { get; } = new(
        "depth-anything",
        "Depth Anything V2",
        typeof(DepthAnything),
        new(DepthAnythingOptions.All.Select(size => KeyValuePair.Create<string, Func<Initializer, Module>>(
            size.Name.ToLowerInvariant(), initializer => new DepthAnything(initializer, size))), StringComparer.Ordinal),
        DepthAnythingFiles.Match);

    /// <summary>Sizes.</summary>
    public DepthAnythingOptions Options { get; }

    /// <inheritdoc/>
    public string Name => $"Depth Anything V2 {Options.Name}";

    /// <inheritdoc/>
    public DepthMeaning Meaning => Options.LargestDepth is null ? DepthMeaning.InverseDepth : DepthMeaning.Depth;

    /// <inheritdoc/>
    public DepthInput Input { get; }

    /// <inheritdoc/>
    public int Parts => VisionTransformer.PartsUpTo(Options.Taps[^1]) + DptHead.Parts;

    /// <summary>Computes maps.</summary>
    /// <param name="x">Pictures (N, H, W, 3), sides multiples of the patch, normalised as <see cref="Input"/> says.</param>
    /// <returns>Maps (N, H, W).</returns>
    /// <exception cref="ArgumentException">The shape does not fit.</exception>
    public override Tensor Forward(Tensor x) => Forward(x, observe: null);

    /// <summary>Computes maps and shows what lies on the way.</summary>
    /// <param name="x">Pictures.</param>
    /// <param name="observe">
    /// Told the tokens <c>patch_embed</c> and <c>blockK</c> (N, L, C), <c>pos_embed_interpolated</c> (1, L, C), and of the head (N, H, W, C) <c>layerK_rn</c>,
    /// <c>refinenetK</c>, <c>output_conv1</c> and <c>pre_relu</c>. The tensors are valid inside this call only.
    /// </param>
    /// <inheritdoc cref="Forward(Tensor)"/>
    public Tensor Forward(Tensor x, Action<string, Tensor>? observe)
    {
        using var scope = TensorScope.Begin(x.Accelerator);
        Tensor[] features = _encoder.Forward(x, Options.Taps, observe);
        Tensor map = _head.Forward(features, _encoder.Grid(x.Shape), (x.Shape[1], x.Shape[2]), observe);
        return scope.Keep(Options.LargestDepth is { } largest ? map.Sigmoid() * largest : map.Relu());
    }

    /// <inheritdoc/>
    public Tensor Estimate(Tensor pictures) => Forward(pictures);

    /// <inheritdoc/>
    public Tensor Estimate(Tensor pictures, Action<string, Tensor>? observe) => Forward(pictures, observe);

    /// <inheritdoc/>
    public override Shape Trace(ModelTrace trace, Shape input)
    {
        Shape tokens = trace.Run(_encoder, () => _encoder.Trace(trace, input, Options.Taps));
        return trace.Run(_head, () => _head.Trace(trace, [tokens, tokens, tokens, tokens], _encoder.Grid(input), (input[1], input[2])));
    }

    private static string Numbered(string list, int index) => string.Create(CultureInfo.InvariantCulture, $"{list}.{index}");
}
