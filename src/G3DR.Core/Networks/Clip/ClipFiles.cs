using System.Globalization;
using System.Text.Json;
using G3DR.Core.Weights;
using G3DR.Kernels.Normalization;

namespace G3DR.Core.Networks;

/// <summary>
/// Recognises CLIP, or one of its encoders, in weights files with the names of openai/CLIP or of Hugging Face, and reads sizes off the tensors. What no tensor shows comes
/// from Hugging Face's <c>config.json</c> where it lies beside the file: the activation, and the number of heads.
/// </summary>
internal static class ClipFiles
{
    // What the files hold besides parameters: sizes, in OpenAI's TorchScript archives, and numbers of positions.
    private static readonly string[] s_constants = ["input_resolution", "context_length", "vocab_size", "*position_ids"];

    private static readonly Names[] s_images =
    [
        OpenAiImage(ClipNames.Visual),
        OpenAiImage(string.Empty),
        new(
            false, $"{ClipNames.ImageModel}embeddings.position_embedding.weight", $"{ClipNames.ImageModel}encoder.layers.{{0}}.mlp.fc1.weight", ClipNames.ImageProjection, "vision_config")
        {
            Patches = $"{ClipNames.ImageModel}embeddings.patch_embedding.weight",
        },
    ];

    private static readonly Names[] s_texts =
    [
        new(true, "positional_embedding", "transformer.resblocks.{0}.mlp.c_fc.weight", "text_projection", string.Empty) { Tokens = "token_embedding.weight" },
        new(false, $"{ClipNames.TextModel}embeddings.position_embedding.weight", $"{ClipNames.TextModel}encoder.layers.{{0}}.mlp.fc1.weight", ClipNames.TextProjection, "text_config")
        {
            Tokens = $"{ClipNames.TextModel}embeddings.token_embedding.weight",
        },
    ];

    /// <summary>Both encoders.</summary>
    public static NetworkMatch? MatchBoth(NetworkFile file)
    {
        if (Find(file, image: true) is not { } image || Find(file, image: false) is not { } text || image.IsOpenAi != text.IsOpenAi || image.Prefix.Length == 0 || !file.Has("logit_scale"))
        {
            return null;
        }

        var options = new ClipOptions { Image = ImageOptions(file, image), Text = TextOptions(file, text) };
        options.Validate();
        WeightNameMap? map = image.IsOpenAi ? null : new([.. ClipNames.Text, .. ClipNames.Image(ClipNames.Visual)]);
        return new($"CLIP {options.Image.Name}, {image.Naming}", initializer => new Clip(initializer, options), new() { NameMap = map, Ignore = s_constants });
    }

    /// <summary>The image encoder, alone or beside the other.</summary>
    public static NetworkMatch? MatchImage(NetworkFile file)
    {
        if (Find(file, image: true) is not { } names)
        {
            return null;
        }

        ClipImageOptions options = ImageOptions(file, names);
        options.Validate();
        return new(
            $"the image encoder of CLIP {options.Name}, {names.Naming}",
            initializer => new ClipImageEncoder(initializer, options),
            names.IsOpenAi
                ? new() { Prefix = names.Prefix }
                : new() { NameMap = new(ClipNames.Image(string.Empty)), Ignore = [.. s_constants, "logit_scale", ClipNames.TextModel + "*", ClipNames.TextProjection] });
    }

    /// <summary>The text encoder, alone or beside the other.</summary>
    public static NetworkMatch? MatchText(NetworkFile file)
    {
        if (Find(file, image: false) is not { } names)
        {
            return null;
        }

        ClipTextOptions options = TextOptions(file, names);
        options.Validate();
        string[] others = names.IsOpenAi ? [ClipNames.Visual + "*"] : [ClipNames.ImageModel + "*", ClipNames.ImageProjection];
        return new(
            string.Create(CultureInfo.InvariantCulture, $"the text encoder of CLIP (width {options.Width}, {options.Layers} layers), {names.Naming}"),
            initializer => new ClipTextEncoder(initializer, options),
            new() { NameMap = names.IsOpenAi ? null : new(ClipNames.Text), Ignore = [.. s_constants, "logit_scale", .. others] });
    }

    private static Names? Find(NetworkFile file, bool image) => (image ? s_images : s_texts).FirstOrDefault(names => names.IsIn(file));

    private static ClipImageOptions ImageOptions(NetworkFile file, Names names)
    {
        int patch = file.Size(names.Patches!, 2), positions = file.Size(names.Positions, 0) - 1, side = (int)Math.Sqrt(positions);
        if (side < 1 || side * side != positions || file.Shape(names.Patches!) is not [_, 3, _, _] || file.Size(names.Patches!, 3) != patch)
        {
            throw new WeightsFormatException($"{file.Source}: '{names.Patches}' and '{names.Positions}' are not those of square patches of square pictures.");
        }

        return Common(file, names, new ClipImageOptions { ImageSize = checked(side * patch), PatchSize = patch });
    }

    private static ClipTextOptions TextOptions(NetworkFile file, Names names) => Common(
        file, names, new ClipTextOptions { ContextLength = file.Size(names.Positions, 0), VocabularySize = file.Size(names.Tokens!, 0) });

    // Every block's largest matrix is there in its size: what the network takes is then a small multiple of the file, whatever else the file claims.
    private static T Common<T>(NetworkFile file, Names names, T options)
        where T : ClipEncoderOptions
    {
        int width = file.Size(names.Positions, 1), layers = file.Count(names.Expansion), hidden = layers > 0 ? file.Size(Expansion(0), 0) : 0;
        for (int layer = 0; layer < layers; layer++)
        {
            if (file.Size(Expansion(layer), 0) != hidden || file.Size(Expansion(layer), 1) != width || file.Shape(Expansion(layer))!.Count != 2)
            {
                throw new WeightsFormatException($"{file.Source}: '{Expansion(layer)}' does not fit '{names.Positions}'.");
            }
        }

        return options with
        {
            Width = width,
            Layers = layers,
            Heads = names.IsOpenAi ? null : Setting(file, names, "num_attention_heads") is { } heads ? heads.GetInt32() : null,
            HiddenWidth = hidden == 4L * width ? null : hidden,
            EmbeddingWidth = file.Has(names.Projection) ? file.Size(names.Projection, names.IsOpenAi ? 1 : 0) : null,
            Activation = names.IsOpenAi ? Activation.QuickGelu : ActivationOf(file, names),
        };

        string Expansion(int layer) => string.Format(CultureInfo.InvariantCulture, names.Expansion, layer);
    }

    private static Activation ActivationOf(NetworkFile file, Names names) => Setting(file, names, "hidden_act")?.ToString() switch
    {
        null or "quick_gelu" => Activation.QuickGelu,
        "gelu" => Activation.Gelu,
        { } other => throw new WeightsFormatException($"{file.Source}: the activation '{other}' of its config.json is unknown; needed is quick_gelu or gelu."),
    };

    // Both encoders have settings of their own where a file holds both.
    private static JsonElement? Setting(NetworkFile file, Names names, string name)
    {
        if (file.Config is not { ValueKind: JsonValueKind.Object } config)
        {
            return null;
        }

        JsonElement part = config.TryGetProperty(names.Config, out JsonElement inner) && inner.ValueKind == JsonValueKind.Object ? inner : config;
        return part.TryGetProperty(name, out JsonElement value) && value.ValueKind is JsonValueKind.String or JsonValueKind.Number ? value : null;
    }

    private static Names OpenAiImage(string prefix) => new(true, $"{prefix}positional_embedding", $"{prefix}transformer.resblocks.{{0}}.mlp.c_fc.weight", $"{prefix}proj", string.Empty)
    {
        Prefix = prefix,
        Patches = $"{prefix}conv1.weight",
    };

    // Names that tell an encoder and its sizes.
    private sealed record Names(bool IsOpenAi, string Positions, string Expansion, string Projection, string Config)
    {
        // Before the names of the image encoder in OpenAI's files; nothing where it was saved alone.
        public string Prefix { get; init; } = ClipNames.Visual;

        public string? Patches { get; init; }

        public string? Tokens { get; init; }

        public string Naming => IsOpenAi ? "OpenAI names" : "Hugging Face names";

        public bool IsIn(NetworkFile file) => file.Has(Positions) && file.Has(Patches ?? Tokens!) && file.Count(Expansion) > 0;
    }
}
