using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>How attention is computed.</summary>
public sealed record AttentionOptions
{
    /// <summary>Heads that share the channels, side by side.</summary>
    public required int Heads { get; init; }

    /// <summary>Factor of the products of queries and keys; null for 1 / sqrt(channels of a head).</summary>
    public float? Scale { get; init; }

    /// <summary>Whether query i sees the keys 0 .. i only.</summary>
    public bool Causal { get; init; }

    /// <summary>
    /// What is added to the scores, of shape (N or 1, Heads or 1, L or 1, S); -infinity hides a key. It is a constant for gradients. A query that sees no key gives zeros.
    /// </summary>
    public Tensor? Mask { get; init; }
}
