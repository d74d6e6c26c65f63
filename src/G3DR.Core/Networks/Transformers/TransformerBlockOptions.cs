using G3DR.Kernels.Normalization;

namespace G3DR.Core.Networks;

/// <summary>Sizes and variants of a <see cref="TransformerBlock"/>.</summary>
internal sealed record TransformerBlockOptions
{
    /// <summary>Channels of a token.</summary>
    public required int Width { get; init; }

    /// <summary>Heads that share the channels.</summary>
    public required int Heads { get; init; }

    /// <summary>Hidden units of the perceptron; four times the width if null.</summary>
    public int? HiddenWidth { get; init; }

    /// <summary>Activation of the perceptron.</summary>
    public Activation Activation { get; init; } = Activation.Gelu;

    /// <summary>Added to the variance by the normalisations.</summary>
    public float Epsilon { get; init; } = 1e-5f;

    /// <summary>Whether a token sees only those before it and itself.</summary>
    public bool Causal { get; init; }

    /// <summary>Whether each branch is scaled channel by channel before it is added (Touvron et al., "Going deeper with image transformers", ICCV 2021).</summary>
    public bool LayerScale { get; init; }

    /// <summary>What the parts are called.</summary>
    public required TransformerNames Names { get; init; }
}
