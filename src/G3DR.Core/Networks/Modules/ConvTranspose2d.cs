using G3DR.Core.Tensors;
using G3DR.Kernels.Convolution;

namespace G3DR.Core.Networks;

/// <summary>Transposed convolution of pictures (N, H, W, C): the gradient of a convolution to its input, as a layer that enlarges.</summary>
public sealed class ConvTranspose2d : Layer
{
    private readonly Slot _weight;
    private readonly Slot? _bias;

    /// <summary>Makes the parameters: <c>weight</c> (inputs, outputs / groups, kernel, kernel) and <c>bias</c> (outputs).</summary>
    /// <param name="initializer">Makes the values.</param>
    /// <param name="inputs">Channels of the input.</param>
    /// <param name="outputs">Channels of the output.</param>
    /// <param name="kernel">Side of the kernel.</param>
    /// <param name="options">Stride, padding and so on; by default none of it.</param>
    /// <param name="bias">Whether a bias is added.</param>
    /// <exception cref="ArgumentException">The groups do not divide the channels.</exception>
    public ConvTranspose2d(Initializer initializer, int inputs, int outputs, int kernel, ConvTranspose2dOptions? options = null, bool bias = true)
    {
        Options = options ?? new();
        ConvolutionLayers.RequireChannels(inputs, outputs, kernel, Options.Groups);

        // PyTorch takes the second axis of any weight for its inputs; here these are the outputs.
        int fanIn = checked(outputs / Options.Groups * kernel * kernel);
        _weight = AddParameter("weight", initializer.FanIn([inputs, outputs / Options.Groups, kernel, kernel], fanIn));
        _bias = bias ? AddParameter("bias", initializer.FanIn([outputs], fanIn)) : null;
    }

    /// <summary>Stride, padding and so on.</summary>
    public ConvTranspose2dOptions Options { get; }

    /// <summary>Weights (inputs, outputs / groups, kernel, kernel).</summary>
    public Tensor Weight => _weight.Tensor;

    /// <summary>Biases (outputs), or <see langword="null"/>.</summary>
    public Tensor? Bias => _bias?.Tensor;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Functional.ConvTranspose2d(x, Weight, Bias, Options);

    /// <inheritdoc/>
    public override Shape Trace(ModelTrace trace, Shape input)
    {
        ConvolutionShape mirrored = Options.Sizes(input, Weight.Shape);
        trace.AddProducts(mirrored);
        return [mirrored.Batch, mirrored.InputHeight, mirrored.InputWidth, mirrored.InputChannels];
    }
}
