using System.Text.Json;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;
using G3DR.Core.Weights;

namespace G3DR.Core.Verification.Verifiers;

/// <summary>
/// pretrained/clip_vit_b32 and so on: both encoders with hash-made weights, and the gradient of the picture; and clip_small_expected: the same from two weights files beside it,
/// one for each naming.
/// </summary>
internal sealed class ClipVerifier() : PretrainedVerifier("clip_small", "clip_vit_b")
{
    // Small networks are a few hundred channels wide at most.
    private const int LargeWidth = 512;

    public override bool KnowsConfig(JsonElement config) => base.KnowsConfig(config) && config.Optional("config") is { } sizes
        && sizes.HasAll("embed_dim", "image_resolution", "vision_width", "vision_layers", "vision_patch_size", "transformer_width", "transformer_layers", "vocab_size", "context_length");

    protected override bool IsLarge(ReferenceVectors vectors) => vectors.Config.Entry("config").Integer("vision_width") >= LargeWidth;

    protected override IEnumerable<VectorCheck> Verify(VectorRun run)
    {
        if (run.Config.Optional("weights") is null)
        {
            using Clip clip = run.Fill(new Clip(Initializer.Empty(run.Device, run.DType), Options(run.Config.Entry("config"))));
            SetLogitScale(clip);
            foreach (VectorCheck check in Verify(run, clip, run.MadeImages("input"), run.Made("cotangent")))
            {
                yield return check;
            }

            yield break;
        }

        foreach (string name in run.Config.Items("weights").Select(item => item.GetString()!))
        {
            using Clip clip = Load(run, Path.Combine(Path.GetDirectoryName(run.FilePath)!, Path.GetFileName(name)));
            foreach (VectorCheck check in Verify(run, clip, run.GetImages("input"), run.Get("cotangent")))
            {
                yield return check;
            }
        }
    }

    private static IEnumerable<VectorCheck> Verify(VectorRun run, Clip clip, Tensor input, Tensor cotangent)
    {
        List<VectorCheck> rows = [];
        Action<string, Tensor> observe = run.Observe(rows);
        VectorRun.Leaf(input);
        Tensor pictures = clip.EncodeImage(input, observe), texts = clip.EncodeText(Rows(run, "tokens"), observe);
        foreach (VectorCheck row in rows)
        {
            yield return row;
        }

        yield return run.Check("image_features", pictures);
        yield return run.Check("text_features", texts);
        if (run.Contains("logits_per_image"))
        {
            yield return run.Check("logits_per_image", clip.Similarity(pictures, texts));
        }

        yield return run.CheckImages("grad_input", Autograd.Gradients([pictures], [cotangent], [input])[0]);
    }

    /// <summary>Rows of tokens of a file.</summary>
    internal static int[][] Rows(VectorRun run, string name)
    {
        int length = run.Shape(name)[^1];
        return [.. run.Integers(name).Select(token => checked((int)token)).Chunk(length)];
    }

    private static void SetLogitScale(Clip clip)
    {
        using Tensor initial = Tensor.Full(clip.LogitScale.Accelerator, clip.LogitScale.Shape, Clip.InitialLogitScale, clip.LogitScale.DType);
        clip.LogitScale.CopyFrom(initial);
    }

    private static Clip Load(VectorRun run, string path)
    {
        using WeightFile file = WeightFile.Open(path);
        NetworkMatch match = Clip.Kind.Match(new(file)) ?? throw new FormatException($"{path} is no CLIP.");
        var clip = (Clip)Initializer.Empty(run.Device, run.DType).Build(match.Create);
        clip.Load(file, match.Options);
        clip.Freeze();
        return clip;
    }

    private static ClipOptions Options(JsonElement config) => new()
    {
        Image = new()
        {
            ImageSize = config.Integer("image_resolution"),
            PatchSize = config.Integer("vision_patch_size"),
            Width = config.Integer("vision_width"),
            Layers = config.Integer("vision_layers"),
            EmbeddingWidth = config.Integer("embed_dim"),
        },
        Text = new()
        {
            ContextLength = config.Integer("context_length"),
            VocabularySize = config.Integer("vocab_size"),
            Width = config.Integer("transformer_width"),
            Layers = config.Integer("transformer_layers"),
            EmbeddingWidth = config.Integer("embed_dim"),
        },
    };
}
