using G3DR.Core.Weights;

namespace G3DR.Core.Networks;

/// <summary>How files of the convolutional depth networks are recognised: by the shapes of known sizes, so that nothing a file claims decides what is allocated.</summary>
internal static class DepthKinds
{
    private const string Official = "official", Tiny = "tiny";
    private const int Channels = 256, TinyChannels = 16;
    private static readonly ResNetOptions s_tiny = new() { Blocks = [1, 1, 1, 1], Channels = 8, Groups = 2 };
    private static readonly BoostingMergeOptions s_tinyMerge = new() { Levels = 5, Channels = 8 };

    /// <summary><see cref="Networks.MidasV21"/>.</summary>
    public static NetworkKind MidasV21() => new(
        "midas-v21",
        "MiDaS v2.1",
        typeof(MidasV21),
        Sizes((Official, initializer => new MidasV21(initializer)), (Tiny, initializer => new MidasV21(initializer, s_tiny, TinyChannels))),
        file => new[] { (Encoder: ResNetOptions.ResNext101, Channels), (Encoder: s_tiny, Channels: TinyChannels) }
            .Where(size => HasEncoder(file, "pretrained.layer1.0.weight", ["pretrained.layer1.4", .. Stages("pretrained")], size.Encoder)
                && HasShape(file, "scratch.layer1_rn.weight", size.Channels, size.Encoder.Outputs(0), 3, 3) && !file.Has("scratch.refinenet1.out_conv.weight"))
            .Select(size => new NetworkMatch("MiDaS v2.1", initializer => new MidasV21(initializer, size.Encoder, size.Channels), new()))
            .FirstOrDefault());

    /// <summary><see cref="Networks.MidasSmall"/>.</summary>
    public static NetworkKind MidasSmall() => new(
        "midas-small",
        "MiDaS v2.1 small",
        typeof(MidasSmall),
        Sizes((Official, initializer => new MidasSmall(initializer))),
        file => HasShape(file, "pretrained.layer1.3.0.conv_dw.weight", 32, 1, 3, 3) && HasShape(file, "scratch.layer4_rn.weight", 512, 384, 3, 3)
            ? new("MiDaS v2.1 small", initializer => new MidasSmall(initializer), new())
            : null);

    /// <summary><see cref="Networks.LeRes"/>.</summary>
    public static NetworkKind LeRes() => new(
        "leres",
        "LeReS",
        typeof(LeRes),
        Sizes(
            ("resnext101", initializer => new LeRes(initializer)),
            ("resnet50", initializer => new LeRes(initializer, ResNetOptions.ResNet50)),
            (Tiny, initializer => new LeRes(initializer, s_tiny, TinyChannels))),
        MatchLeRes);

    /// <summary><see cref="Networks.BoostingMerge"/>.</summary>
    public static NetworkKind BoostingMerge() => new(
        "boosting-merge",
        "merge network of Boosting Monocular Depth",
        typeof(BoostingMerge),
        Sizes((Official, initializer => new BoostingMerge(initializer)), (Tiny, initializer => new BoostingMerge(initializer, s_tinyMerge))),
        file => new BoostingMergeOptions[] { new(), s_tinyMerge }
            .Where(size => HasShape(file, "model.model.0.weight", size.Channels, 2, 4, 4)
                && HasShape(file, Innermost(size.Levels), 8 * size.Channels, 8 * size.Channels, 4, 4))
            .Select(size => new NetworkMatch("merge network of Boosting Monocular Depth", initializer => new BoostingMerge(initializer, size), new()))
            .FirstOrDefault());

    private static NetworkMatch? MatchLeRes(NetworkFile file)
    {
        // The released file lacks the start that the released module's own state dictionary has.
        const string start = "depth_model.", encoder = "encoder_modules.encoder", decoder = "decoder_modules";
        bool isBare = file.Has($"{encoder}.conv1.weight");
        string prefix = isBare ? string.Empty : start;
        return new[] { ("LeReS, ResNeXt-101", ResNetOptions.ResNext101, Channels), ("LeReS, ResNet-50", ResNetOptions.ResNet50, Channels), ("LeReS, tiny", s_tiny, TinyChannels) }
            .Where(size => HasEncoder(file, $"{prefix}{encoder}.conv1.weight", [$"{prefix}{encoder}.layer1", .. Stages(prefix + encoder)], size.Item2)
                && HasShape(file, $"{prefix}{decoder}.conv1.weight", size.Item3, 2 * size.Item3, 3, 3))
            .Select(size => new NetworkMatch(size.Item1, initializer => new LeRes(initializer, size.Item2, size.Item3), new()
            {
                NameMap = isBare
                    ? new([WeightRule.Rename($"{encoder}.*", $"{start}{encoder}.*"), WeightRule.Rename($"{decoder}.*", $"{start}{decoder}.*")])
                    : null,
            }))
            .FirstOrDefault();
    }

    private static OrderedDictionary<string, Func<Initializer, Module>> Sizes(params (string Name, Func<Initializer, Module> Create)[] sizes) =>
        new(sizes.Select(size => KeyValuePair.Create(size.Name, size.Create)), StringComparer.Ordinal);

    private static IEnumerable<string> Stages(string prefix) => Enumerable.Range(2, ResNetOptions.Stages - 1).Select(number => $"{prefix}.layer{number}");

    private static bool HasEncoder(NetworkFile file, string convolution, IReadOnlyList<string> stages, ResNetOptions size) =>
        HasShape(file, convolution, size.Channels, 3, 7, 7) && Enumerable.Range(0, stages.Count).All(stage =>
            file.Count(stages[stage] + ".{0}.conv1.weight") == size.Blocks[stage]
            && HasShape(file, $"{stages[stage]}.0.conv2.weight", size.Width(stage), size.Width(stage) / size.Groups, 3, 3));

    private static string Innermost(int levels) => $"model.model.1{string.Concat(Enumerable.Repeat(".model.3", levels - 2))}.model.3.weight";

    private static bool HasShape(NetworkFile file, string name, params ReadOnlySpan<long> shape) => file.Shape(name) is { } found && found.ToArray().AsSpan().SequenceEqual(shape);
}
