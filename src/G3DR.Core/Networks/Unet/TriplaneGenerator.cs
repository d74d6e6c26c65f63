using G3DR.Core.Reconstruction;
using G3DR.Core.Rendering;
using G3DR.Core.Tensors;
using G3DR.Core.Weights;

namespace G3DR.Core.Networks;

/// <summary>
/// What G3DR trains and publishes: the U-Net that makes planes of a picture, and under <c>decoder.</c> the network that reads them. 147,406,212 parameters in 279 tensors
/// in the published size.
/// </summary>
public sealed class TriplaneGenerator : Layer
{
    /// <summary>Makes both networks.</summary>
    /// <param name="initializer">Makes the parameters.</param>
    /// <param name="options">Sizes of the U-Net; null for those of the published network.</param>
    /// <param name="hidden">Hidden units of the decoder.</param>
    /// <exception cref="ArgumentException">The sizes do not fit each other.</exception>
    public TriplaneGenerator(Initializer initializer, UnetOptions? options = null, int hidden = TriplaneDecoder.OfficialHidden)
    {
        Unet = AddChild(string.Empty, new Unet(initializer, options));
        Decoder = AddChild("decoder", TriplaneDecoder.Create(initializer, Unet.Options.OutputChannels / 3, hidden));
    }

    /// <summary>
    /// The kind of network: <c>official</c>, with the 147,406,212 parameters of the published checkpoint, and <c>tiny</c>, which runs in a moment.
    /// </summary>
    public static NetworkKind Kind { get; } = new(
        "unet",
        "U-Net and decoder of G3DR",
        typeof(TriplaneGenerator),
        new(StringComparer.Ordinal)
        {
            ["official"] = initializer => new TriplaneGenerator(initializer),
            ["tiny"] = initializer => new TriplaneGenerator(
                initializer, new() { Channels = 16, Multipliers = [1, 2], PositionChannels = 8, ImageSize = 32, OutputChannels = 24 }),
        },
        file => file.Has("init_conv.weight") && file.Has("pos_embed") && file.Has("decoder.net.0.weight")
            ? new("U-Net and decoder of G3DR", initializer => GeneratorSizes.Create(initializer, file, new()), new())
            : null)
    {
        HashRules = HashInitRules.OfficialUnet,
    };

    /// <summary>Picture to planes.</summary>
    public Unet Unet { get; }

    /// <summary>Features to density and colour.</summary>
    public TriplaneDecoder Decoder { get; }

    /// <summary>The input of a picture with depth.</summary>
    /// <param name="color">Colours (N, H, W, 3) in [0, 1].</param>
    /// <param name="depth">Depths (N, H, W, 1) as the renderer measures them: along the unit ray, around 5.</param>
    /// <returns>Input (N, H, W, 4).</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor Input(Tensor color, Tensor depth)
    {
        ShapeGuard.Require(color, "colours", "(N, H, W, 3)", -1, -1, -1, 3);
        ShapeGuard.Require(depth, "depths", $"{ShapeGuard.ReplaceLast(color.Shape, 1)}", color.Shape[0], color.Shape[1], color.Shape[2], 1);
        using var scope = TensorScope.Begin(color.Accelerator);
        return scope.Keep(Tensor.Concat([color.Affine(2, -1), depth], axis: -1));
    }

    /// <summary>Computes the planes.</summary>
    /// <inheritdoc cref="Unet.Forward(Tensor)"/>
    public override Tensor Forward(Tensor x) => Unet.Forward(x);

    /// <inheritdoc/>
    public override Shape Trace(ModelTrace trace, Shape input) => trace.Run(Unet, input);
}
