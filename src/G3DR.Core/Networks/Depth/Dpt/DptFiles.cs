namespace G3DR.Core.Networks;

/// <summary>Recognises the weights files of the DPT networks of MiDaS v3.</summary>
internal static class DptFiles
{
    private const string TokenName = "pretrained.model.cls_token", PositionName = "pretrained.model.pos_embed", StemName = "pretrained.model.patch_embed.backbone.stem.conv.weight";

    // In all published vision transformers.
    private const int HeadChannels = 64;

    /// <summary>DPT-Large in a file, or null.</summary>
    public static NetworkMatch? Large(NetworkFile file)
    {
        if (!IsDpt(file) || file.Has(StemName) || !file.Has("pretrained.act_postprocess1.3.weight"))
        {
            return null;
        }

        (int width, int depth, int heads, int grid) = Transformer(file);
        var options = new DptLargeOptions
        {
            Width = width,
            Depth = depth,
            Heads = heads,
            Grid = grid,
            Taps = [.. Enumerable.Range(1, 4).Select(quarter => (depth * quarter / 4) - 1)],
            Channels = [.. Enumerable.Range(1, 4).Select(level => file.Size($"pretrained.act_postprocess{level}.3.weight", 0))],
            Features = Features(file),
        };
        return new($"MiDaS DPT-Large (width {width})", initializer => new DptLarge(initializer, options), new() { Ignore = DptMidas.Unused });
    }

    /// <summary>DPT-Hybrid in a file, or null.</summary>
    public static NetworkMatch? Hybrid(NetworkFile file)
    {
        if (!IsDpt(file) || !file.Has(StemName))
        {
            return null;
        }

        (int width, int depth, int heads, int grid) = Transformer(file);
        var options = new DptHybridOptions
        {
            StemChannels = file.Size(StemName, 0),
            Stages = [.. Enumerable.Range(0, 3).Select(stage => file.Count($"pretrained.model.patch_embed.backbone.stages.{stage}.blocks.{{0}}.conv1.weight"))],
            Width = width,
            Depth = depth,
            Heads = heads,
            Grid = grid,
            Taps = [(depth * 3 / 4) - 1, depth - 1],
            Features = Features(file),
        };
        return new($"MiDaS DPT-Hybrid (width {width})", initializer => new DptHybrid(initializer, options), new() { Ignore = DptMidas.Unused });
    }

    private static bool IsDpt(NetworkFile file) => file.Has(TokenName) && file.Has("scratch.output_conv.4.weight");

    private static int Features(NetworkFile file) => file.Size("scratch.layer1_rn.weight", 0);

    private static (int Width, int Depth, int Heads, int Grid) Transformer(NetworkFile file)
    {
        int width = file.Size(TokenName, 2);
        return (width, file.Count("pretrained.model.blocks.{0}.norm1.weight"), width / HeadChannels, PositionTable.GridOf(file.Size(PositionName, 1)));
    }
}
