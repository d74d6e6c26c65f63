namespace G3DR.Core.Networks;

/// <summary>Sizes of an <see cref="Rcan"/>.</summary>
public sealed record RcanOptions
{
    private const int TensorsOfBlock = 8;

    /// <summary>The sizes of the published networks, which enlarge twice.</summary>
    public static RcanOptions Published { get; } = new();

    /// <summary>How many times larger each side becomes: 3 or a power of two from 2 to 8.</summary>
    public int Scale { get; init; } = 2;

    /// <summary>Residual groups, one after the other.</summary>
    public int Groups { get; init; } = 10;

    /// <summary>Blocks with channel attention in each group.</summary>
    public int Blocks { get; init; } = 20;

    /// <summary>Channels.</summary>
    public int Features { get; init; } = 64;

    /// <summary>Quotient of <see cref="Features"/> and the channels inside the channel attention.</summary>
    public int Reduction { get; init; } = 16;

    /// <summary>The factors by which the stages at the end enlarge, one after the other.</summary>
    internal IReadOnlyList<int> Stages => Scale == 3 ? [3] : [.. Enumerable.Repeat(2, int.Log2(Scale))];

    /// <summary>Refuses sizes that make no network.</summary>
    /// <exception cref="ArgumentException">A size is below 1, the scale is another one, or the reduction does not divide the features.</exception>
    public void Validate()
    {
        if (Scale is not (2 or 3 or 4 or 8))
        {
            throw new ArgumentException($"RCAN enlarges 2, 3, 4 or 8 times, not {Scale} times.");
        }

        if (Groups < 1 || Blocks < 1 || Features < 1 || Reduction < 1 || Features % Reduction != 0)
        {
            throw new ArgumentException(
                $"RCAN needs groups, blocks, features and a reduction of at least 1, and a reduction that divides the features; got {Groups}, {Blocks}, {Features} and {Reduction}.");
        }
    }

    /// <summary>Sizes of the network in a file, or null if it is no RCAN.</summary>
    internal static RcanOptions? Of(NetworkFile file)
    {
        const string firstBlock = "body.0.body.0.body";
        if (!file.Has("sub_mean.weight") || !file.Has("head.0.weight") || !file.Has("tail.0.0.weight") || !file.Has($"{firstBlock}.3.conv_du.0.weight"))
        {
            return null;
        }

        int features = file.Size("head.0.weight", 0);
        var options = new RcanOptions
        {
            Scale = file.Size("tail.0.0.weight", 0) / features == 9 ? 3 : 2 << (file.Has("tail.0.4.weight") ? 2 : file.Has("tail.0.2.weight") ? 1 : 0),
            Groups = file.Count("body.{0}.body.0.body.0.weight"),
            Blocks = file.Count("body.0.body.{0}.body.0.weight"),
            Features = features,
            Reduction = features / file.Size($"{firstBlock}.3.conv_du.0.weight", 0),
        };
        options.Validate();

        // Groups of different lengths are no RCAN, and must not make a network that is larger than the file.
        bool whole = file.Size($"{firstBlock}.0.weight", 1) == features && (long)options.Groups * options.Blocks * TensorsOfBlock < file.Names.Count;
        return whole ? options : null;
    }
}
