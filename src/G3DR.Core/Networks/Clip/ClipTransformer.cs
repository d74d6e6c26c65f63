using System.Globalization;
using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>The blocks of one of CLIP's transformers, <c>resblocks.0</c> and so on.</summary>
internal sealed class ClipTransformer : Layer
{
    private readonly TransformerBlock[] _blocks;

    public ClipTransformer(Initializer initializer, ClipEncoderOptions options, bool causal) => _blocks =
    [
        .. Enumerable.Range(0, options.Layers).Select(
            n => AddChild(string.Create(CultureInfo.InvariantCulture, $"resblocks.{n}"), new TransformerBlock(initializer, options.Block(causal)))),
    ];

    public override Tensor Forward(Tensor x) => Forward(x, _blocks.Length, observe: null);

    /// <summary>
    /// Tokens (N, L, width) through the first blocks; the result is another tensor, or the input itself for none. Each tensor between blocks goes as soon as it was read; what
    /// the tape needs it keeps by itself.
    /// </summary>
    public Tensor Forward(Tensor x, int layers, Action<string, Tensor>? observe)
    {
        Tensor current = x;
        for (int n = 0; n < layers; n++)
        {
            Tensor next = _blocks[n].Forward(current);
            if (current != x)
            {
                current.Dispose();
            }

            current = next;
            observe?.Invoke(string.Create(CultureInfo.InvariantCulture, $"block{n}"), current);
        }

        return current;
    }

    public override Shape Trace(ModelTrace trace, Shape input)
    {
        foreach (TransformerBlock block in _blocks)
        {
            trace.Run(block, input);
        }

        return input;
    }
}
