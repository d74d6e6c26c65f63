using G3DR.Core.Weights;

namespace G3DR.Core.Networks;

/// <summary>How Hugging Face's names of CLIP's tensors (<c>CLIPModel</c>, <c>CLIPTextModel</c>, <c>CLIPVisionModelWithProjection</c>) become those of openai/CLIP.</summary>
internal static class ClipNames
{
    /// <summary>Start of the names of each part in Hugging Face's files.</summary>
    public const string TextModel = "text_model.", ImageModel = "vision_model.", TextProjection = "text_projection.weight", ImageProjection = "visual_projection.weight";

    /// <summary>Start of the image encoder's names in OpenAI's files.</summary>
    public const string Visual = "visual.";

    private static readonly (string From, string To)[] s_parts =
    [
        ("layer_norm1", "ln_1"), ("self_attn.out_proj", "attn.out_proj"), ("layer_norm2", "ln_2"), ("mlp.fc1", "mlp.c_fc"), ("mlp.fc2", "mlp.c_proj"),
    ];

    /// <summary>Rules for the text encoder, whose names have no prefix in OpenAI's files.</summary>
    public static IReadOnlyList<WeightRule> Text { get; } =
    [
        WeightRule.Rename($"{TextModel}embeddings.token_embedding.weight", "token_embedding.weight"),
        WeightRule.Rename($"{TextModel}embeddings.position_embedding.weight", "positional_embedding"),
        .. Blocks(TextModel, string.Empty),
        WeightRule.Rename($"{TextModel}final_layer_norm.*", "ln_final.*"),
        WeightRule.Transpose(TextProjection, "text_projection"),
    ];

    /// <summary>Rules for the image encoder.</summary>
    /// <param name="prefix">Start of its names: <see cref="Visual"/>, or nothing for an encoder alone.</param>
    public static IReadOnlyList<WeightRule> Image(string prefix) =>
    [
        WeightRule.Rename($"{ImageModel}embeddings.class_embedding", $"{prefix}class_embedding"),
        WeightRule.Rename($"{ImageModel}embeddings.patch_embedding.weight", $"{prefix}conv1.weight"),
        WeightRule.Rename($"{ImageModel}embeddings.position_embedding.weight", $"{prefix}positional_embedding"),
        WeightRule.Rename($"{ImageModel}pre_layrnorm.*", $"{prefix}ln_pre.*"),
        .. Blocks(ImageModel, prefix),
        WeightRule.Rename($"{ImageModel}post_layernorm.*", $"{prefix}ln_post.*"),
        WeightRule.Transpose(ImageProjection, $"{prefix}proj"),
    ];

    private static IEnumerable<WeightRule> Blocks(string from, string to)
    {
        string theirs = $"{from}encoder.layers.*.", ours = $"{to}transformer.resblocks.*.";
        foreach (string kind in (string[])["weight", "bias"])
        {
            foreach ((string left, string right) in s_parts)
            {
                yield return WeightRule.Rename($"{theirs}{left}.{kind}", $"{ours}{right}.{kind}");
            }

            yield return WeightRule.JoinRows(
                $"{ours}attn.in_proj_{kind}", $"{theirs}self_attn.q_proj.{kind}", $"{theirs}self_attn.k_proj.{kind}", $"{theirs}self_attn.v_proj.{kind}");
        }
    }
}
