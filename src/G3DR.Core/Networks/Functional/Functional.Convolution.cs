using G3DR.Core.Tensors;
using G3DR.Kernels.Convolution;

namespace G3DR.Core.Networks;

/// <summary>The operations of neural networks on tensors. Pictures are (N, H, W, C), sequences (N, L, C); weights have the layout of published checkpoints.</summary>
public static partial class Functional
{
    /// <summary>Two-dimensional convolution (cross-correlation, as the field calls it), with what follows it: activation(convolution + bias) + residual.</summary>
    /// <param name="x">Pictures (N, H, W, C).</param>
    /// <param name="weight">Weights (output channels, C / groups, kernel height, kernel width).</param>
    /// <param name="bias">One number for each output channel, or none.</param>
    /// <param name="options">Stride, padding, activation and the like; null for none of them.</param>
    /// <param name="residual">Added at the end, of the shape of the result; or none.</param>
    /// <returns>Pictures (N, output height, output width, output channels).</returns>
    /// <exception cref="ArgumentException">Shapes do not fit each other or the options; devices or element types differ.</exception>
    public static Tensor Conv2d(Tensor x, Tensor weight, Tensor? bias = null, Conv2dOptions? options = null, Tensor? residual = null)
    {
        options ??= new();
        ConvolutionShape shape = options.Sizes(x.Shape, weight.Shape);
        var inputs = new OptionalInputs(x, weight, bias, residual);
        var op = new ConvolutionTensorOp(inputs, shape, options.WeightStandardization, options.Activation);
        if (bias is not null)
        {
            ConvolutionChecks.RequireBias(op.Name, bias.Shape, shape.OutputChannels);
        }

        RequireShape(op.Name, nameof(residual), residual, ConvolutionTensorOp.ResultShape(shape));
        return op.Apply(inputs.Present);
    }

    /// <summary>
    /// Transposed two-dimensional convolution: the linear map whose matrix is the transpose of <see cref="Conv2d"/>'s with the same weights and options.
    /// </summary>
    /// <param name="x">Pictures (N, H, W, C).</param>
    /// <param name="weight">Weights (C, output channels / groups, kernel height, kernel width).</param>
    /// <param name="bias">One number for each output channel, or none.</param>
    /// <param name="options">Stride, padding and the like; null for none of them.</param>
    /// <returns>Pictures (N, output height, output width, output channels).</returns>
    /// <exception cref="ArgumentException">Shapes do not fit each other or the options; devices or element types differ.</exception>
    public static Tensor ConvTranspose2d(Tensor x, Tensor weight, Tensor? bias = null, ConvTranspose2dOptions? options = null)
    {
        ConvolutionShape mirrored = (options ?? new()).Sizes(x.Shape, weight.Shape);
        var op = new TransposedConvolutionTensorOp(mirrored);
        if (bias is null)
        {
            return op.Apply(x, weight);
        }

        ConvolutionChecks.RequireBias(op.Name, bias.Shape, mirrored.InputChannels);
        return op.Apply(x, weight, bias);
    }
}
