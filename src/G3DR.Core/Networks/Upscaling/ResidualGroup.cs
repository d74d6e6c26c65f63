using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>Blocks with channel attention and a convolution, around which the input is added.</summary>
internal sealed class ResidualGroup : Layer
{
    private readonly Layer[] _body;

    public ResidualGroup(Initializer initializer, RcanOptions options)
    {
        IEnumerable<Layer> blocks = Enumerable.Range(0, options.Blocks).Select(_ => new ResidualChannelAttentionBlock(initializer, options));
        _body = [.. blocks, Rcan.Convolution(initializer, options.Features, options.Features)];
        for (int n = 0; n < _body.Length; n++)
        {
            AddChild(Rcan.Name("body", n), _body[n]);
        }
    }

    public override Tensor Forward(Tensor x) => Forward(x, observeFirst: null);

    /// <summary>The same, telling the output of the first block.</summary>
    public Tensor Forward(Tensor x, Action<Tensor>? observeFirst)
    {
        using var scope = TensorScope.Begin(x.Accelerator);
        Tensor y = _body[0].Forward(x);
        observeFirst?.Invoke(y);
        foreach (Layer layer in _body.AsSpan(1))
        {
            Tensor next = layer.Forward(y);
            y.Dispose();
            y = next;
        }

        return scope.Keep(x + y);
    }

    public override Shape Trace(ModelTrace trace, Shape input) => _body.Aggregate(input, (shape, layer) => trace.Run(layer, shape));
}

/// <summary>Two convolutions, channels weighted, and the input added.</summary>
internal sealed class ResidualChannelAttentionBlock : Layer
{
    private readonly Sequential _body;

    public ResidualChannelAttentionBlock(Initializer initializer, RcanOptions options) => _body = AddChild("body", new Sequential(
        Rcan.Convolution(initializer, options.Features, options.Features),
        new FunctionLayer(x => x.Relu()),
        Rcan.Convolution(initializer, options.Features, options.Features),
        new ChannelAttention(initializer, options.Features, options.Features / options.Reduction)));

    public override Tensor Forward(Tensor x)
    {
        using Tensor y = _body.Forward(x);
        return x + y;
    }

    public override Shape Trace(ModelTrace trace, Shape input) => trace.Run(_body, input);
}

/// <summary>Weights channels by what they hold on average over the picture (squeeze and excitation, Hu et al., CVPR 2018).</summary>
internal sealed class ChannelAttention : Layer
{
    private readonly Sequential _weights;

    public ChannelAttention(Initializer initializer, int channels, int hidden) => _weights = AddChild("conv_du", new Sequential(
        new Conv2d(initializer, channels, hidden, kernel: 1),
        new FunctionLayer(x => x.Relu()),
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
