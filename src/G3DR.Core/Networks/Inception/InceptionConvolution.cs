using G3DR.Core.Tensors;
using G3DR.Kernels.Normalization;

namespace G3DR.Core.Networks;

/// <summary>Convolution without bias, batch normalisation and ReLU.</summary>
internal sealed class InceptionConvolution : Layer
{
    // As TensorFlow's network was trained; PyTorch's default is smaller.
    private const float Epsilon = 1e-3f;

    private readonly Conv2d _convolution;
    private readonly BatchNorm2d _norm;

    public InceptionConvolution(Initializer initializer, int inputs, int outputs, (int Height, int Width) kernel, Conv2dOptions options)
    {
        _convolution = AddChild("conv", new Conv2d(initializer, inputs, outputs, kernel, options, bias: false));
        _norm = AddChild("bn", new BatchNorm2d(initializer, outputs, Epsilon));
    }

    public override Tensor Forward(Tensor x)
    {
        using Tensor convolved = _convolution.Forward(x);
        return _norm.Forward(convolved, Activation.Relu);
    }

    public override Shape Trace(ModelTrace trace, Shape input) => trace.Run(_norm, trace.Run(_convolution, input));
}
