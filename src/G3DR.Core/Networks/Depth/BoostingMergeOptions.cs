namespace G3DR.Core.Networks;

/// <summary>Sizes of a <see cref="BoostingMerge"/>.</summary>
public sealed record BoostingMergeOptions
{
    /// <summary>Convolutions that halve the resolution, at least 5.</summary>
    public int Levels { get; init; } = 10;

    /// <summary>Channels after the first of them.</summary>
    public int Channels { get; init; } = 64;

    /// <summary>Refuses sizes of which no network can be made.</summary>
    internal void Validate()
    {
        // More than 15 levels would need pictures of more than 32768 pixels a side.
        if (Levels is < 5 or > 15 || Channels is < 1 or > 1 << 20)
        {
            throw new ArgumentException($"The merge network needs 5 to 15 levels and 1 to {1 << 20} channels; got {Levels} and {Channels}.");
        }
    }
}
