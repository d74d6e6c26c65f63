using G3DR.Core.Tensors;

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
    {
        Options = options ?? new();
        SpatialSizes.RequireChannels(inputs, outputs, kernel, Options.Groups);
        int fanIn = checked(inputs / Options.Groups * kernel * kernel);
        _weight = AddParameter("weight", initializer.FanIn([outputs, inputs / Options.Groups, kernel, kernel], fanIn));
        _bias = bias ? AddParameter("bias", initializer.FanIn([outputs], fanIn)) : null;
    }

    /// <summary>Stride, padding and so on.</summary>
    public Conv2dOptions Options { get; }

    /// <summary>Weights (outputs, inputs / groups, kernel, kernel).</summary>
    public Tensor Weight => _weight.Tensor;

    /// <summary>Biases (outputs), or <see langword="null"/>.</summary>
    public Tensor? Bias => _bias?.Tensor;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Functional.Conv2d(x, Weight, Bias, Options);

    /// <inheritdoc/>
    public override Shape Trace(ModelTrace trace, Shape input)
    {
        Shape weight = Weight.Shape;
        SpatialSizes.RequirePictures(input, weight[1] * Options.Groups);
        (int top, int bottom, int left, int right) = Options.Padding;
        Shape output =
        [
            input[0],
            SpatialSizes.Convolved(input[1], top + bottom, weight[2], Options.Stride.Y, Options.Dilation.Y),
            SpatialSizes.Convolved(input[2], left + right, weight[3], Options.Stride.X, Options.Dilation.X),
            weight[0],
        ];
        trace.AddProducts(checked(output.Length * (weight.Length / weight[0])));
        return output;
    }
}
