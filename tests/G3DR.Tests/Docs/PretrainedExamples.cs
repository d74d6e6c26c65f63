using G3DR.Compute;
using G3DR.Core.Depth;
using G3DR.Core.Imaging;
using G3DR.Core.Metrics;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;
using G3DR.Core.Weights;
using G3DR.Tests.Networks;
using G3DR.Tests.Support;

namespace G3DR.Tests.Docs;

/// <summary>The examples of docs/pretrained.md, with networks that have learnt nothing.</summary>
public sealed class PretrainedExamples : IDisposable
{
    private readonly TestDevice _device = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _device.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Pictures_are_enlarged()
    {
        using (var network = new Rcan(Initializer.Random(_device), RcanTests.Small))
        {
            network.Save(_folder.PathOf("rcan.safetensors"));
        }

        UpscalerTests.Picture(20, 16, 3, 8).SavePng(_folder.PathOf("photo.png"));
        Enlarge(_device, _folder.PathOf("rcan.safetensors"), _folder.PathOf("photo.png"), _folder.PathOf("large.png"));
        Assert.Equal(40, Image.Load(_folder.PathOf("large.png")).Width);
    }

    [Fact]
    public void Sets_of_pictures_are_compared()
    {
        using (var network = new FidInception(Initializer.Random(_device)))
        {
            network.Save(_folder.PathOf("inception.safetensors"), dtype: WeightDtype.F16);
        }

        for (int i = 0; i < 4; i++)
        {
            string folder = Directory.CreateDirectory(_folder.PathOf(i < 2 ? "real" : "generated")).FullName;
            UpscalerTests.Picture(20 + (4 * i), 16, 3, 8).SavePng(Path.Combine(folder, $"{i}.png"));
        }

        (double fid, KernelDistance kid, InceptionScoreResult score) = Compare(_device, _folder.PathOf("inception.safetensors"), _folder.PathOf("real"), _folder.PathOf("generated"));
        Assert.True(fid > 0 && double.IsFinite(kid.Mean) && score.Mean >= 1 - 1e-9);
    }

    [Fact]
    public void Photos_are_compared_with_texts()
    {
        string weights = _folder.PathOf("clip.safetensors"), photo = _folder.PathOf("photo.png");
        using (Clip clip = ClipPreprocessingTests.SmallClip(_device))
        {
            clip.Save(weights);
        }

        UpscalerTests.Picture(20, 16, 3, 8).SavePng(photo);
        string vocabulary = ClipVocabularyFiles.WriteList(_folder, "a t</w>", "c at</w>");
        Score(_device, weights, photo);
        Assert.Equal(new(1, 16), Embed(_device, weights, photo));
        (int[] tokens, string text) = Tokenize(vocabulary);
        Assert.Equal(77, tokens.Length);
        Assert.StartsWith("a ", text, StringComparison.Ordinal);
    }

    private static void Score(Accelerator device, string weights, string photo)
    {
        using ClipScorer scorer = ClipScorer.Open(weights, vocabulary: null, device);
        foreach (ClipScore score in scorer.Score(Image.Load(photo), ["a photo of a cat", "a photo of a dog"]))
            Console.WriteLine($"{score.Cosine:F3} {score.Probability:P1} {score.Text}");
    }

    private static Shape Embed(Accelerator device, string weights, string photo)
    {
        using ClipImageEncoder encoder = NetworkLoader.Load<ClipImageEncoder>(weights, device);
        using Tensor input = ClipPreprocessing.ToTensor(device, [Image.Load(photo)], encoder.Options.ImageSize);
        using Tensor embedding = encoder.Forward(input);
        return embedding.Shape;
    }

    private static (int[] Tokens, string Text) Tokenize(string vocabulary)
    {
        var tokenizer = ClipTokenizer.Open(vocabulary);
        int[] tokens = tokenizer.Tokenize("a photo of a cat");       // start, text, end, and zeros up to 77
        string text = tokenizer.Decode(tokens.AsSpan(1, 5));         // "a photo of a cat "
        return (tokens, text);
    }

    private static void Enlarge(Accelerator device, string weights, string photo, string file)
    {
        using var upscaler = Upscaler.Load(weights, device);
        Image large = upscaler.Upscale(Image.Load(photo), new() { TileSize = 128 });
        large.SavePng(file);
    }

    private static (double Fid, KernelDistance Kid, InceptionScoreResult Score) Compare(Accelerator device, string weights, string realFolder, string generatedFolder)
    {
        using FidInception inception = NetworkLoader.Load<FidInception>(weights, device);
        var options = new PictureFeatureOptions { KeepFeatures = true, KeepLogits = true };
        PictureFeatures real = PictureFeatures.OfFolder(inception, realFolder, options), generated = PictureFeatures.OfFolder(inception, generatedFolder, options);
        double fid = FrechetDistance.Compute(real.Statistics, generated.Statistics);
        KernelDistance kid = KernelInceptionDistance.Compute(real.Features, generated.Features, FidInception.FeatureCount);
        InceptionScoreResult score = InceptionScore.Compute<float>(generated.Logits, FidInception.ClassCount, parts: 2);
        return (fid, kid, score);
    }

    [Fact]
    public void A_photo_gets_a_depth_map()
    {
        using var folder = new TemporaryFolder();
        string weights = folder.PathOf("depth.safetensors"), file = folder.PathOf("depth.png");
        using (var device = new TestDevice())
        {
            UntrainedWeights.Save(weights, device, new() { Network = DepthAnything.Kind, Size = "tiny" });
        }

        float[] distances = Estimate(weights, Path.Combine(Documents.Root, "samples", "toys.png"), file);
        Image map = Image.Load(file);
        Assert.Equal((map.Width * map.Height, 16), (distances.Length, map.BitDepth));
        Assert.All(distances, distance => Assert.InRange(distance, 4f, 6f));
    }

    [Fact]
    public void Depth_is_boosted()
    {
        string weights = _folder.PathOf("depth.safetensors"), merge = _folder.PathOf("merge.safetensors"), photo = _folder.PathOf("photo.png");
        UntrainedWeights.Save(weights, _device, new() { Network = DepthAnything.Kind, Size = "tiny" });
        UntrainedWeights.Save(merge, _device, new() { Network = BoostingMerge.Kind, Size = "tiny" });
        new Image(90, 70, 3).SavePng(photo);
        Assert.Equal((90, 70), Boost(weights, merge, photo));
    }

    private static (int Width, int Height) Boost(string weights, string merge, string photo)
    {
        using Accelerator device = Accelerator.CreateDefault();
        using BoostedDepth boost = BoostedDepth.Load(merge, device);
        using DepthEstimator depth = DepthEstimator.Load(weights, device, new() { Strategy = boost });
        DepthMap map = depth.Estimate(Image.Load(photo));
        return (map.Width, map.Height);
    }

    [Fact]
    public void A_photo_is_classified_and_compared()
    {
        using var folder = new TemporaryFolder();
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        string weights = folder.PathOf("squeezenet.safetensors"), heads = folder.PathOf("heads.safetensors");
        UntrainedWeights.Save(weights, device, new() { Network = NetworkKind.Find("squeezenet"), Seed = 1 });
        UntrainedWeights.Save(heads, device, new() { Network = NetworkKind.Find("lpips-heads"), Size = "squeeze", Seed = 1 });
        Assert.Equal(1000, Classify(weights, Path.Combine(Documents.Root, "samples", "toys.png"), device));
        Tensor a = Tensor.Uniform(device, [2, 32, 32, 3], seed: 1), b = Tensor.Uniform(device, [2, 32, 32, 3], seed: 2);
        Assert.Equal(2, Compare(weights, heads, a, b, device).Length);
    }

    private static long Classify(string weights, string photo, Accelerator device)
    {
        using var network = NetworkLoader.Load<ImageClassifier>(weights, device);
        using Tensor picture = ImageNet.Prepare(device, Image.Load(photo));
        using Tensor scores = network.Forward(picture);
        return scores.Length;
    }

    private static float[] Compare(string backbone, string heads, Tensor a, Tensor b, Accelerator device)
    {
        using Lpips lpips = Lpips.Load(backbone, heads, device);
        using Tensor distance = lpips.Distance(a, b);
        return distance.ToSingles();
    }

    private static float[] Estimate(string weights, string photo, string file)
    {
        using Accelerator device = Accelerator.CreateDefault();
        using DepthEstimator depth = DepthEstimator.Load(weights, device);
        DepthMap map = depth.Estimate(Image.Load(photo), new Progress<DepthProgress>(p => Console.Write($"\r{p.Done}/{p.Total} {p.Part} ")));
        map.ToImage().SavePng(file);                    // 16 bits, 0 near to 65535 far
        float[] distances = map.ToDistances();          // along rays, 4 near to 6 far
        return distances;
    }
}
