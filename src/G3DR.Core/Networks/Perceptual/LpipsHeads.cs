using System.Globalization;
using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>The weights of channels that <see cref="Lpips"/> learnt from people's judgements: <c>lin0.model.1.weight</c> (1, C, 1, 1) and so on.</summary>
public sealed class LpipsHeads : Module
{
    private readonly Slot[] _weights;

    /// <summary>Makes the weights, all 1.</summary>
    /// <param name="initializer">Makes the parameters.</param>
    /// <param name="backbone">Whose channels they belong to.</param>
    public LpipsHeads(Initializer initializer, PerceptualBackbone backbone)
    {
        Backbone = backbone;
        _weights = [.. backbone.Channels().Select((channels, level) => AddParameter(Name(level), initializer.Constant([1, channels, 1, 1], 1)))];
    }

    /// <summary>Whose channels they belong to.</summary>
    public PerceptualBackbone Backbone { get; }

    /// <summary>The files <c>vgg</c>, <c>alex</c> and <c>squeeze</c> of the authors.</summary>
    internal static NetworkKind Kind { get; } = new(
        "lpips-heads",
        "heads of LPIPS",
        typeof(LpipsHeads),
        new(StringComparer.Ordinal)
        {
            ["vgg"] = initializer => new LpipsHeads(initializer, PerceptualBackbone.Vgg16),
            ["alex"] = initializer => new LpipsHeads(initializer, PerceptualBackbone.AlexNet),
            ["squeeze"] = initializer => new LpipsHeads(initializer, PerceptualBackbone.SqueezeNet),
        },
        file => Recognize(file) is { } backbone
            ? new($"heads of LPIPS for {backbone.Title()}", initializer => new LpipsHeads(initializer, backbone), new() { Ignore = LpipsFiles.BesideHeads })
            : null);

    /// <summary>Weights (1, C, 1, 1) of a level.</summary>
    internal Tensor Weights(int level) => _weights[level].Tensor;

    /// <summary>Whose heads a file has, or null.</summary>
    internal static PerceptualBackbone? Recognize(NetworkFile file)
    {
        foreach (PerceptualBackbone backbone in Enum.GetValues<PerceptualBackbone>())
        {
            IReadOnlyList<int> channels = backbone.Channels();
            if (!file.Has(Name(channels.Count)) && channels.Select((count, level) => file.Shape(Name(level)) is { } shape && shape.SequenceEqual([1, count, 1, 1])).All(fits => fits))
            {
                return backbone;
            }
        }

        return null;
    }

    private static string Name(int level) => string.Create(CultureInfo.InvariantCulture, $"lin{level}.model.1.weight");
}
