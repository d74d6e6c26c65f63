using G3DR.Core.Tensors;
using G3DR.Kernels.Normalization;

namespace G3DR.Core.Networks;

/// <summary>The block of SqueezeNet: a 1x1 convolution to few channels, then 1x1 and 3x3 convolutions side by side.</summary>
internal sealed class FireModule : Layer
{
    private readonly Conv2d _squeeze, _expand1, _expand3;

    public FireModule(Initializer initializer, int inputs, int squeezed, int expanded)
    {
        var active = new Conv2dOptions { Activation = Activation.Relu };
        _squeeze = AddChild("squeeze", new Conv2d(initializer, inputs, squeezed, kernel: 1, active));
        _expand1 = AddChild("expand1x1", new Conv2d(initializer, squeezed, expanded, kernel: 1, active));
        _expand3 = AddChild("expand3x3", new Conv2d(initializer, squeezed, expanded, kernel: 3, active with { Padding = 1 }));
    }

    public override Tensor Forward(Tensor x)
    {
        using var scope = TensorScope.Begin(x.Accelerator);
        Tensor squeezed = _squeeze.Forward(x);
        return scope.Keep(Tensor.Concat([_expand1.Forward(squeezed), _expand3.Forward(squeezed)], axis: 3));
    }

    public override Shape Trace(ModelTrace trace, Shape input)
    {
        Shape squeezed = trace.Run(_squeeze, input), first = trace.Run(_expand1, squeezed), second = trace.Run(_expand3, squeezed);
        return [first[0], first[1], first[2], first[3] + second[3]];
    }
}
