namespace G3DR.Core.Networks;

/// <summary>How <see cref="Upscaler"/> cuts large pictures into tiles.</summary>
public sealed record UpscaleOptions
{
    /// <summary>The smallest <see cref="TileSize"/>: in smaller ones the network sees too little.</summary>
    public const int SmallestTile = 32;

    private const int DefaultOverlap = 32;

    /// <summary>
    /// Longest side of what the network sees at a time, in pixels of the input. Smaller pictures go through it whole; memory grows with the square of this number, not with
    /// the picture.
    /// </summary>
    public int TileSize { get; init; } = 256;

    /// <summary>
    /// Pixels of the input that neighbouring tiles share at least; over the middle half of them one fades into the other, and borders of tiles are left out. At most a quarter
    /// of <see cref="TileSize"/>; null for 32, or that quarter where it is less.
    /// </summary>
    public int? Overlap { get; init; }

    /// <summary>The overlap that is meant.</summary>
    internal int SharedPixels => Overlap ?? Math.Min(DefaultOverlap, TileSize / 4);

    /// <summary>Refuses impossible tiles.</summary>
    /// <exception cref="ArgumentException">The tile is too small, or the overlap is negative or larger than a quarter of it.</exception>
    public void Validate()
    {
        if (TileSize < SmallestTile || SharedPixels < 0 || SharedPixels > TileSize / 4)
        {
            throw new ArgumentException(
                $"Tiles need a side of at least {SmallestTile} pixels and an overlap from 0 to a quarter of it; got {TileSize} and {SharedPixels}.");
        }
    }
}

/// <summary>How far an enlargement is.</summary>
/// <param name="Done">Parts of the network that have run, over all tiles.</param>
/// <param name="Total">Parts that will have run at the end.</param>
/// <param name="Tiles">Tiles of the picture; 1 where it goes through the network whole.</param>
public readonly record struct UpscaleProgress(int Done, int Total, int Tiles);
