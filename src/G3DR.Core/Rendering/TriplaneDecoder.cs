using G3DR.Compute;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;

namespace G3DR.Core.Rendering;

/// <summary>
/// The network f_dec that turns features of a point into density and colour: linear, softplus, linear. Its weights are stored before the gain of the equalised
/// learning rate (Karras et al., Progressive GANs, ICLR 2018, section 4.1): y = x (W lr / sqrt(inputs))^T + b lr.
/// </summary>
public sealed class TriplaneDecoder : Module
{
    /// <summary>Hidden units of the released decoder.</summary>
    public const int OfficialHidden = 64;

    // Colours reach a little beyond [0, 1], so that the sigmoid need not saturate for black and white (EG3D).
    private const double ColorScale = 1.002, ColorShift = -0.001;

    private const int Outputs = 4;

    private readonly Slot _weight0, _bias0, _weight2, _bias2;

    /// <summary>Wraps parameters; from now on they belong to the decoder.</summary>
    /// <param name="weight0">First weights (hidden, C), or (hidden, C + 3) with directions.</param>
    /// <param name="bias0">First biases (hidden).</param>
    /// <param name="weight2">Second weights (4, hidden): density, then colour.</param>
    /// <param name="bias2">Second biases (4).</param>
    /// <param name="usesDirections">Whether the decoder reads the direction of the ray behind the features (paper).</param>
    /// <param name="learningRateMultiplier">The lr above.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public TriplaneDecoder(
        Tensor weight0, Tensor bias0, Tensor weight2, Tensor bias2, bool usesDirections = false, double learningRateMultiplier = 1)
    {
        ShapeGuard.Require(weight0, "decoder's net.0.weight", "(hidden, inputs)", -1, -1);
        int hidden = weight0.Shape[0], channels = weight0.Shape[1] - (usesDirections ? 3 : 0);
        if (channels < 1)
        {
            throw new ArgumentException($"A decoder with directions needs more than 3 inputs; got net.0.weight of shape {weight0.Shape}.", nameof(weight0));
        }

        if (!double.IsFinite(learningRateMultiplier) || learningRateMultiplier <= 0)
        {
            throw new ArgumentException($"The learning rate multiplier must be positive and finite; got {learningRateMultiplier}.", nameof(learningRateMultiplier));
        }

        ShapeGuard.Require(bias0, "decoder's net.0.bias", $"({hidden})", hidden);
        ShapeGuard.Require(weight2, "decoder's net.2.weight", $"({Outputs}, {hidden})", Outputs, hidden);
        ShapeGuard.Require(bias2, "decoder's net.2.bias", $"({Outputs})", Outputs);
        (_weight0, _bias0) = (AddParameter("net.0.weight", weight0), AddParameter("net.0.bias", bias0));
        (_weight2, _bias2) = (AddParameter("net.2.weight", weight2), AddParameter("net.2.bias", bias2));
        (Channels, Hidden, UsesDirections, LearningRateMultiplier) = (channels, hidden, usesDirections, learningRateMultiplier);
    }

    /// <summary>Feature channels C.</summary>
    public int Channels { get; }

    /// <summary>Hidden units.</summary>
    public int Hidden { get; }

    /// <summary>Whether the decoder reads the direction of the ray behind the features.</summary>
    public bool UsesDirections { get; }

    /// <summary>Factor of the equalised learning rate.</summary>
    public double LearningRateMultiplier { get; }

    /// <summary>First weights as stored.</summary>
    public Tensor Weight0 => _weight0.Tensor;

    /// <summary>First biases as stored.</summary>
    public Tensor Bias0 => _bias0.Tensor;

    /// <summary>Second weights as stored.</summary>
    public Tensor Weight2 => _weight2.Tensor;

    /// <summary>Second biases as stored.</summary>
    public Tensor Bias2 => _bias2.Tensor;

    /// <summary>Factor between stored and used first weights.</summary>
    public double FirstGain => LearningRateMultiplier / Math.Sqrt(Weight0.Shape[1]);

    /// <summary>Factor between stored and used second weights.</summary>
    public double SecondGain => LearningRateMultiplier / Math.Sqrt(Hidden);

    /// <summary>Factor between stored and used biases.</summary>
    public double BiasGain => LearningRateMultiplier;

    /// <summary>A decoder with the released code's initialisation: normal weights divided by the multiplier, biases zero.</summary>
    /// <param name="device">Device.</param>
    /// <param name="channels">Feature channels C.</param>
    /// <param name="hidden">Hidden units.</param>
    /// <param name="usesDirections">Whether the decoder reads the direction of the ray behind the features.</param>
    /// <param name="learningRateMultiplier">Factor of the equalised learning rate.</param>
    /// <param name="seed">Seed of the weights.</param>
    /// <param name="dtype">Element type.</param>
    public static TriplaneDecoder Create(
        Accelerator device,
        int channels,
        int hidden = OfficialHidden,
        bool usesDirections = false,
        double learningRateMultiplier = 1,
        ulong seed = 0,
        DType dtype = DType.Float32)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(hidden, 1);
        Tensor Weights(Shape shape, uint stream)
        {
            using Tensor normal = Tensor.Normal(device, shape, seed, stream, dtype);
            return normal / learningRateMultiplier;
        }

        return new(
            Weights([hidden, channels + (usesDirections ? 3 : 0)], stream: 0),
            Tensor.Zeros(device, [hidden], dtype),
            Weights([Outputs, hidden], stream: 1),
            Tensor.Zeros(device, [Outputs], dtype),
            usesDirections,
            learningRateMultiplier);
    }

    /// <summary>A decoder for training, or to be loaded, as part of a network: its tensors belong to no scope and take gradients.</summary>
    /// <param name="initializer">Makes the parameters.</param>
    /// <param name="channels">Feature channels C.</param>
    /// <param name="hidden">Hidden units.</param>
    public static TriplaneDecoder Create(Initializer initializer, int channels, int hidden = OfficialHidden)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(hidden, 1);
        return new(
            initializer.Normal([hidden, channels]), initializer.Constant([hidden], 0), initializer.Normal([Outputs, hidden]), initializer.Constant([Outputs], 0));
    }

    /// <summary>A decoder of the same values with tensors of its own, which belong to no scope and take no gradients.</summary>
    public TriplaneDecoder Clone()
    {
        using var scope = TensorScope.Begin(Weight0.Accelerator);
        Tensor[] copies = [.. ((Tensor[])[Weight0, Bias0, Weight2, Bias2]).Select(parameter => parameter.Detach().Clone())];
        return new(Unowned(copies[0]), Unowned(copies[1]), Unowned(copies[2]), Unowned(copies[3]), UsesDirections, LearningRateMultiplier);
    }

    /// <summary>Density and colour of points.</summary>
    /// <param name="features">Features (..., C).</param>
    /// <param name="directions">Unit directions (..., 3) of the rays; needed by decoders that use them, else refused.</param>
    /// <returns>Raw densities (...), without activation, and colours (..., 3) in [-0.001, 1.001].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or directions are missing or not wanted.</exception>
    public (Tensor Density, Tensor Color) Decode(Tensor features, Tensor? directions = null)
    {
        ShapeGuard.RequireElements(features, "features");
        if (features.Shape[^1] != Channels)
        {
            throw new ArgumentException($"The decoder reads features (..., {Channels}); got {features.Shape}.", nameof(features));
        }

        if (UsesDirections != (directions is not null))
        {
            throw new ArgumentException(
                UsesDirections ? "This decoder needs the directions of the rays." : "This decoder does not read directions.", nameof(directions));
        }

        using var scope = TensorScope.Begin(features.Accelerator);
        Shape points = ShapeGuard.ReplaceLast(features.Shape);
        Tensor x = features;
        if (directions is not null)
        {
            ShapeGuard.RequireShape(directions, "directions", "that of the features with 3 channels", ShapeGuard.ReplaceLast(features.Shape, 3));
            x = Tensor.Concat([features, directions], axis: -1);
        }

        Tensor hidden = (x.Reshape([-1, x.Shape[^1]]).MatMul(Weight0 * FirstGain, transposeRight: true) + (Bias0 * BiasGain)).Softplus();
        Tensor output = hidden.MatMul(Weight2 * SecondGain, transposeRight: true) + (Bias2 * BiasGain);
        Tensor density = output.Slice(-1, 0, 1).Reshape(points.AsSpan());
        Tensor color = output.Slice(-1, 1, 3).Sigmoid().Affine(ColorScale, ColorShift).Reshape(ShapeGuard.ReplaceLast(features.Shape, 3).AsSpan());
        return (scope.Keep(density), scope.Keep(color));
    }
}
