using System.Globalization;
using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>Sizes of a <see cref="VisionTransformer"/>.</summary>
internal sealed record VisionTransformerOptions
{
    /// <summary>Channels of what is cut into patches: 3 for pictures.</summary>
    public int Inputs { get; init; } = 3;

    /// <summary>Side of a patch.</summary>
    public required int Patch { get; init; }

    /// <summary>Channels of a token.</summary>
    public required int Width { get; init; }

    /// <summary>Number of blocks.</summary>
    public required int Depth { get; init; }

    /// <summary>Heads of attention.</summary>
    public required int Heads { get; init; }

    /// <summary>Rows and columns of the table of positions.</summary>
    public required int Grid { get; init; }

    /// <summary>How the table is used on other grids.</summary>
    public required PositionInterpolation Positions { get; init; }

    /// <summary>Whether each residual path has a learnt factor for every channel (Touvron et al., ICCV 2021).</summary>
    public bool LayerScale { get; init; }

    /// <summary>Whether what is handed out is normalised first, by the layer <c>norm</c>.</summary>
    public bool NormalizesTaps { get; init; }
}

/// <summary>
/// A vision transformer (Dosovitskiy et al., ICLR 2021) as an encoder: hands out the tokens after some of its blocks and stops after the last of these. Names are those of
/// timm and DINOv2: <c>cls_token</c>, <c>pos_embed</c>, <c>patch_embed.proj</c>, <c>blocks.K</c>, <c>norm</c>.
/// </summary>
internal sealed class VisionTransformer : Module
{
    private const float Epsilon = 1e-6f;

    private readonly VisionTransformerOptions _options;
    private readonly Slot _classToken, _positions;
    private readonly Conv2d _patches;
    private readonly TransformerBlock[] _blocks;
    private readonly LayerNorm? _norm;

    public VisionTransformer(Initializer initializer, VisionTransformerOptions options)
    {
        _options = options;
        int width = options.Width, patch = options.Patch;
        _classToken = AddParameter("cls_token", initializer.FanIn([1, 1, width], width));
        _positions = AddParameter("pos_embed", initializer.FanIn([1, checked(1 + (options.Grid * options.Grid)), width], width));
        _patches = AddChild("patch_embed.proj", new Conv2d(initializer, options.Inputs, width, kernel: patch, new() { Stride = (patch, patch) }));
        var block = new TransformerBlockOptions
        {
            Width = width,
            Heads = options.Heads,
            Epsilon = Epsilon,
            LayerScale = options.LayerScale,
            Names = TransformerNames.Timm,
        };
        _blocks = [.. Enumerable.Range(0, options.Depth).Select(i => AddChild($"blocks.{Name(i)}", new TransformerBlock(initializer, block)))];
        _norm = options.NormalizesTaps ? AddChild("norm", new LayerNorm(initializer, width, Epsilon)) : null;
    }

    /// <summary>How many parts are told of: patches, positions, and blocks.</summary>
    public static int PartsUpTo(int block) => block + 3;

    /// <summary>Rows and columns of tokens.</summary>
    /// <param name="input">Shape of the pictures (N, H, W, inputs).</param>
    /// <exception cref="ArgumentException">The shape is another one, or a side is no multiple of the patch.</exception>
    public (int Rows, int Columns) Grid(Shape input)
    {
        int patch = _options.Patch;
        return input.Rank == 4 && input[0] > 0 && input[1] > 0 && input[2] > 0 && input[3] == _options.Inputs && input[1] % patch == 0 && input[2] % patch == 0
            ? (input[1] / patch, input[2] / patch)
            : throw new ArgumentException($"The network needs pictures (N, H, W, {_options.Inputs}) whose sides are multiples of {patch}; got {input}.", nameof(input));
    }

    /// <summary>Computes tokens.</summary>
    /// <param name="x">Pictures (N, H, W, inputs).</param>
    /// <param name="taps">Numbers of blocks, rising.</param>
    /// <param name="observe">Told <c>patch_embed</c>, <c>pos_embed_interpolated</c> and <c>blockK</c>.</param>
    /// <returns>Tokens (N, 1 + rows columns, width) after each of the blocks, the class token first; they belong to the caller.</returns>
    public Tensor[] Forward(Tensor x, IReadOnlyList<int> taps, Action<string, Tensor>? observe)
    {
        using var scope = TensorScope.Begin(x.Accelerator);
        var found = new List<Tensor>(taps.Count);
        Tensor tokens = Embed(x, observe);
        for (int i = 0; i <= taps[^1]; i++)
        {
            Tensor next = _blocks[i].Forward(tokens);

            // Unless it was handed out as it is.
            if (found.Count == 0 || found[^1] != tokens)
            {
                tokens.Dispose();
            }

            tokens = next;
            observe?.Invoke($"block{Name(i)}", tokens);
            if (i == taps[found.Count])
            {
                found.Add(scope.Keep(_norm?.Forward(tokens) ?? tokens));
            }
        }

        return [.. found];
    }

    public Shape Trace(ModelTrace trace, Shape input, IReadOnlyList<int> taps)
    {
        (int rows, int columns) = Grid(input);
        trace.Run(_patches, input);
        Shape tokens = [input[0], 1 + (rows * columns), _options.Width];
        foreach (TransformerBlock block in _blocks.AsSpan(0, taps[^1] + 1))
        {
            trace.Run(block, tokens);
        }

        return tokens;
    }

    private static string Name(int block) => block.ToString(CultureInfo.InvariantCulture);

    private Tensor Embed(Tensor x, Action<string, Tensor>? observe)
    {
        (int rows, int columns) = Grid(x.Shape);
        int batch = x.Shape[0], width = _options.Width;
        using var scope = TensorScope.Begin(x.Accelerator);
        Tensor words = _patches.Forward(x).Reshape(batch, rows * columns, width);
        observe?.Invoke("patch_embed", words);
        Tensor positions = PositionTable.Resize(_positions.Tensor, rows, columns, _options.Positions);
        observe?.Invoke("pos_embed_interpolated", positions);
        return scope.Keep(Tensor.Concat([_classToken.Tensor.BroadcastTo([batch, 1, width]), words], axis: 1) + positions);
    }
}
