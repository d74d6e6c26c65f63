using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>
/// LeReS (Yin et al., "Learning to Recover 3D Scene Shape from a Single Image", CVPR 2021; aim-uofa/AdelaiDepth): a residual network and a decoder that fuses its
/// features. Gives depth up to scale and shift. Its names are those of the released module, <c>depth_model.</c> in front.
/// </summary>
public sealed class LeRes : Layer, IDepthNetwork
{
    // What the released inference adds to depths that start at 0.
    private const double Nearest = 0.01;
    private readonly ResNetEncoder _encoder;
    private readonly LeResDecoder _decoder;

    /// <summary>Makes the network.</summary>
    /// <param name="initializer">Makes the parameters.</param>
    /// <param name="encoder">
    /// Sizes of the encoder: <see cref="ResNetOptions.ResNext101"/> (res101.pth, the default) or <see cref="ResNetOptions.ResNet50"/> (res50.pth).
    /// </param>
    /// <param name="channels">Channels of the decoder.</param>
    /// <exception cref="ArgumentException">A size is not possible.</exception>
    public LeRes(Initializer initializer, ResNetOptions? encoder = null, int channels = 256)
    {
        encoder ??= ResNetOptions.ResNext101;
        Name = encoder == ResNetOptions.ResNet50 ? "LeReS, ResNet-50" : encoder == ResNetOptions.ResNext101 ? "LeReS, ResNeXt-101" : "LeReS";
        _encoder = AddChild("depth_model.encoder_modules.encoder", new ResNetEncoder(initializer, encoder));
        _decoder = AddChild("depth_model.decoder_modules", new LeResDecoder(initializer, encoder.Outputs(), channels));
    }

    /// <summary>What files of this network are known by.</summary>
    public static NetworkKind Kind { get; } = DepthKinds.LeRes();

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public DepthMeaning Meaning => DepthMeaning.Depth;

    /// <inheritdoc/>
    public DepthInput Input => DepthInputs.LeRes;

    /// <inheritdoc/>
    public int Parts => _encoder.Parts + LeResDecoder.Parts;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Forward(x, observe: null);

    /// <summary>Computes depth as the network gives it, which may be negative.</summary>
    /// <param name="x">Pictures (N, H, W, 3), normalised as <see cref="Input"/> says; sides are multiples of 32.</param>
    /// <param name="observe">
    /// Told the features of the encoder, <c>encoder_modules.encoder.layer1</c> to <c>layer4</c>, and of the decoder, <c>decoder_modules.conv</c> and
    /// <c>decoder_modules.ffm2</c> to <c>ffm0</c>. The tensors are valid inside this call only.
    /// </param>
    /// <returns>Maps (N, H, W, 1).</returns>
    /// <exception cref="ArgumentException">The shape does not fit.</exception>
    public Tensor Forward(Tensor x, Action<string, Tensor>? observe)
    {
        FeatureEncoder.RequirePictures(x.Shape, "LeReS");
        using var scope = TensorScope.Begin(x.Accelerator);
        Tensor[] features = _encoder.Forward(x, observe is null ? null : (name, output) => observe($"encoder_modules.encoder.{name}", output));
        return scope.Keep(_decoder.Forward(features, observe is null ? null : (name, output) => observe($"decoder_modules.{name}", output)));
    }

    /// <inheritdoc/>
    public Tensor Estimate(Tensor pictures) => Estimate(pictures, observe: null);

    /// <summary>Estimates depth as the released inference does: shifted for the nearest pixel of each picture to have 0.01.</summary>
    /// <inheritdoc/>
    public Tensor Estimate(Tensor pictures, Action<string, Tensor>? observe)
    {
        using var scope = TensorScope.Begin(pictures.Accelerator);
        Tensor output = Forward(pictures, observe);
        Tensor map = output.Reshape(output.Shape[0], output.Shape[1], output.Shape[2]);
        return scope.Keep(map - map.Min([1, 2], keepDims: true) + Nearest);
    }

    /// <inheritdoc/>
    public override Shape Trace(ModelTrace trace, Shape input)
    {
        FeatureEncoder.RequirePictures(input, "LeReS");
        Shape[] features = _encoder.Trace(trace, input);
        return trace.Run(_decoder, () => _decoder.Trace(trace, features));
    }
}
