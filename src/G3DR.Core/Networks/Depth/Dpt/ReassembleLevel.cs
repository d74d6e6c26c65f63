using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>
/// The tokens of one level as a picture again (Ranftl et al., "Vision transformers for dense prediction", ICCV 2021, section 3): the class token mixed in or dropped,
/// a 1x1 convolution, and a change of resolution.
/// </summary>
internal sealed class ReassembleLevel : Module
{
    private readonly Linear? _readout;
    private readonly Conv2d? _projection;
    private readonly Layer? _resize;

    public ReassembleLevel(Initializer initializer, DptLevel level, int index, DptNames names)
    {
        _readout = level.ReadsClassToken ? AddChild(names.Readout(index), new Linear(initializer, 2 * level.Inputs, level.Inputs)) : null;
        _projection = level.Projects ? AddChild(names.Projection(index), new Conv2d(initializer, level.Inputs, level.Channels, kernel: 1)) : null;
        int channels = level.Channels, factor = level.Resize;
        _resize = factor switch
        {
            1 => null,
            -2 => AddChild(names.Resize(index), new Conv2d(initializer, channels, channels, kernel: 3, new() { Stride = (2, 2), Padding = 1 })),
            _ => AddChild(names.Resize(index), new ConvTranspose2d(initializer, channels, channels, kernel: factor, new() { Stride = (factor, factor) })),
        };
    }

    /// <summary>Tokens (N, 1 + rows columns, inputs) with the class token first, or pictures (N, rows, columns, inputs), to pictures (N, H, W, channels): the same tensor where nothing is to be done.</summary>
    public Tensor Forward(Tensor features, (int Rows, int Columns) grid)
    {
        using var scope = TensorScope.Begin(features.Accelerator);
        Tensor x = features.Rank == 4 ? features : WithoutClassToken(features).Reshape(features.Shape[0], grid.Rows, grid.Columns, features.Shape[2]);
        x = _projection?.Forward(x) ?? x;
        return scope.Keep(_resize?.Forward(x) ?? x);
    }

    public Shape Trace(ModelTrace trace, Shape features, (int Rows, int Columns) grid)
    {
        Shape x = features;
        if (features.Rank == 3)
        {
            x = [features[0], grid.Rows, grid.Columns, features[2]];
            if (_readout is not null)
            {
                trace.Run(_readout, [features[0], grid.Rows * grid.Columns, 2 * features[2]]);
            }
        }

        x = _projection is null ? x : trace.Run(_projection, x);
        return _resize is null ? x : trace.Run(_resize, x);
    }

    private Tensor WithoutClassToken(Tensor tokens)
    {
        int channels = tokens.Shape[2];
        Tensor words = tokens.Slice(1, 1, tokens.Shape[1] - 1);
        if (_readout is null)
        {
            return words;
        }

        // The layer reads each token beside the class token. What it makes of the latter is the same for all: it is computed once.
        Tensor ofWords = Functional.Linear(words, _readout.Weight.Slice(1, 0, channels));
        words.Dispose();
        Tensor ofClass = Functional.Linear(tokens.Slice(1, 0, 1), _readout.Weight.Slice(1, channels, channels), _readout.Bias);
        using Tensor sum = ofWords + ofClass;
        ofWords.Dispose();
        return sum.Gelu();
    }
}
