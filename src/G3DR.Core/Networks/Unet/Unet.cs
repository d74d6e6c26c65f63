using System.Globalization;
using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>
/// The network f_trigen of G3DR: a picture with depth to the three planes of its scene. It is lucidrains' diffusion U-Net with linear attention, a constant time and a
/// learnt map of positions beside the picture. Parameters have the names of the published checkpoint.
/// </summary>
public sealed class Unet : Layer
{
    private const double Time = 1;
    private readonly PositionalInput _input = new();
    private readonly Slot _positions;
    private readonly Conv2d _initialConvolution, _finalConvolution;
    private readonly Sequential _timeNetwork;
    private readonly UnetLevel[] _downs, _ups;
    private readonly ResnetBlock _middleFirst, _middleSecond, _finalBlock;
    private readonly AttentionBlock _middleAttention;

    /// <summary>Makes the network.</summary>
    /// <param name="initializer">Makes the parameters.</param>
    /// <param name="options">Sizes; null for those of the published network.</param>
    /// <exception cref="ArgumentException">The sizes do not fit each other.</exception>
    public Unet(Initializer initializer, UnetOptions? options = null)
    {
        Options = options ?? UnetOptions.Official;
        Options.Validate();
        int channels = Options.Channels, size = Options.ImageSize, levels = Options.Multipliers.Count;
        int[] widths = [channels, .. Options.Multipliers.Select(multiplier => checked(channels * multiplier))];
        ResnetBlock Block(int inputs) => new(initializer, inputs, inputs, 4 * channels, Options.Groups);
        _positions = AddParameter("pos_embed", initializer.Constant([1, Options.PositionChannels, size, size], 1));
        _initialConvolution = AddChild(
            "init_conv", new Conv2d(initializer, checked(Options.InputChannels + Options.PositionChannels), channels, kernel: 7, new() { Padding = 3 }));
        _timeNetwork = AddChild("time_mlp", TimeEmbedding.Network(initializer, channels));
        _downs = AddLevels("downs", levels, n => UnetLevel.Down(initializer, Options, widths[n], widths[n + 1], isLast: n == levels - 1));
        _ups = AddLevels("ups", levels, n => UnetLevel.Up(initializer, Options, widths[levels - n], widths[levels - n - 1], isLast: n == levels - 1));
        _middleFirst = AddChild("mid_block1", Block(widths[^1]));
        _middleAttention = AddChild("mid_attn", new AttentionBlock(initializer, widths[^1], Options.Heads, Options.HeadChannels, linear: false));
        _middleSecond = AddChild("mid_block2", Block(widths[^1]));
        _finalBlock = AddChild("final_res_block", Block(2 * channels));
        _finalConvolution = AddChild("final_conv", new Conv2d(initializer, 2 * channels, Options.OutputChannels, kernel: 1));
    }

    /// <summary>Sizes of the network.</summary>
    public UnetOptions Options { get; }

    /// <summary>Computes the planes.</summary>
    /// <param name="x">Pictures with depth (N, size, size, channels): colours in [-1, 1], depth as the renderer measures it, around 5.</param>
    /// <returns>Planes (N, 3, size, size, channels of a plane), as the renderer takes them.</returns>
    /// <exception cref="ArgumentException">The shape does not fit.</exception>
    public override Tensor Forward(Tensor x) => Forward(x, observe: null);

    /// <summary>Computes the planes and shows what lies on the way.</summary>
    /// <param name="x">Pictures with depth.</param>
    /// <param name="observe">
    /// Told the output (N, H, W, C) of parts, by their names in the checkpoint: <c>init_conv</c>, <c>time_mlp</c> (1, 4 channels), the parts 1 to 3 of each level (block,
    /// attention, change of resolution; <c>downs.0.2</c>), <c>mid_block1</c> and so on. The tensors are valid inside this call only.
    /// </param>
    /// <inheritdoc cref="Forward(Tensor)"/>
    public Tensor Forward(Tensor x, Action<string, Tensor>? observe)
    {
        RequireInput(x.Shape);
        using var scope = TensorScope.Begin(x.Accelerator);
        using var pass = new UnetPass(Options.Checkpointing, observe, Embed(x));
        Tensor first = _input.Forward(x, _positions.Tensor, _initialConvolution);
        pass.Start("init_conv", first);
        for (int n = 0; n < _downs.Length; n++)
        {
            string name = Name("downs", n);
            pass.Run($"{name}.0", _downs[n].First);
            pass.Push();
            pass.Run($"{name}.1", _downs[n].Second);
            pass.Run($"{name}.2", _downs[n].Attention);
            pass.Push();
            pass.Run($"{name}.3", _downs[n].Resize);
        }

        pass.Run("mid_block1", _middleFirst);
        pass.Run("mid_attn", _middleAttention);
        pass.Run("mid_block2", _middleSecond);
        for (int n = 0; n < _ups.Length; n++)
        {
            string name = Name("ups", n);
            pass.RunWithPopped($"{name}.0", _ups[n].First);
            pass.RunWithPopped($"{name}.1", _ups[n].Second);
            pass.Run($"{name}.2", _ups[n].Attention);
            pass.Run($"{name}.3", _ups[n].Resize);
        }

        pass.RunWithPopped("final_res_block", _finalBlock);
        pass.Run("final_conv", _finalConvolution);
        return scope.Keep(ToPlanes(pass.Current));
    }

    /// <inheritdoc/>
    public override Shape Trace(ModelTrace trace, Shape input)
    {
        RequireInput(input);
        Shape time = trace.Run(_timeNetwork, [1]);
        Shape first = trace.Run(_initialConvolution, [input[0], input[1], input[2], input[3] + Options.PositionChannels]), x = first;
        var open = new Stack<int>();
        Shape Block(ResnetBlock block, Shape shape) => trace.Run(block, () => block.Trace(trace, shape, time));
        Shape Joined(ResnetBlock block, Shape shape, int more) => Block(block, [shape[0], shape[1], shape[2], shape[3] + more]);
        for (int n = 0; n < _downs.Length; n++)
        {
            UnetLevel level = _downs[n];
            x = trace.Run(level, () =>
            {
                Shape inside = Block(level.First, x);
                open.Push(inside[3]);
                inside = trace.Run(level.Attention, Block(level.Second, inside));
                open.Push(inside[3]);
                return trace.Run(level.Resize, inside);
            });
        }

        x = Block(_middleSecond, trace.Run(_middleAttention, Block(_middleFirst, x)));
        foreach (UnetLevel level in _ups)
        {
            x = trace.Run(level, () =>
            {
                Shape inside = Joined(level.Second, Joined(level.First, x, open.Pop()), open.Pop());
                return trace.Run(level.Resize, trace.Run(level.Attention, inside));
            });
        }

        Shape output = trace.Run(_finalConvolution, Joined(_finalBlock, x, first[3]));
        return [output[0], 3, output[1], output[2], output[3] / 3];
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _input.Dispose();
        base.Dispose(disposing);
    }

    private static string Name(string list, int level) => string.Create(CultureInfo.InvariantCulture, $"{list}.{level}");

    private UnetLevel[] AddLevels(string list, int count, Func<int, UnetLevel> create) =>
        [.. Enumerable.Range(0, count).Select(n => AddChild(Name(list, n), create(n)))];

    // Of one time for all pictures.
    private Tensor Embed(Tensor x)
    {
        using Tensor time = Tensor.Full(x.Accelerator, [1], Time, x.DType);
        return _timeNetwork.Forward(time);
    }

    private static Tensor ToPlanes(Tensor x) => x.Reshape(x.Shape[0], x.Shape[1], x.Shape[2], 3, x.Shape[3] / 3).Permute(0, 3, 1, 2, 4);

    private void RequireInput(Shape shape)
    {
        int size = Options.ImageSize;
        if (shape.Rank != 4 || shape[0] < 1 || shape[1] != size || shape[2] != size || shape[3] != Options.InputChannels)
        {
            throw new ArgumentException($"The U-Net needs pictures with depth (N, {size}, {size}, {Options.InputChannels}); got {shape}.");
        }
    }
}
