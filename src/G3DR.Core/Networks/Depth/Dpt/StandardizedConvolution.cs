using G3DR.Core.Tensors;
using G3DR.Kernels.Convolution;
using G3DR.Kernels.Normalization;

namespace G3DR.Core.Networks;

/// <summary>
/// A weight-standardised convolution (Qiao et al., 2019) with group normalisation behind it, as in Big Transfer (Kolesnikov et al., ECCV 2020). Padding is TensorFlow's
/// <c>SAME</c>: outputs are inputs / stride, rounded up, and what is odd of the padding goes to the right and below.
/// </summary>
internal sealed class StandardizedConvolution : Module
{
    // timm's value for the encoder of DPT-Hybrid.
    private const float StandardizationEpsilon = 1e-8f;

    private const int Groups = 32;

    private readonly Conv2d _convolution;
    private readonly GroupNorm _norm;
    private readonly int _kernel, _stride;

    /// <summary>Makes the two layers under the names of the file.</summary>
    public StandardizedConvolution(Initializer initializer, int inputs, int outputs, int kernel, int stride, (string Convolution, string Norm) names)
    {
        (_kernel, _stride) = (kernel, stride);
        var options = new Conv2dOptions { Stride = (stride, stride), WeightStandardization = StandardizationEpsilon };
        _convolution = AddChild(names.Convolution, new Conv2d(initializer, inputs, outputs, kernel, options, bias: false));
        _norm = AddChild(names.Norm, new GroupNorm(initializer, Groups, outputs));
    }

    /// <summary>Padding of a picture for windows of a size and stride.</summary>
    public static Padding2d SamePadding(Shape input, int kernel, int stride)
    {
        int Missing(int length) => Math.Max(0, (((length + stride - 1) / stride) - 1) * stride + kernel - length);
        int rows = Missing(input[1]), columns = Missing(input[2]);
        return new(rows / 2, rows - (rows / 2), columns / 2, columns - (columns / 2));
    }

    public Tensor Forward(Tensor x, Activation activation)
    {
        using Tensor convolved = Functional.Conv2d(x, _convolution.Weight, null, Options(x.Shape));
        return _norm.Forward(convolved, scaleShift: null, activation);
    }

    public Shape Trace(ModelTrace trace, Shape input) => trace.Run(_convolution, () =>
    {
        ConvolutionShape sizes = Options(input).Sizes(input, _convolution.Weight.Shape);
        trace.AddProducts(sizes);
        return [sizes.Batch, sizes.OutputHeight, sizes.OutputWidth, sizes.OutputChannels];
    });

    private Conv2dOptions Options(Shape input) => _convolution.Options with { Padding = SamePadding(input, _kernel, _stride) };
}
