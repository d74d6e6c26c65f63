using G3DR.Core.Tensors;
using G3DR.Kernels.Convolution;

namespace G3DR.Core.Networks;

/// <summary>Convolution of pictures (N, H, W, C).</summary>
public sealed class Conv2d : Layer
{
    private readonly Slot _weight;
    private readonly Slot? _bias;

    /// <summary>Makes the parameters: <c>weight</c> (outputs, inputs / groups, kernel, kernel) and <c>bias</c> (outputs).</summary>
    /// <param name="initializer">Makes the values.</param>
    /// <param name="inputs">Channels of the input.</param>
    /// <param name="outputs">Channels of the output.</param>
    /// <param name="kernel">Side of the kernel.</param>
    /// <param name="options">Stride, padding and so on; by default none of it.</param>
    /// <param name="bias">Whether a bias is added.</param>
    /// <exception cref="ArgumentException">The groups do not divide the channels.</exception>
    public Conv2d(Initializer initializer, int inputs, int outputs, int kernel, Conv2dOptions? options = null, bool bias = true)
        : this(initializer, inputs, outputs, (kernel, kernel), options, bias)
    {
    }

    /// <summary>Makes the parameters: <c>weight</c> (outputs, inputs / groups, kernel height, kernel width) and <c>bias</c> (outputs).</summary>
    /// <param name="initializer">Makes the values.</param>
    /// <param name="inputs">Channels of the input.</param>
    /// <param name="outputs">Channels of the output.</param>
    /// <param name="kernel">Rows and columns of the kernel.</param>
    /// <param name="options">Stride, padding and so on; by default none of it.</param>
    /// <param name="bias">Whether a bias is added.</param>
    /// <exception cref="ArgumentException">The groups do not divide the channels.</exception>
    public Conv2d(Initializer initializer, int inputs, int outputs, (int Height, int Width) kernel, Conv2dOptions? options = null, bool bias = true)
    {
        Options = options ?? new();
        ConvolutionLayers.RequireChannels(inputs, outputs, Math.Min(kernel.Height, kernel.Width), Options.Groups);
        int fanIn = checked(inputs / Options.Groups * kernel.Height * kernel.Width);
        _weight = AddParameter("weight", initializer.FanIn([outputs, inputs / Options.Groups, kernel.Height, kernel.Width], fanIn));
        _bias = bias ? AddParameter("bias", initializer.FanIn([outputs], fanIn)) : null;
    }

    /// <summary>Stride, padding and so on.</summary>
    public Conv2dOptions Options { get; }

    /// <summary>Weights (outputs, inputs / groups, kernel, kernel).</summary>
    public Tensor Weight => _weight.Tensor;

    /// <summary>Biases (outputs), or <see langword="null"/>.</summary>
    public Tensor? Bias => _bias?.Tensor;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Forward(x, residual: null);

    /// <summary>Convolves, activates as <see cref="Options"/> say and adds, in one pass.</summary>
    /// <param name="x">Pictures (N, H, W, inputs).</param>
    /// <param name="residual">Added to the result, of its shape; or none.</param>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public Tensor Forward(Tensor x, Tensor? residual) => Functional.Conv2d(x, Weight, Bias, Options, residual);

    /// <inheritdoc/>
    public override Shape Trace(ModelTrace trace, Shape input)
    {
        ConvolutionShape sizes = Options.Sizes(input, Weight.Shape);
        trace.AddProducts(sizes);
        return [sizes.Batch, sizes.OutputHeight, sizes.OutputWidth, sizes.OutputChannels];
    }
}
