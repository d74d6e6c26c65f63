namespace G3DR.Core.Losses;

/// <summary>Names of the terms of G3DR's objective, as reports and <see cref="LossTerms"/> have them.</summary>
public static class G3drTerms
{
    /// <summary>Squared difference of colours of the canonical view.</summary>
    public const string Color = "color";

    /// <summary>Absolute difference of depths of the canonical view.</summary>
    public const string Depth = "depth";

    /// <summary>Perceptual distance of the canonical view.</summary>
    public const string Perceptual = "perceptual";

    /// <summary>Difference of embeddings of a novel view.</summary>
    public const string NovelSemantic = "novelSemantic";

    /// <summary>Total variation of the depth of a novel view.</summary>
    public const string NovelTotalVariation = "novelTotalVariation";

    /// <summary>Perceptual distance of a novel view from the picture.</summary>
    public const string NovelPerceptual = "novelPerceptual";
}
