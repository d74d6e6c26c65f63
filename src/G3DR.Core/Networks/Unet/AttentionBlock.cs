using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>x + attention(norm(x)) over the pixels of each picture: linear in their number (Shen et al., 2021), or full softmax attention.</summary>
internal sealed class AttentionBlock : Layer
{
    private readonly Conv2d _project;
    private readonly Layer _output;
    private readonly ChannelNorm _norm;
    private readonly int _heads, _headChannels;
    private readonly bool _linear;

    public AttentionBlock(Initializer initializer, int channels, int heads, int headChannels, bool linear)
    {
        (_heads, _headChannels, _linear) = (heads, headChannels, linear);
        int inside = checked(heads * headChannels);
        _project = AddChild("fn.fn.to_qkv", new Conv2d(initializer, channels, 3 * inside, kernel: 1, bias: false));
        var output = new Conv2d(initializer, inside, channels, kernel: 1);
        _output = AddChild("fn.fn.to_out", linear ? new Sequential(output, new ChannelNorm(initializer, channels)) : (Layer)output);
        _norm = AddChild("fn.norm", new ChannelNorm(initializer, channels));
    }

    public override Tensor Forward(Tensor x)
    {
        using var scope = TensorScope.Begin(x.Accelerator);
        int batch = x.Shape[0], height = x.Shape[1], width = x.Shape[2];
        Tensor mixed = Mix(x).Reshape(batch, height, width, _heads * _headChannels);
        return scope.Keep(_output.Forward(mixed) + x);
    }

    public override Shape Trace(ModelTrace trace, Shape input)
    {
        Shape projected = trace.Run(_project, trace.Run(_norm, input));
        long pixels = (long)input[1] * input[2], perHead = _headChannels * (_linear ? _headChannels : pixels);

        // Two products: with keys, and with values.
        trace.AddProducts(checked(2 * input[0] * pixels * _heads * perHead));
        return trace.Run(_output, [projected[0], projected[1], projected[2], _heads * _headChannels]);
    }

    private Tensor Mix(Tensor x)
    {
        using var scope = TensorScope.Begin(x.Accelerator);
        Tensor projected = _project.Forward(_norm.Forward(x)).Reshape(x.Shape[0], -1, 3 * _heads * _headChannels);
        return scope.Keep(_linear ? Functional.LinearAttention(projected, _heads) : Functional.SelfAttention(projected, new() { Heads = _heads }));
    }
}
