namespace G3DR.Core.Losses;

/// <summary>
/// Factors of the terms of G3DR's objective (Eq. 5 and 6), with the values of the paper. It says that the last weight is twice the third but lists 0.5 for both; 0.5 is
/// taken for both. A term with the factor 0 is not computed.
/// </summary>
public sealed record G3drLossWeights
{
    /// <summary>Canonical view: mean squared difference of colours in [-1, 1].</summary>
    public double Color { get; init; } = 1;

    /// <summary>Canonical view: mean absolute difference of depths.</summary>
    public double Depth { get; init; } = 2;

    /// <summary>Canonical view: perceptual distance over all levels.</summary>
    public double Perceptual { get; init; } = 0.5;

    /// <summary>Novel view: mean absolute difference of embeddings from those of the input picture.</summary>
    public double NovelSemantic { get; init; } = 0.35;

    /// <summary>Novel view: total variation of its depth.</summary>
    public double NovelTotalVariation { get; init; } = 0.1;

    /// <summary>Novel view: perceptual distance from the input picture over the last <see cref="NovelLevels"/> levels.</summary>
    public double NovelPerceptual { get; init; } = 0.5;

    /// <summary>How many of the last levels count in novel views, whose pixels are elsewhere: coarse ones see what is there rather than where.</summary>
    public int NovelLevels { get; init; } = 2;

    /// <summary>Refuses factors that cannot be.</summary>
    /// <exception cref="ArgumentException">A factor is negative or not finite, or no level counts.</exception>
    public void Validate()
    {
        foreach ((double weight, string name) in new[]
        {
            (Color, nameof(Color)), (Depth, nameof(Depth)), (Perceptual, nameof(Perceptual)), (NovelSemantic, nameof(NovelSemantic)),
            (NovelTotalVariation, nameof(NovelTotalVariation)), (NovelPerceptual, nameof(NovelPerceptual)),
        })
        {
            LossGuard.RequireWeight(weight, name);
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(NovelLevels, 1);
    }
}
