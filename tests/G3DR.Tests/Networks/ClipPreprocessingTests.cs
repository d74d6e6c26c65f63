using G3DR.Core.Imaging;
using G3DR.Core.Losses;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;
using G3DR.Tests.Support;

namespace G3DR.Tests.Networks;

public class ClipPreprocessingTests
{
    private const string Weights = "pretrained/clip_small_openai_f16.safetensors";

    [Fact]
    public void Pictures_of_any_kind_become_a_normalised_square()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        var deep = new Image(9, 5, channels: 2, bitDepth: 16);
        for (int i = 0; i < deep.Data16.Length; i++)
        {
            deep.Data16[i] = (ushort)(i % 2 == 0 ? 0x8080 : 0xFFFF);
        }

        Tensor tensor = ClipPreprocessing.ToTensor(device, [new Image(40, 7, channels: 3), deep], size: 6);
        Assert.Equal(new Shape(2, 6, 6, 3), tensor.Shape);

        // Black, and opaque grey of 128 / 255.
        float[] values = tensor.ToSingles();
        Assert.Equal((0 - 0.48145466f) / 0.26862954f, values[0]);
        Assert.Equal(((128 / 255f) - 0.40821073f) / 0.27577711f, values[^1]);
        Assert.Throws<ArgumentException>(() => ClipPreprocessing.ToTensor(device, [], size: 6));
        Assert.Throws<ArgumentOutOfRangeException>(() => ClipPreprocessing.Crop(deep, 0));
    }

    [Fact]
    public void Rendered_pictures_are_normalised_like_files()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        var image = new Image(6, 6, channels: 3);
        for (int i = 0; i < image.Data8.Length; i++)
        {
            image.Data8[i] = (byte)(i * 2);
        }

        float[] expected = ClipPreprocessing.ToTensor(device, [image], size: 6).ToSingles();
        Tensor colors = Tensor.FromArray(device, image.ToFloat(), [1, 6, 6, 3]);
        AssertNear(expected, ClipPreprocessing.Normalize(colors));
        AssertNear(expected, ClipPreprocessing.FromRendered(colors.Affine(2, -1), size: 6));

        // Another size: each pixel the mean of four, where sides are halved without antialiasing.
        Tensor half = ClipPreprocessing.FromRendered(colors.Affine(2, -1), size: 3);
        AssertNear(ClipPreprocessing.Normalize(Functional.AvgPool2d(colors, (2, 2))).ToSingles(), half);
        Assert.Throws<ArgumentException>(() => ClipPreprocessing.Normalize(colors.Slice(3, 0, 2)));
    }

    [Fact]
    public void Losses_are_zero_at_their_target_and_lead_there()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        using ClipImageEncoder encoder = NetworkLoader.Load<ClipImageEncoder>(Vectors.PathOf(Weights), device);
        var loss = new ClipLoss(encoder);
        Tensor picture = Tensor.Uniform(device, [2, 20, 24, 3], seed: 1).Affine(2, -1), other = Tensor.Uniform(device, [2, 20, 24, 3], seed: 2).Affine(2, -1);
        Tensor target = loss.Constant(picture);
        Assert.Equal(0, loss.L1(picture, target).Item());
        Assert.Equal(0, loss.Cosine(picture.Slice(0, 0, 1), target.Slice(0, 0, 1)).Item(), 5);

        // Unnormalised embeddings, the mean over all their numbers.
        double[] a = loss.Embed(other).ToDoubles(), b = target.ToDoubles();
        Assert.Equal(a.Zip(b, (x, y) => Math.Abs(x - y)).Average(), loss.L1(other, target).Item(), 6);
        foreach (Func<Tensor, Tensor> measure in (Func<Tensor, Tensor>[])[x => loss.L1(x, target), x => loss.Cosine(x, target)])
        {
            Tensor leaf = other.Clone();
            leaf.RequiresGrad = true;
            Tensor before = measure(leaf);
            before.Backward();
            Tensor step = leaf.Grad! * (0.01 / Math.Sqrt(leaf.Grad!.Square().Sum().Item()));
            double predicted = (leaf.Grad! * step).Sum().Item(), after = measure(other - step).Item();
            Assert.InRange(before.Item() - after, 0.5 * predicted, 1.5 * predicted);
        }

        Assert.All(encoder.Parameters.Values, parameter => Assert.Null(parameter.Grad));
        Assert.Throws<ArgumentException>(() => loss.L1(picture, target.Slice(0, 0, 1)));
        Assert.Throws<ArgumentException>(() => loss.Embed(target));
    }

    [Fact]
    public void Photos_are_compared_with_texts_and_with_each_other()
    {
        using var device = new TestDevice();
        using var folder = new TemporaryFolder();
        string weights = folder.PathOf("model.safetensors");
        using (Clip small = SmallClip(device))
        {
            small.Save(weights);
        }

        var photo = new Image(50, 40, channels: 3);
        var other = new Image(40, 50, channels: 3);
        other.Data8.Fill(200);
        using (ClipScorer blind = ClipScorer.Open(weights, vocabulary: null, device))
        {
            Assert.False(blind.ReadsTexts);
            Assert.Equal(1, blind.Score(photo, photo), 5);
            Assert.InRange(blind.Score(photo, other), -1, 0.99999);
            Assert.Contains("vocab.json", Assert.Throws<FileNotFoundException>(() => blind.Score(photo, ["cat"])).Message, StringComparison.Ordinal);
        }

        ClipVocabularyFiles.WriteList(folder, "c a", "t h");
        using ClipScorer scorer = ClipScorer.Open(weights, vocabulary: null, device);
        string[] texts = ["a cat", "a photo of a dog that is longer than the context", "a cat"];
        IReadOnlyList<ClipScore> scores = scorer.Score(photo, texts);
        Assert.Equal(texts, scores.Select(score => score.Text));
        Assert.Equal(1, scores.Sum(score => score.Probability), 6);
        Assert.Equal(scores[0] with { Text = string.Empty }, scores[2] with { Text = string.Empty });
        Assert.NotEqual(scores[0].Cosine, scores[1].Cosine);
        Assert.Throws<ArgumentException>(() => scorer.Score(photo, []));
    }

    /// <summary>A network whose weights mean nothing, for vocabularies of bytes and a few merges.</summary>
    internal static Clip SmallClip(TestDevice device) => new(Initializer.Random(device, seed: 5), new()
    {
        Image = new() { Width = 64, Layers = 1, ImageSize = 16, PatchSize = 8, EmbeddingWidth = 16 },
        Text = new() { Width = 64, Layers = 1, ContextLength = 12, VocabularySize = 600, EmbeddingWidth = 16 },
    });

    private static void AssertNear(float[] expected, Tensor actual) =>
        Assert.All(expected.Zip(actual.ToSingles()), pair => Assert.InRange(pair.First - pair.Second, -1e-5, 1e-5));
}
