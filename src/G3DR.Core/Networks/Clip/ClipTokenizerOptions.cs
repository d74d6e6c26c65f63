namespace G3DR.Core.Networks;

/// <summary>What stands behind a text that is shorter than the others.</summary>
public enum ClipPadding
{
    /// <summary>The number 0, as in openai/CLIP. What CLIP says of a text does not depend on it.</summary>
    Zero,

    /// <summary>The marker of the end again, as latent diffusion was trained with, whose networks also see the padding.</summary>
    EndMarker,
}

/// <summary>How <see cref="ClipTokenizer.Tokenize(string, ClipTokenizerOptions?)"/> fills its rows.</summary>
public sealed record ClipTokenizerOptions
{
    /// <summary>Tokens of a row, markers included; at least 2.</summary>
    public int Length { get; init; } = 77;

    /// <summary>What stands behind the end.</summary>
    public ClipPadding Padding { get; init; }

    /// <summary>Whether a text that is too long is cut; otherwise it is an error.</summary>
    public bool Truncate { get; init; }
}
