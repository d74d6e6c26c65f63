using G3DR.Core.Tensors;
using G3DR.Kernels.Normalization;

namespace G3DR.Core.Networks;

/// <summary>Blocks with channel attention and a convolution, around which the input is added.</summary>
internal sealed class ResidualGroup : Layer
{
    private readonly Layer[] _blocks;
    private readonly Conv2d _last;

    public ResidualGroup(Initializer initializer, RcanOptions options)
    {
        _blocks = [.. Enumerable.Range(0, options.Blocks).Select(n => AddChild(Rcan.Name("body", n), new ResidualChannelAttentionBlock(initializer, options)))];
        _last = AddChild(Rcan.Name("body", options.Blocks), Rcan.Convolution(initializer, options.Features, options.Features));
    }

    public override Tensor Forward(Tensor x) => Forward(x, observeFirst: null);

    /// <summary>The same, telling the output of the first block.</summary>
    public Tensor Forward(Tensor x, Action<Tensor>? observeFirst)
    {
        using var scope = TensorScope.Begin(x.Accelerator);
        Tensor y = _blocks[0].Forward(x);
        observeFirst?.Invoke(y);
        foreach (Layer layer in _blocks.AsSpan(1))
        {
            Tensor next = layer.Forward(y);
            y.Dispose();
            y = next;
        }

        return scope.Keep(_last.Forward(y, residual: x));
    }

    public override Shape Trace(ModelTrace trace, Shape input) => trace.Run(_last, Sequential.Trace(trace, input, _blocks));
}

/// <summary>Two convolutions, channels weighted, and the input added.</summary>
internal sealed class ResidualChannelAttentionBlock : Layer
{
    private readonly Layer[] _body;

    // Number 1 of the published names is the ReLU, which the first convolution does here.
    public ResidualChannelAttentionBlock(Initializer initializer, RcanOptions options) => _body =
    [
        AddChild("body.0", Rcan.Convolution(initializer, options.Features, options.Features, Activation.Relu)),
        AddChild("body.2", Rcan.Convolution(initializer, options.Features, options.Features)),
        AddChild("body.3", new ChannelAttention(initializer, options.Features, options.Features / options.Reduction)),
    ];

    public override Tensor Forward(Tensor x)
    {
        using Tensor y = Sequential.Run(x, _body);
        return x + y;
    }

    public override Shape Trace(ModelTrace trace, Shape input) => Sequential.Trace(trace, input, _body);
}

/// <summary>Weights channels by what they hold on average over the picture (squeeze and excitation, Hu et al., CVPR 2018).</summary>
internal sealed class ChannelAttention : Layer
{
    private readonly Sequential _weights;

    public ChannelAttention(Initializer initializer, int channels, int hidden) => _weights = AddChild("conv_du", new Sequential(
        new Conv2d(initializer, channels, hidden, kernel: 1),
        FunctionLayer.Relu(),
        new Conv2d(initializer, hidden, channels, kernel: 1),
        new FunctionLayer(x => x.Sigmoid())));

    public override Tensor Forward(Tensor x)
    {
        using Tensor mean = x.Mean([1, 2], keepDims: true), weights = _weights.Forward(mean);
        return x * weights;
    }

    public override Shape Trace(ModelTrace trace, Shape input)
    {
        trace.Run(_weights, [input[0], 1, 1, input[3]]);
        return input;
    }
}
