using G3DR.Core.Networks;
using G3DR.Core.Weights;

namespace G3DR.Core.Reconstruction;

/// <summary>Reads the sizes of the network off the tensors of its checkpoint.</summary>
internal static class GeneratorSizes
{
    /// <summary>Sizes of the U-Net and hidden units of the decoder.</summary>
    /// <exception cref="WeightsFormatException">A tensor that every such checkpoint has is missing or has an unexpected number of axes, or the sizes do not fit.</exception>
    public static (UnetOptions Unet, int Hidden) Of(NetworkFile file, PipelineOptions options)
    {
        IReadOnlyList<long> first = Shape(file, "init_conv.weight", axes: 4), positions = Shape(file, "pos_embed", axes: 4);
        var multipliers = new List<int>();
        for (int level = 0; file.Has($"downs.{level}.3.1.weight") || file.Has($"downs.{level}.3.weight"); level++)
        {
            string name = file.Has($"downs.{level}.3.1.weight") ? $"downs.{level}.3.1.weight" : $"downs.{level}.3.weight";
            multipliers.Add(Multiple(file, name, Shape(file, name, axes: 4)[0], first[0]));
        }

        var sizes = new UnetOptions
        {
            Channels = Size(file, "init_conv.weight", first[0]),
            Multipliers = multipliers,
            Groups = options.Groups,
            InputChannels = Size(file, "init_conv.weight", first[1] - positions[1]),
            PositionChannels = Size(file, "pos_embed", positions[1]),
            ImageSize = Size(file, "pos_embed", positions[2]),
            OutputChannels = Size(file, "final_conv.weight", Shape(file, "final_conv.weight", axes: 4)[0]),
        };
        try
        {
            sizes.Validate();
        }
        catch (ArgumentException error)
        {
            throw new WeightsFormatException($"{file.Source} does not fit the network of G3DR: {error.Message}", error);
        }

        return (sizes, Size(file, "decoder.net.0.weight", Shape(file, "decoder.net.0.weight", axes: 2)[0]));
    }

    /// <summary>The network in the sizes of a checkpoint.</summary>
    /// <inheritdoc cref="Of" path="/exception"/>
    public static TriplaneGenerator Create(Initializer initializer, NetworkFile file, PipelineOptions options)
    {
        (UnetOptions sizes, int hidden) = Of(file, options);
        return new(initializer, sizes, hidden);
    }

    private static IReadOnlyList<long> Shape(NetworkFile file, string name, int axes)
    {
        IReadOnlyList<long> shape = file.Shape(name) ?? throw new WeightsFormatException(
            $"{file.Source} is no checkpoint of G3DR's network: it has no tensor '{name}'. It has {file.Names.Count} tensors, such as {string.Join(", ", file.Names.Take(4))}.");
        return shape.Count == axes
            ? shape
            : throw new WeightsFormatException($"{file.Source} is no checkpoint of G3DR's network: '{name}' has {shape.Count} axes instead of {axes}.");
    }

    // A layer of more than this would not fit any machine; the bound keeps sizes from overflowing.
    private static int Size(NetworkFile file, string name, long value) => value is > 0 and <= 1 << 16
        ? (int)value
        : throw new WeightsFormatException($"{file.Source} is no checkpoint of G3DR's network: '{name}' leads to a size of {value}.");

    private static int Multiple(NetworkFile file, string name, long value, long unit) => unit > 0 && value % unit == 0
        ? Size(file, name, value / unit)
        : throw new WeightsFormatException($"{file.Source} is no checkpoint of G3DR's network: '{name}' has {value} channels, no multiple of {unit}.");
}
