using System.Globalization;
using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>
/// Depth Anything V2 (Yang et al., NeurIPS 2024, DepthAnything/Depth-Anything-V2): a DINOv2 encoder (Oquab et al., 2023) under <c>pretrained.</c> and a DPT head
/// (Ranftl et al., ICCV 2021) under <c>depth_head.</c>. Pictures (N, H, W, 3) give maps (N, H, W) of inverse depth, 0 where it is farthest, or of depth in metres where
/// <see cref="DepthAnythingOptions.LargestDepth"/> is set.
/// </summary>
public sealed class DepthAnything : DptNetwork
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
        : base($"Depth Anything V2 {(options ?? DepthAnythingOptions.Small).Name}", InputOf(options ?? DepthAnythingOptions.Small))
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
        DptLevel[] levels = [.. Options.Channels.Zip(ResizeFactors, (channels, factor) => new DptLevel { Inputs = Options.Width, Channels = channels, Resize = factor })];
        _head = AddChild("depth_head", new DptHead(initializer, levels, Options.Features, s_names));
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
    public override DepthMeaning Meaning => Options.LargestDepth is null ? DepthMeaning.InverseDepth : DepthMeaning.Depth;

    /// <inheritdoc/>
    public override int Parts => VisionTransformer.PartsUpTo(Options.Taps[^1]) + DptHead.Parts;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x, Action<string, Tensor>? observe)
    {
        using Tensor map = Run(_encoder, Options.Taps, _head, x, observe);
        if (Options.LargestDepth is not { } largest)
        {
            return map.Relu();
        }

        using Tensor share = map.Sigmoid();
        return share * largest;
    }

    /// <inheritdoc/>
    public override Shape Trace(ModelTrace trace, Shape input) => Trace(trace, _encoder, Options.Taps, _head, input);

    private static DepthInput InputOf(DepthAnythingOptions options) => new()
    {
        Size = options.Grid * options.Patch,
        Multiple = options.Patch,
        Resize = DepthResize.LowerBound,
        Interpolation = DepthInterpolation.Cubic,
        Mean = ImageNet.Mean,
        Deviation = ImageNet.Deviation,
        OutputAlignsCorners = true,
    };

    private static string Numbered(string list, int index) => string.Create(CultureInfo.InvariantCulture, $"{list}.{index}");
}
