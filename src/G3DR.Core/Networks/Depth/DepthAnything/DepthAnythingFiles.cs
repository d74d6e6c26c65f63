using System.Globalization;
using G3DR.Core.Weights;

namespace G3DR.Core.Networks;

/// <summary>Recognises the weights files of Depth Anything V2: those of its authors and those on Hugging Face.</summary>
internal static class DepthAnythingFiles
{
    private const string TokenName = "pretrained.cls_token", PositionName = "pretrained.pos_embed";

    // What stands for a tensor of the pictures that the encoder was trained with; no depth depends on it.
    private const string Unused = "pretrained.mask_token";

    private static readonly WeightNameMap s_huggingFace = new(HuggingFaceRules());

    /// <summary>The network of a file, or null.</summary>
    public static NetworkMatch? Match(NetworkFile file)
    {
        bool original = file.Has(TokenName) && file.Has("depth_head.projects.0.weight");
        if (!original && !(file.Has("backbone.embeddings.cls_token") && file.Has("neck.reassemble_stage.layers.0.projection.weight")))
        {
            return null;
        }

        (string token, string positions, string blocks, string features) = original
            ? (TokenName, PositionName, "pretrained.blocks.{0}.norm1.weight", "depth_head.scratch.layer1_rn.weight")
            : ("backbone.embeddings.cls_token", "backbone.embeddings.position_embeddings", "backbone.encoder.layer.{0}.norm1.weight", "neck.convs.0.weight");
        (int width, int depth, int fused) = (file.Size(token, 2), file.Count(blocks), file.Size(features, 0));
        if (DepthAnythingOptions.All.FirstOrDefault(size => size.Width == width && size.Depth == depth && size.Features == fused) is not { } size)
        {
            return null;
        }

        DepthAnythingOptions options = size with { Grid = PositionTable.GridOf(file.Size(positions, 1)), LargestDepth = LargestDepth(file) };
        string kind = options.LargestDepth is null ? string.Empty : ", metric depth";
        return new(
            $"Depth Anything V2 {size.Name}{kind}{(original ? string.Empty : ", Hugging Face names")}",
            initializer => new DepthAnything(initializer, options),
            new() { NameMap = original ? null : s_huggingFace, Ignore = [Unused] });
    }

    // No tensor shows whether a network was trained on metres: its folder or its name does.
    private static float? LargestDepth(NetworkFile file)
    {
        if (file.ConfigText("depth_estimation_type") == "metric" && file.Config is { } config)
        {
            return config.TryGetProperty("max_depth", out System.Text.Json.JsonElement depth) && depth.TryGetSingle(out float metres) && metres > 0 ? metres : 1;
        }

        string name = Path.GetFileName(file.Source);
        return name.Contains("metric_hypersim", StringComparison.OrdinalIgnoreCase) ? 20
            : name.Contains("metric_vkitti", StringComparison.OrdinalIgnoreCase) ? 80
            : null;
    }

    private static IEnumerable<WeightRule> HuggingFaceRules()
    {
        const string block = "pretrained.blocks.*.", layer = "backbone.encoder.layer.*.", attention = layer + "attention.attention.";
        foreach (string part in (string[])["weight", "bias"])
        {
            yield return WeightRule.JoinRows($"{block}attn.qkv.{part}", $"{attention}query.{part}", $"{attention}key.{part}", $"{attention}value.{part}");
            yield return WeightRule.Rename($"{layer}attention.output.dense.{part}", $"{block}attn.proj.{part}");
        }

        yield return WeightRule.Rename(layer + "layer_scale1.lambda1", block + "ls1.gamma");
        yield return WeightRule.Rename(layer + "layer_scale2.lambda1", block + "ls2.gamma");
        yield return WeightRule.Rename("backbone.encoder.layer.*", "pretrained.blocks.*");
        yield return WeightRule.Rename("backbone.embeddings.cls_token", TokenName);
        yield return WeightRule.Rename("backbone.embeddings.mask_token", Unused);
        yield return WeightRule.Rename("backbone.embeddings.position_embeddings", PositionName);
        yield return WeightRule.Rename("backbone.embeddings.patch_embeddings.projection.*", "pretrained.patch_embed.proj.*");
        yield return WeightRule.Rename("backbone.layernorm.*", "pretrained.norm.*");
        for (int level = 0; level < 4; level++)
        {
            string from = level.ToString(CultureInfo.InvariantCulture), number = (level + 1).ToString(CultureInfo.InvariantCulture);
            string fusion = $"neck.fusion_stage.layers.{3 - level}", refine = $"depth_head.scratch.refinenet{number}";
            yield return WeightRule.Rename($"neck.reassemble_stage.layers.{from}.projection.*", $"depth_head.projects.{from}.*");
            yield return WeightRule.Rename($"neck.reassemble_stage.layers.{from}.resize.*", $"depth_head.resize_layers.{from}.*");
            yield return WeightRule.Rename($"neck.convs.{from}.weight", $"depth_head.scratch.layer{number}_rn.weight");
            yield return WeightRule.Rename($"{fusion}.projection.*", $"{refine}.out_conv.*");
            for (int unit = 1; unit <= 2; unit++)
            {
                yield return WeightRule.Rename($"{fusion}.residual_layer{unit}.convolution1.*", $"{refine}.resConfUnit{unit}.conv1.*");
                yield return WeightRule.Rename($"{fusion}.residual_layer{unit}.convolution2.*", $"{refine}.resConfUnit{unit}.conv2.*");
            }
        }

        yield return WeightRule.Rename("head.conv1.*", "depth_head.scratch.output_conv1.*");
        yield return WeightRule.Rename("head.conv2.*", "depth_head.scratch.output_conv2.0.*");
        yield return WeightRule.Rename("head.conv3.*", "depth_head.scratch.output_conv2.2.*");
    }
}
