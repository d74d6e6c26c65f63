using System.Globalization;
using G3DR.Core.Tensors;
using G3DR.Kernels.Normalization;

namespace G3DR.Core.Networks;

/// <summary>
/// RCAN, which enlarges pictures: residual groups of blocks with channel attention (Zhang et al., "Image Super-Resolution Using Very Deep Residual Channel Attention
/// Networks", ECCV 2018). Parameters have the names of the published checkpoints (github.com/yulunzhang/RCAN).
/// </summary>
public sealed class Rcan : Layer
{
    /// <summary>Channels of a picture.</summary>
    internal const int Colors = 3;

    private readonly MeanShift _subtractMean, _addMean;
    private readonly Sequential _head, _tail, _enlargement;
    private readonly ResidualGroup[] _groups;
    private readonly Conv2d _last;

    /// <summary>Makes the network.</summary>
    /// <param name="initializer">Makes the parameters.</param>
    /// <param name="options">Sizes; null for <see cref="RcanOptions.Published"/>.</param>
    /// <exception cref="ArgumentException">The sizes make no network.</exception>
    public Rcan(Initializer initializer, RcanOptions? options = null)
    {
        Options = options ?? RcanOptions.Published;
        Options.Validate();
        int features = Options.Features;
        _subtractMean = AddChild("sub_mean", new MeanShift(initializer, sign: -1));
        _head = AddChild("head", new Sequential(Convolution(initializer, Colors, features)));
        _groups = [.. Enumerable.Range(0, Options.Groups).Select(n => AddChild(Name("body", n), new ResidualGroup(initializer, Options)))];
        _last = AddChild(Name("body", Options.Groups), Convolution(initializer, features, features));
        _enlargement = new Sequential([.. Options.Stages.SelectMany(factor => Enlargement(initializer, features, factor))]);
        _tail = AddChild("tail", new Sequential(_enlargement, Convolution(initializer, features, Colors)));
        _addMean = AddChild("add_mean", new MeanShift(initializer, sign: 1));
    }

    /// <summary>The kind of network: the published <c>x2</c>, <c>x3</c> and <c>x4</c>.</summary>
    public static NetworkKind Kind { get; } = new(
        "rcan",
        "RCAN, which enlarges pictures",
        typeof(Rcan),
        new(StringComparer.Ordinal)
        {
            ["x2"] = initializer => new Rcan(initializer),
            ["x3"] = initializer => new Rcan(initializer, new() { Scale = 3 }),
            ["x4"] = initializer => new Rcan(initializer, new() { Scale = 4 }),
        },
        file => RcanOptions.Of(file) is { } options
            ? new(string.Create(CultureInfo.InvariantCulture, $"RCAN x{options.Scale}"), initializer => new Rcan(initializer, options), new())
            : null)
    {
        // What the network subtracts and adds is no weight.
        Fixed = ["sub_mean.*", "add_mean.*"],
    };

    /// <summary>The value of white.</summary>
    public static double Range => 255;

    /// <summary>Sizes of the network.</summary>
    public RcanOptions Options { get; }

    /// <summary>Enlarges pictures.</summary>
    /// <param name="x">Pictures (N, H, W, 3) with values from 0 to 255.</param>
    /// <returns>Pictures (N, scale H, scale W, 3), a little below 0 and above 255 in places.</returns>
    /// <exception cref="ArgumentException">The shape is another one.</exception>
    public override Tensor Forward(Tensor x) => Forward(x, observe: null);

    /// <summary>Enlarges pictures and shows what lies on the way.</summary>
    /// <param name="x">Pictures.</param>
    /// <param name="observe">
    /// Told the output (N, H, W, C) of parts: <c>head</c>, <c>rcab0</c> (the first block), <c>group0</c>, <c>group1</c> and so on, <c>body</c> (before the head is added)
    /// and <c>upsampler</c>. The tensors are valid inside this call only.
    /// </param>
    /// <inheritdoc cref="Forward(Tensor)"/>
    public Tensor Forward(Tensor x, Action<string, Tensor>? observe)
    {
        RequireInput(x.Shape);
        using var scope = TensorScope.Begin(x.Accelerator);
        Tensor head = Run("head", _head, _subtractMean.Forward(x), observe);
        Tensor y = head;
        for (int n = 0; n < _groups.Length; n++)
        {
            Tensor next = _groups[n].Forward(y, n == 0 ? block => observe?.Invoke("rcab0", block) : null);
            if (n > 0)
            {
                y.Dispose();
            }

            y = next;
            observe?.Invoke(string.Create(CultureInfo.InvariantCulture, $"group{n}"), y);
        }

        Tensor body = Run("body", _last, y, observe), sum = body + head;
        body.Dispose();
        head.Dispose();
        Tensor large = Run("upsampler", _enlargement, sum, observe);
        return scope.Keep(_addMean.Forward(Run(name: null, (Layer)_tail.Children[1].Value, large, observe)));
    }

    /// <inheritdoc/>
    public override Shape Trace(ModelTrace trace, Shape input)
    {
        RequireInput(input);
        Shape x = trace.Run(_head, trace.Run(_subtractMean, input));
        x = _groups.Aggregate(x, (shape, group) => trace.Run(group, shape));
        return trace.Run(_addMean, trace.Run(_tail, trace.Run(_last, x)));
    }

    /// <summary>Gives the shifts of colours, which no training changes, the values that they have in every published network.</summary>
    internal void ResetMeans()
    {
        _subtractMean.Reset();
        _addMean.Reset();
    }

    /// <summary>A 3x3 convolution that keeps the size.</summary>
    internal static Conv2d Convolution(Initializer initializer, int inputs, int outputs, Activation activation = Activation.None) =>
        new(initializer, inputs, outputs, kernel: 3, new() { Padding = 1, Activation = activation });

    /// <summary>The name of one of several parts.</summary>
    internal static string Name(string list, int index) => string.Create(CultureInfo.InvariantCulture, $"{list}.{index}");

    private static IEnumerable<Layer> Enlargement(Initializer initializer, int features, int factor) =>
    [
        Convolution(initializer, features, checked(features * factor * factor)),
        new FunctionLayer(x => Functional.PixelShuffle(x, factor), shape => [shape[0], shape[1] * factor, shape[2] * factor, shape[3] / (factor * factor)]),
    ];

    // Disposes its input.
    private static Tensor Run(string? name, Layer layer, Tensor x, Action<string, Tensor>? observe)
    {
        using (x)
        {
            Tensor y = layer.Forward(x);
            if (name is not null)
            {
                observe?.Invoke(name, y);
            }

            return y;
        }
    }

    private static void RequireInput(Shape shape)
    {
        if (shape.Rank != 4 || shape[0] < 1 || shape[1] < 1 || shape[2] < 1 || shape[3] != Colors)
        {
            throw new ArgumentException($"RCAN needs pictures (N, H, W, {Colors}); got {shape}.");
        }
    }
}
