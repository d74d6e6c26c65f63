namespace G3DR.Core.Networks;

/// <summary>What the parts of a transformer block are called in a checkpoint.</summary>
/// <param name="AttentionNorm">Normalisation before the attention.</param>
/// <param name="Projection">Start of the names of the weights and biases of queries, keys and values, up to <c>weight</c> and <c>bias</c>.</param>
/// <param name="AttentionOutput">Projection after the attention.</param>
/// <param name="AttentionScale">Scale of the attention branch.</param>
/// <param name="MlpNorm">Normalisation before the perceptron.</param>
/// <param name="Expansion">First layer of the perceptron.</param>
/// <param name="Contraction">Second layer of the perceptron.</param>
/// <param name="MlpScale">Scale of the perceptron branch.</param>
internal sealed record TransformerNames(
    string AttentionNorm,
    string Projection,
    string AttentionOutput,
    string AttentionScale,
    string MlpNorm,
    string Expansion,
    string Contraction,
    string MlpScale)
{
    /// <summary>As in openai/CLIP; there are no scales.</summary>
    public static TransformerNames Clip { get; } = new("ln_1", "attn.in_proj_", "attn.out_proj", string.Empty, "ln_2", "mlp.c_fc", "mlp.c_proj", string.Empty);

    /// <summary>As in timm and DINOv2.</summary>
    public static TransformerNames Timm { get; } = new("norm1", "attn.qkv.", "attn.proj", "ls1.gamma", "norm2", "mlp.fc1", "mlp.fc2", "ls2.gamma");
}
