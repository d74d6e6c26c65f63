namespace G3DR.Core.Depth;

/// <summary>How <see cref="DepthConversion"/> makes distances of what a network estimates.</summary>
public sealed record DepthConversionOptions
{
    /// <summary>Share of the pixels, nearest and farthest, that may be outliers.</summary>
    public double OutlierShare { get; init; } = 0.02;

    /// <summary>
    /// How far the range of distances goes beyond the one without the outlying shares, as a part of it: what lies within keeps its distance, what lies beyond is put on its end.
    /// With the default, a normal distribution is kept up to three standard deviations.
    /// </summary>
    public double Margin { get; init; } = 0.25;

    /// <summary>How many times as far as the nearest pixels something may be; all beyond, like the sky, is put there. For inverse depth, which may be 0.</summary>
    public double LargestRatio { get; init; } = 10;

    /// <summary>Requires values that make sense.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They do not.</exception>
    internal void Validate()
    {
        if (!(OutlierShare is >= 0 and < 0.5))
        {
            throw new ArgumentOutOfRangeException(nameof(OutlierShare), OutlierShare, "The share of outliers must be at least 0 and below one half.");
        }

        if (!(Margin >= 0) || !double.IsFinite(Margin))
        {
            throw new ArgumentOutOfRangeException(nameof(Margin), Margin, "The margin must be at least 0.");
        }

        if (!(LargestRatio > 1) || !double.IsFinite(LargestRatio))
        {
            throw new ArgumentOutOfRangeException(nameof(LargestRatio), LargestRatio, "The largest ratio of distances must be above 1.");
        }
    }
}
