namespace G3DR.Core.Networks;

/// <summary>Sizes of a residual network of bottlenecks (He et al., CVPR 2016; with groups: Xie et al., CVPR 2017), as in torchvision.</summary>
public sealed record ResNetOptions
{
    /// <summary>Number of stages.</summary>
    internal const int Stages = 4;

    /// <summary>ResNet-50.</summary>
    public static ResNetOptions ResNet50 { get; } = new() { Blocks = [3, 4, 6, 3] };

    /// <summary>ResNeXt-101 32x8d.</summary>
    public static ResNetOptions ResNext101 { get; } = new() { Blocks = [3, 4, 23, 3], Groups = 32, GroupWidth = 8 };

    /// <summary>Blocks of each of the four stages.</summary>
    public required IReadOnlyList<int> Blocks { get; init; }

    /// <summary>Groups of the 3x3 convolutions.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Channels of a group in a network whose <see cref="Channels"/> are 64, in the first stage.</summary>
    public int GroupWidth { get; init; } = 64;

    /// <summary>Channels of the first convolution; the stages give 4, 8, 16 and 32 times as many.</summary>
    public int Channels { get; init; } = 64;

    /// <summary>Channels that a stage (0 to 3) gives.</summary>
    internal int Outputs(int stage) => checked(Channels * 4 << stage);

    /// <summary>Channels that the stages give.</summary>
    internal int[] Outputs() => [.. Enumerable.Range(0, Stages).Select(Outputs)];

    /// <summary>Channels inside the blocks of a stage (0 to 3).</summary>
    internal int Width(int stage) => checked((int)((long)Channels * GroupWidth / 64) * Groups << stage);

    /// <summary>Refuses sizes of which no network can be made.</summary>
    internal void Validate()
    {
        if (Blocks.Count != Stages || Blocks.Any(count => count < 1) || Groups < 1 || GroupWidth < 1 || Channels < 1 || (long)Channels * GroupWidth < 64)
        {
            throw new ArgumentException(
                $"A residual network needs four stages of at least one block, and positive groups and channels; got [{string.Join(", ", Blocks)}], {Groups} groups of {GroupWidth}, {Channels} channels.");
        }
    }
}
