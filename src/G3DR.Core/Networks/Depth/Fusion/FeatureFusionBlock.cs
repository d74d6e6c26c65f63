using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>How a <see cref="FeatureFusionBlock"/> is made.</summary>
internal sealed record FeatureFusionOptions
{
    /// <summary>Channels of the inputs.</summary>
    public required int Channels { get; init; }

    /// <summary>Channels of the output, made by the 1x1 convolution <c>out_conv</c>; null for a block without one (MiDaS v2.1).</summary>
    public int? Outputs { get; init; }

    /// <summary>Whether residual paths carry ReLU(x) instead of x (MiDaS v2.1): see <see cref="ResidualConvUnit"/>.</summary>
    public bool CarriesActivated { get; init; }
}

/// <summary>
/// One step of the decoder of MiDaS, DPT and Depth Anything (isl-org/MiDaS, midas/blocks.py): adds the features of the encoder to what came from the coarser level, and
/// enlarges. Parts <c>resConfUnit1</c> (features of the encoder; unused in the coarsest block, whose file has it nevertheless), <c>resConfUnit2</c>, <c>out_conv</c>.
/// </summary>
internal sealed class FeatureFusionBlock : Module
{
    private readonly ResidualConvUnit _skipUnit, _unit;
    private readonly Conv2d? _outConvolution;

    /// <summary>Makes the parameters.</summary>
    /// <param name="initializer">Makes the values.</param>
    /// <param name="options">Channels and kind.</param>
    public FeatureFusionBlock(Initializer initializer, FeatureFusionOptions options)
    {
        _outConvolution = options.Outputs is { } outputs ? AddChild("out_conv", new Conv2d(initializer, options.Channels, outputs, kernel: 1)) : null;
        _skipUnit = AddChild("resConfUnit1", new ResidualConvUnit(initializer, options.Channels, options.CarriesActivated));
        _unit = AddChild("resConfUnit2", new ResidualConvUnit(initializer, options.Channels, options.CarriesActivated));
    }

    /// <summary>Computes the output.</summary>
    /// <param name="x">What came from the coarser level (N, H, W, C); in the coarsest block the features of the encoder.</param>
    /// <param name="skip">Features of the encoder, of the same shape, or none.</param>
    /// <param name="size">Rows and columns of the output; null for twice those of the input.</param>
    /// <returns>The output (N, rows, columns, outputs), bilinear with aligned corners.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public Tensor Forward(Tensor x, Tensor? skip = null, (int Height, int Width)? size = null)
    {
        (int height, int width) = size ?? (2 * x.Shape[1], 2 * x.Shape[2]);
        using Tensor fused = Fuse(x, skip);

        // A 1x1 convolution and an interpolation, whose weights add up to 1, may change places: before it, there are fewer pixels.
        using Tensor? projected = _outConvolution?.Forward(fused);
        return Functional.Resize2d(projected ?? fused, height, width, ResizeMode2d.Bilinear, alignCorners: true);
    }

    /// <summary>Tells the cost to a trace.</summary>
    /// <param name="trace">Takes the cost.</param>
    /// <param name="input">Shape of the input.</param>
    /// <param name="hasSkip">Whether there are features of the encoder besides.</param>
    /// <param name="size">Rows and columns of the output; null for twice those of the input.</param>
    /// <returns>Shape of the output.</returns>
    public Shape Trace(ModelTrace trace, Shape input, bool hasSkip, (int Height, int Width)? size = null)
    {
        (int height, int width) = size ?? (2 * input[1], 2 * input[2]);
        if (hasSkip)
        {
            trace.Run(_skipUnit, input);
        }

        Shape output = trace.Run(_unit, input);
        output = _outConvolution is null ? output : trace.Run(_outConvolution, output);
        return [output[0], height, width, output[3]];
    }

    private Tensor Fuse(Tensor x, Tensor? skip)
    {
        if (skip is null)
        {
            return _unit.Forward(x);
        }

        using Tensor more = _skipUnit.Forward(skip), sum = x + more;
        more.Dispose();
        return _unit.Forward(sum);
    }
}
