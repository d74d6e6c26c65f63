namespace G3DR.Core.Depth;

/// <summary>How <see cref="BoostedDepth"/> works. The defaults are those of the article.</summary>
public sealed record BoostingOptions
{
    /// <summary>
    /// Side in pixels of what one value of the network depends on, for a square picture: what the network was trained at. Null for <see cref="Networks.DepthInput.Size"/>.
    /// </summary>
    public int? ReceptiveField { get; init; }

    /// <summary>Share of the picture that may lie farther from any edge than the receptive field reaches: x of R_x, 0 to 1.</summary>
    public double UncoveredShare { get; init; } = 0.2;

    /// <summary>Largest resolution of the whole picture that is looked for: R_max.</summary>
    public int MaximumResolution { get; init; } = 3000;

    /// <summary>How many times its own longer side the picture may be enlarged to.</summary>
    public double MaximumScale { get; init; } = 3;

    /// <summary>
    /// Largest side that the network is given, which bounds its memory: larger resolutions are found, but computed at this one. The released code has 1568.
    /// </summary>
    public int MaximumNetworkSize { get; init; } = 1568;

    /// <summary>Whether patches are refined; without, the picture is estimated as a whole, at two resolutions.</summary>
    public bool RefinePatches { get; init; } = true;

    /// <summary>Most patches. Where there would be more, the resolution that patches are cut at is lowered.</summary>
    public int MaximumPatches { get; init; } = 200;

    /// <summary>Refuses values that cannot be.</summary>
    internal void Validate()
    {
        Require(ReceptiveField is null or (>= 32 and <= 1 << 14), "a receptive field of 32 to 16384 pixels", ReceptiveField ?? 0);
        Require(UncoveredShare is >= 0 and <= 1, "an uncovered share of 0 to 1", UncoveredShare);
        Require(MaximumResolution is >= 64 and <= 1 << 16, "a largest resolution of 64 to 65536", MaximumResolution);
        Require(MaximumScale is > 0 and <= 100, "a largest scale above 0 and up to 100", MaximumScale);
        Require(MaximumNetworkSize >= 64, "a largest size of the network of at least 64", MaximumNetworkSize);
        Require(MaximumPatches >= 0, "a number of patches of at least 0", MaximumPatches);
    }

    private static void Require(bool holds, string needed, double value)
    {
        if (!holds)
        {
            throw new ArgumentException(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Boosting needs {needed}; got {value}."));
        }
    }
}
