using System.Text.Json;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;
using G3DR.Core.Verification;
using G3DR.Core.Weights;
using G3DR.Kernels.Normalization;
using G3DR.Tests.Support;

namespace G3DR.Tests.Networks;

public class ClipTests
{
    private const string OpenAi = "pretrained/clip_small_openai_f16.safetensors", HuggingFace = "pretrained/clip_small_hf_f32.safetensors";

    public static TheoryData<string> Configurations => TestDevice.Configurations;

    [SkippableTheory]
    [MemberData(nameof(Configurations))]
    public void Files_of_both_namings_give_the_reference_on_every_device(string configuration)
    {
        using TestDevice device = TestDevice.Create(configuration);

        // Five activations, two embeddings, a gradient.
        Assert.Equal((device.HasFloat64 ? 2 : 1) * 2 * (5 + 2 + 1), PretrainedFiles.Verify(device, "clip_small_expected").Checks.Count);
    }

    [Theory]
    [InlineData("clip_vit_b32", 6 + 3 + 1)]
    [InlineData("clip_vit_b16", 6 + 3 + 1)]
    [InlineData("clip_vit_l14_text", 3 + 2)]
    public void Published_sizes_give_the_reference(string name, int rows)
    {
        using var device = new TestDevice();
        FileVerification file = PretrainedFiles.Verify(device, name);
        Assert.Equal(rows, file.Checks.Count);
        Assert.All(file.Checks, check => Assert.Equal(VerificationPath.Composed, check.Path));
    }

    [Fact]
    public void Names_and_shapes_are_those_of_the_published_files()
    {
        using var device = new TestDevice();
        using (var clip = new Clip(Initializer.Empty(device)))
        {
            PretrainedFiles.AssertNames("clip_vit_b32", clip);
        }

        using var other = new Clip(Initializer.Empty(device), ClipOptions.VitB16);
        PretrainedFiles.AssertNames("clip_vit_b16", other);
        Assert.Equal(149_620_737, other.ParameterCount);
    }

    [Theory]
    [InlineData("clip_vit_b32", "CLIP ViT-B/32, Hugging Face names")]
    [InlineData("clip_vit_b16", "CLIP ViT-B/16, Hugging Face names")]
    [InlineData("clip_vit_l14_text", "the text encoder of CLIP (width 768, 12 layers), Hugging Face names")]
    public void Hugging_Face_s_listings_are_recognised_and_complete(string listing, string expected)
    {
        using JsonDocument names = JsonDocument.Parse(File.ReadAllText(Vectors.PathOf($"pretrained/{listing}.names.json")));
        var shapes = names.RootElement.GetProperty("namings").GetProperty("huggingface").EnumerateObject()
            .ToDictionary(entry => entry.Name, entry => entry.Value.EnumerateArray().Select(size => size.GetInt64()).ToArray());
        (NetworkKind kind, NetworkMatch match) = NetworkLoader.Identify(new NetworkFile("memory", shapes))[0];
        Assert.Equal(expected, match.Description);
        using var device = new TestDevice();
        using Module network = match.Create(Initializer.Empty(device));
        Assert.IsType(kind.Module, network);

        // Joined rows stand for three tensors; a file may hold numbers of positions as well.
        IEnumerable<string> renamed = shapes.Keys.Append("text_model.embeddings.position_ids").Select(match.Options.NameMap!.Apply).Distinct();
        Assert.Equal(network.State.Keys.Append("text_model.embeddings.position_ids").Order(StringComparer.Ordinal), renamed.Order(StringComparer.Ordinal));
        Assert.Contains("*position_ids", match.Options.Ignore);
    }

    [Fact]
    public void Either_encoder_is_loaded_alone_from_files_of_either_naming()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        using Clip clip = NetworkLoader.Load<Clip>(Vectors.PathOf(OpenAi), device);
        Assert.All(clip.Parameters.Values, parameter => Assert.False(parameter.RequiresGrad));
        Tensor picture = Tensor.Normal(device, [1, 32, 32, 3], seed: 1);
        int[][] texts = [[5, 300, 319, 0], [7, 319, 319, 8]];
        float[] image = clip.EncodeImage(picture).ToSingles(), text = clip.EncodeText(texts).ToSingles();
        foreach (string file in (string[])[OpenAi, HuggingFace])
        {
            using ClipImageEncoder images = NetworkLoader.Load<ClipImageEncoder>(Vectors.PathOf(file), device);
            using ClipTextEncoder words = NetworkLoader.Load<ClipTextEncoder>(Vectors.PathOf(file), device);
            Assert.Equal(image, images.Forward(picture).ToSingles());
            Assert.Equal(text, words.Forward(texts).ToSingles());
            using var folder = new TemporaryFolder();
            images.Save(folder.PathOf("image.safetensors"));
            words.Save(folder.PathOf("text.safetensors"));
            using ClipImageEncoder again = NetworkLoader.Load<ClipImageEncoder>(folder.PathOf("image.safetensors"), device);
            using ClipTextEncoder wordsAgain = NetworkLoader.Load<ClipTextEncoder>(folder.PathOf("text.safetensors"), device);
            Assert.Equal(image, again.Forward(picture).ToSingles());
            Assert.Equal(text, wordsAgain.Forward(texts).ToSingles());
        }
    }

    [Fact]
    public void OpenAI_s_archives_load_with_the_sizes_they_hold_besides()
    {
        using var device = new TestDevice();
        using Clip clip = NetworkLoader.Load<Clip>(Vectors.PathOf("pretrained/pt_torchscript_clip_tiny.pt"), device);
        Assert.Equal((16, 8, 40, 8, 16), (clip.Options.Image.ImageSize, clip.Options.Image.PatchSize, clip.Options.Text.VocabularySize, clip.Options.Text.ContextLength, clip.Options.Text.EmbeddingWidth!.Value));
        using SafetensorsFile expected = SafetensorsFile.Open(Vectors.PathOf("pretrained/pt_torchscript_clip_tiny_expected.safetensors"));
        Assert.All(clip.State, entry => Assert.Equal(expected[entry.Key].ReadSingles(), entry.Value.ToSingles()));
    }

    [Theory]
    [InlineData("""{"text_config": {"hidden_act": "gelu"}, "vision_config": {"num_attention_heads": 4}}""", Activation.Gelu, Activation.QuickGelu, 4)]
    [InlineData("""{"hidden_act": "gelu"}""", Activation.Gelu, Activation.Gelu, null)]
    [InlineData("""{"vision_config": {"hidden_act": "quick_gelu"}}""", Activation.QuickGelu, Activation.QuickGelu, null)]
    public void What_no_tensor_shows_is_read_from_the_config(string config, Activation text, Activation image, int? heads)
    {
        using var device = new TestDevice();
        using var folder = new TemporaryFolder();
        File.Copy(Vectors.PathOf(HuggingFace), folder.PathOf("model.safetensors"));
        File.WriteAllText(folder.PathOf("config.json"), config);
        using Clip clip = NetworkLoader.Load<Clip>(folder.Path, device);
        Assert.Equal((text, image, heads), (clip.Options.Text.Activation, clip.Options.Image.Activation, clip.Options.Image.Heads));
    }

    [Fact]
    public void Files_that_contradict_themselves_are_no_CLIP()
    {
        using WeightFile original = WeightFile.Open(Vectors.PathOf(OpenAi));
        Dictionary<string, long[]> shapes = original.Tensors.ToDictionary(entry => entry.Key, entry => entry.Value.Shape);
        Assert.NotNull(Clip.Kind.Match(new("memory", shapes)));
        foreach ((string name, long[] shape) in (ReadOnlySpan<(string, long[])>)
        [
            ("visual.conv1.weight", [128, 3, 8, 4]), ("visual.conv1.weight", [128, 4, 8, 8]), ("visual.positional_embedding", [18, 128]), ("visual.positional_embedding", [1, 128]),
            ("visual.positional_embedding", [17, 1 << 20]), ("visual.transformer.resblocks.1.mlp.c_fc.weight", [0, 0]), ("text_projection", [64, 47]), ("positional_embedding", [16, 65]),
        ])
        {
            Assert.Null(Clip.Kind.Match(new("memory", new Dictionary<string, long[]>(shapes) { [name] = shape })));
        }

        // Blocks that only claim to be there do not count.
        var claimed = new Dictionary<string, long[]>(shapes);
        for (int layer = 2; layer < 1000; layer++)
        {
            claimed.Add($"visual.transformer.resblocks.{layer}.mlp.c_fc.weight", [0, 128]);
        }

        Assert.Null(Clip.Kind.Match(new("memory", claimed)));
    }

    [Fact]
    public void Impossible_sizes_and_inputs_are_refused()
    {
        foreach (Action impossible in (Action[])
        [
            () => new ClipImageOptions { Width = 100 }.Validate(), () => new ClipImageOptions { Heads = 5 }.Validate(), () => new ClipImageOptions { ImageSize = 20 }.Validate(),
            () => new ClipImageOptions { Activation = Activation.Relu }.Validate(), () => new ClipImageOptions { PatchSize = 0 }.Validate(), () => new ClipTextOptions { Layers = 0 }.Validate(),
            () => new ClipTextOptions { ContextLength = 0 }.Validate(), () => new ClipOptions { Text = new() { EmbeddingWidth = 9 } }.Validate(),
        ])
        {
            Assert.Throws<ArgumentException>(impossible);
        }

        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        using Clip clip = NetworkLoader.Load<Clip>(Vectors.PathOf(OpenAi), device);
        Assert.Contains("(N, 32, 32, 3)", Assert.Throws<ArgumentException>(() => clip.EncodeImage(Tensor.Zeros(device, [1, 32, 31, 3]))).Message, StringComparison.Ordinal);
        Assert.Contains("1 to 16", Assert.Throws<ArgumentException>(() => clip.EncodeText([new int[17]])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => clip.EncodeText([]));
        Assert.Throws<ArgumentException>(() => clip.EncodeText([[1, 2], [1]]));
        Assert.Throws<ArgumentOutOfRangeException>(() => clip.EncodeText([[1, 320]]));
        Assert.Throws<ArgumentOutOfRangeException>(() => clip.Text.HiddenState([[1]], layers: 3));
        Assert.Throws<ArgumentException>(() => Clip.Cosine(Tensor.Zeros(device, [1, 2]), Tensor.Zeros(device, [1, 3])));
    }

    [Fact]
    public void Texts_depend_on_what_stands_up_to_their_largest_token_only()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        using ClipTextEncoder encoder = NetworkLoader.Load<ClipTextEncoder>(Vectors.PathOf(OpenAi), device);
        float[] expected = encoder.Forward([[5, 6, 319]]).ToSingles();
        Assert.Equal(expected, encoder.Forward([[5, 6, 319, 0, 0, 0]]).ToSingles().Take(expected.Length), Near);
        Assert.Equal(expected, encoder.Forward([[5, 6, 319, 319, 9, 319]]).ToSingles(), Near);
        Assert.NotEqual(expected, encoder.Forward([[5, 7, 319]]).ToSingles(), Near);

        // States before the last block, and without the last normalisation.
        Tensor all = encoder.HiddenState([[5, 6, 319]]), first = encoder.HiddenState([[5, 6, 319]], layers: 1, normalize: false), none = encoder.HiddenState([[5, 6, 319]], layers: 0, normalize: false);
        float[]? seen = null;
        encoder.Forward([[5, 6, 319]], (name, tensor) => seen = name == "block0" ? tensor.ToSingles() : seen);
        Assert.Equal(seen, first.ToSingles());
        Assert.Equal(encoder.Parameters["token_embedding.weight"].Slice(0, 5, 1).ToSingles()[0] + encoder.Parameters["positional_embedding"].ToSingles()[0], none.ToSingles()[0]);
        Assert.Equal(all.Shape, first.Shape);

        static bool Near(float a, float b) => Math.Abs(a - b) < 1e-5;
    }

    [Fact]
    public void Similarity_is_the_scaled_cosine()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        using Clip clip = NetworkLoader.Load<Clip>(Vectors.PathOf(OpenAi), device);
        Tensor first = Tensor.FromArray(device, [3f, 4f, 0f, 0f], [2, 2]), second = Tensor.FromArray(device, [0f, 2f], [1, 2]);

        // cos = 4 / 5; embeddings of zeros have no direction, and no NaN. 1 / 0.07 is about 14.29.
        Assert.Equal(0.8, Clip.Cosine(first, second).ToDoubles()[0], 6);
        Assert.Equal(0, Clip.Cosine(first, second).ToDoubles()[1]);
        Assert.Equal(0.8 * Math.Exp(clip.LogitScale.Item()), clip.Similarity(first, second).ToDoubles()[0], 4);
        Assert.Equal(1 / 0.07, Math.Exp(Clip.InitialLogitScale), 9);
    }

    [Fact]
    public void Inference_frees_what_lies_between_blocks()
    {
        using var device = new TestDevice();
        using var encoder = new ClipImageEncoder(Initializer.Random(device), new() { Width = 64, Layers = 8, ImageSize = 64, PatchSize = 4, EmbeddingWidth = 8 });
        using Tensor x = Tensor.Normal(device, [1, 64, 64, 3], seed: 1);
        long tokens = encoder.Options.ImageSize * encoder.Options.ImageSize / 16 * encoder.Options.Width * sizeof(float), before = device.Accelerator.Memory.BytesInUse;
        device.Accelerator.Memory.ResetPeak();
        using (device.Accelerator.NoGrad())
        {
            encoder.Forward(x).Dispose();
        }

        // Input and output of a block, its first half, and four times as much for the hidden units, before and after their activation.
        Assert.InRange(device.Accelerator.Memory.PeakBytes - before, tokens, 14 * tokens);
        Assert.Equal(before, device.Accelerator.Memory.BytesInUse);
    }

    [Fact]
    public void The_report_counts_products_and_parameters()
    {
        using var device = new TestDevice();
        using var encoder = new ClipImageEncoder(Initializer.Empty(device));
        var report = ModelReport.Of(encoder, [1, 224, 224, 3]);
        Assert.Equal(encoder.ParameterCount, report.Parameters);

        // 50 tokens of width 768: twelve blocks of 12 width^2 products a token and those of attention, the patches, the projection.
        const long width = 768;
        Assert.Equal(2 * ((12 * ((50 * 12 * width * width) + (2 * 50 * 50 * width))) + (49 * 3 * 32 * 32 * width) + (width * 512)), report.Flops);
    }
}
