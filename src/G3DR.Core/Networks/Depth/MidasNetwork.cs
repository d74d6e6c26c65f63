using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>
/// The convolutional networks of MiDaS v2.1 (Ranftl et al., "Towards Robust Monocular Depth Estimation: Mixing Datasets for Zero-shot Cross-dataset Transfer",
/// TPAMI 2022; isl-org/MiDaS): an encoder and a decoder of fusion blocks. They give inverse depth.
/// </summary>
public abstract class MidasNetwork : Layer, IDepthNetwork
{
    private readonly FeatureEncoder _encoder;
    private readonly MidasDecoder _decoder;

    private protected MidasNetwork(string name, int size, FeatureEncoder encoder, MidasDecoder decoder)
    {
        (Name, Input) = (name, DepthInputs.Midas(size));
        _encoder = AddChild("pretrained", encoder);
        _decoder = AddChild("scratch", decoder);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public DepthMeaning Meaning => DepthMeaning.InverseDepth;

    /// <inheritdoc/>
    public DepthInput Input { get; }

    /// <inheritdoc/>
    public int Parts => _encoder.Parts + MidasDecoder.Parts;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Forward(x, observe: null);

    /// <summary>Computes inverse depth and shows what lies on the way.</summary>
    /// <param name="x">Pictures (N, H, W, 3), normalised as <see cref="Input"/> says; sides are multiples of 32.</param>
    /// <param name="observe">
    /// Told the features of the encoder, <c>layer1</c> to <c>layer4</c>, the steps of the decoder, <c>refinenet4</c> to <c>refinenet1</c>, and <c>pre_relu</c>. The tensors
    /// are valid inside this call only.
    /// </param>
    /// <returns>Maps (N, H, W), at least 0.</returns>
    /// <exception cref="ArgumentException">The shape does not fit.</exception>
    public Tensor Forward(Tensor x, Action<string, Tensor>? observe)
    {
        FeatureEncoder.RequirePictures(x.Shape, Name);
        using var scope = TensorScope.Begin(x.Accelerator);
        return scope.Keep(_decoder.Forward(_encoder.Forward(x, observe), observe));
    }

    /// <inheritdoc/>
    public Tensor Estimate(Tensor pictures) => Forward(pictures);

    /// <inheritdoc/>
    public Tensor Estimate(Tensor pictures, Action<string, Tensor>? observe) => Forward(pictures, observe);

    /// <inheritdoc/>
    public override Shape Trace(ModelTrace trace, Shape input)
    {
        FeatureEncoder.RequirePictures(input, Name);
        Shape[] features = _encoder.Trace(trace, input);
        return trace.Run(_decoder, () => _decoder.Trace(trace, features));
    }
}
