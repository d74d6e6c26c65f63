using System.Globalization;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;

namespace G3DR.Core.Diagnostics;

/// <summary>A vision transformer for classification (Dosovitskiy et al., ICLR 2021), the work of torchvision's <c>vit_b_16</c> at its full size.</summary>
internal sealed class BenchmarkTransformer : Layer
{
    private readonly Conv2d _patches;
    private readonly Slot _classToken, _positions;
    private readonly TransformerBlock[] _blocks;
    private readonly LayerNorm _norm;
    private readonly Linear _head;

    /// <summary>Makes the network.</summary>
    public BenchmarkTransformer(Initializer initializer, int side, int patch, int width, int heads, int depth, int classes)
    {
        int tokens = side / patch * (side / patch);
        var options = new TransformerBlockOptions { Width = width, Heads = heads, Epsilon = 1e-6f, Names = TransformerNames.Timm };
        _patches = AddChild("patch_embed", new Conv2d(initializer, 3, width, patch, new() { Stride = (patch, patch) }));
        _classToken = AddParameter("cls_token", initializer.FanIn([1, 1, width], width));
        _positions = AddParameter("pos_embed", initializer.FanIn([1, tokens + 1, width], width));
        _blocks = new TransformerBlock[depth];
        for (int i = 0; i < depth; i++)
        {
            _blocks[i] = AddChild(string.Create(CultureInfo.InvariantCulture, $"blocks.{i}"), new TransformerBlock(initializer, options));
        }

        _norm = AddChild("norm", new LayerNorm(initializer, width, 1e-6f));
        _head = AddChild("head", new Linear(initializer, width, classes));
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        using var scope = TensorScope.Begin(x.Accelerator);
        Tensor patches = _patches.Forward(x);
        int batch = x.Shape[0], width = patches.Shape[3];
        Tensor classTokens = _classToken.Tensor + Tensor.Zeros(x.Accelerator, [batch, 1, 1], x.DType);
        Tensor tokens = Tensor.Concat([classTokens, patches.Reshape([batch, -1, width])], axis: 1) + _positions.Tensor;
        foreach (TransformerBlock block in _blocks)
        {
            Tensor next = block.Forward(tokens);
            tokens.Dispose();
            tokens = next;
        }

        using Tensor first = tokens.Slice(axis: 1, start: 0, length: 1);
        return scope.Keep(_head.Forward(_norm.Forward(first)));
    }

    /// <inheritdoc/>
    public override Shape Trace(ModelTrace trace, Shape input)
    {
        Shape patches = trace.Run(_patches, input), tokens = [patches[0], (patches[1] * patches[2]) + 1, patches[3]];
        foreach (TransformerBlock block in _blocks)
        {
            trace.Run(block, tokens);
        }

        return trace.Run(_head, [patches[0], 1, patches[3]]);
    }
}
