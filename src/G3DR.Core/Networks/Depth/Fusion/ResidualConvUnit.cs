using G3DR.Core.Tensors;
using G3DR.Kernels.Normalization;

namespace G3DR.Core.Networks;

/// <summary>
/// Two 3x3 convolutions, each after a ReLU, around a residual path: the unit of RefineNet (Lin et al., CVPR 2017) as MiDaS, DPT and Depth Anything have it
/// (isl-org/MiDaS, midas/blocks.py). Parts <c>conv1</c> and <c>conv2</c>.
/// </summary>
internal sealed class ResidualConvUnit : Layer
{
    private readonly Conv2d _first, _second;
    private readonly bool _carriesActivated;

    /// <summary>Makes the parameters.</summary>
    /// <param name="initializer">Makes the values.</param>
    /// <param name="channels">Channels of input and output.</param>
    /// <param name="carriesActivated">
    /// Whether ReLU(x) and not x is added at the end. MiDaS v2.1 was trained so: its first ReLU works in place and with it changes what the residual path carries.
    /// </param>
    public ResidualConvUnit(Initializer initializer, int channels, bool carriesActivated = false)
    {
        _carriesActivated = carriesActivated;
        _first = AddChild("conv1", Convolution(initializer, channels, Activation.Relu));
        _second = AddChild("conv2", Convolution(initializer, channels, Activation.None));
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        using Tensor active = x.Relu(), inside = _first.Forward(active);
        return _second.Forward(inside, _carriesActivated ? active : x);
    }

    /// <inheritdoc/>
    public override Shape Trace(ModelTrace trace, Shape input) => trace.Run(_second, trace.Run(_first, input));

    private static Conv2d Convolution(Initializer initializer, int channels, Activation activation) =>
        new(initializer, channels, channels, kernel: 3, new() { Padding = 1, Activation = activation });
}
