namespace G3DR.Core.Networks;

/// <summary>Sizes of a <see cref="DepthAnything"/> network.</summary>
public sealed record DepthAnythingOptions
{
    /// <summary>Depth Anything V2 Small: 24.8 million parameters. Licence of the published weights: Apache 2.0.</summary>
    public static DepthAnythingOptions Small { get; } = new() { Name = "Small", Width = 384, Depth = 12, Heads = 6, Taps = [2, 5, 8, 11], Channels = [48, 96, 192, 384], Features = 64 };

    /// <summary>Depth Anything V2 Base: 97.5 million parameters.</summary>
    public static DepthAnythingOptions Base { get; } = new() { Name = "Base", Width = 768, Depth = 12, Heads = 12, Taps = [2, 5, 8, 11], Channels = [96, 192, 384, 768], Features = 128 };

    /// <summary>Depth Anything V2 Large: 335.3 million parameters.</summary>
    public static DepthAnythingOptions Large { get; } = new() { Name = "Large", Width = 1024, Depth = 24, Heads = 16, Taps = [4, 11, 17, 23], Channels = [256, 512, 1024, 1024], Features = 256 };

    /// <summary>A network that runs in a moment, for trials and tests; nobody published weights of this size.</summary>
    public static DepthAnythingOptions Tiny { get; } =
        new() { Name = "Tiny", Width = 32, Depth = 4, Heads = 2, Taps = [0, 1, 2, 3], Channels = [8, 16, 24, 32], Features = 16, Grid = 5 };

    /// <summary>All sizes that have names, the published ones first.</summary>
    public static IReadOnlyList<DepthAnythingOptions> All { get; } = [Small, Base, Large, Tiny];

    /// <summary>Name of the size, for messages.</summary>
    public string Name { get; init; } = "Custom";

    /// <summary>Channels of a token.</summary>
    public required int Width { get; init; }

    /// <summary>Blocks of the encoder.</summary>
    public required int Depth { get; init; }

    /// <summary>Heads of attention.</summary>
    public required int Heads { get; init; }

    /// <summary>The four blocks, from 0 and rising, whose tokens the head reads.</summary>
    public required IReadOnlyList<int> Taps { get; init; }

    /// <summary>Channels of the head's four levels, from fine to coarse.</summary>
    public required IReadOnlyList<int> Channels { get; init; }

    /// <summary>Channels of the fused features.</summary>
    public required int Features { get; init; }

    /// <summary>Rows and columns of the table of positions.</summary>
    public int Grid { get; init; } = 37;

    /// <summary>Side of a patch in pixels.</summary>
    public int Patch { get; init; } = 14;

    /// <summary>
    /// For networks that were trained on metres: the depth that a sigmoid at the end, instead of a ReLU, is multiplied by, 20 in the published indoor networks and 80 in those
    /// for outdoors. Null for networks of inverse depth.
    /// </summary>
    public float? LargestDepth { get; init; }

    /// <summary>Requires sizes that fit each other.</summary>
    /// <exception cref="ArgumentException">They do not.</exception>
    internal void Validate()
    {
        int[] sizes = [Width, Depth, Heads, Features, Grid, Patch, .. Channels];
        if (LargestDepth is <= 0)
        {
            throw new ArgumentException($"The largest depth must be positive, got {LargestDepth}.");
        }

        if (sizes.Any(size => size < 1) || Width % Heads != 0 || Features % 2 != 0)
        {
            throw new ArgumentException($"Sizes must be at least 1, the heads divide the width and the features be even: {this}.");
        }

        if (Taps.Count != 4 || Channels.Count != 4 || Taps[0] < 0 || Taps[3] >= Depth || Taps.Zip(Taps.Skip(1)).Any(pair => pair.First >= pair.Second))
        {
            throw new ArgumentException($"Four levels are needed, at blocks that rise from 0 to {Depth - 1}; got [{string.Join(", ", Taps)}] with {Channels.Count} levels.");
        }
    }
}
