using System.Text.Json;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;
using G3DR.Tests.Support;

namespace G3DR.Tests.Networks;

public class ClassifierTests
{
    // Name of the listing, and billions of operations for 224 x 224 pixels as the literature states them (two for each multiplication with addition).
    public static TheoryData<string, double> Networks => new() { { "vgg", 30.9 }, { "alex", 1.43 }, { "squeeze", 0.70 } };

    public static TheoryData<string> Names => ["vgg", "alex", "squeeze"];

    [Theory]
    [MemberData(nameof(Networks))]
    public void Names_shapes_and_cost_are_those_of_torchvision(string name, double gigaflops)
    {
        using JsonDocument listing = JsonDocument.Parse(File.ReadAllText(Vectors.PathOf($"pretrained/lpips_{name}.names.json")));
        using var device = new TestDevice();
        using ImageClassifier network = Create(name, Initializer.Empty(device));
        IEnumerable<string> expected = listing.RootElement.GetProperty("namings").GetProperty("torchvision").EnumerateObject()
            .Select(entry => $"{entry.Name} {new Shape([.. entry.Value.EnumerateArray().Select(size => size.GetInt32())])}");
        Assert.Equal(expected, network.State.Select(entry => $"{entry.Key} {entry.Value.Shape}"));
        ModelReport report = ModelReport.Of(network, [2, 224, 224, 3]);
        Assert.Equal(new Shape(2, 1000), report.Modules[0].Output);
        Assert.InRange(report.Flops / 2e9, 0.98 * gigaflops, 1.02 * gigaflops);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Levels_have_their_channels_and_a_picture_may_be_as_small_as_stated(string name)
    {
        using var device = new TestDevice();
        using ImageClassifier network = Create(name, Initializer.Random(device, seed: 1), withClassifier: false);
        FeatureStack features = network.Features;
        int side = features.SmallestSide;
        using (var scope = TensorScope.Begin(device))
        {
            IReadOnlyList<Tensor> levels = features.ForwardLevels(Tensor.Uniform(device, [1, side, side + 4, 3], seed: 2));
            Assert.Equal(features.Levels.Select(level => level.Channels), levels.Select(level => level.Shape[3]));
            Assert.All(levels, level => Assert.True(level.Shape[1] >= 1));
            Tensor small = Tensor.Uniform(device, [1, side - 1, side, 3], seed: 2);
            Assert.Contains($"at least {side} x {side}", Assert.Throws<ArgumentException>(() => features.ForwardLevels(small)).Message, StringComparison.Ordinal);
            Assert.Equal(2, features.ForwardLevels(Tensor.Uniform(device, [1, side, side, 3], seed: 2), count: 2).Count);
        }

        using Tensor picture = Tensor.Zeros(device, [1, 224, 224, 3]);
        Assert.Throws<InvalidOperationException>(() => network.Forward(picture));
    }

    [Fact]
    public void Linear_layers_read_the_pooled_features_channel_after_channel()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        using IDisposable constant = ((G3DR.Compute.Accelerator)device).NoGrad();
        using var network = new AlexNet(Initializer.Random(device, seed: 3), classes: 3);
        Tensor picture = Tensor.Uniform(device, [1, 127, 127, 3], seed: 4);
        float[] actual = network.Forward(picture).ToSingles();
        float[] pooled = Functional.AdaptiveAvgPool2d(network.Features.Forward(picture), 6, 6).ToSingles();
        double[] x = new double[9216];
        for (int i = 0; i < x.Length; i++)
        {
            // (C, 6, 6) from (6, 6, C).
            x[i] = pooled[(i % 36 * 256) + (i / 36)];
        }

        foreach (string layer in (string[])["classifier.1", "classifier.4", "classifier.6"])
        {
            float[] weight = network.State[$"{layer}.weight"].ToSingles(), bias = network.State[$"{layer}.bias"].ToSingles();
            double[] input = layer == "classifier.1" ? x : [.. x.Select(value => Math.Max(value, 0))];
            x = [.. bias.Select((offset, row) => offset + Enumerable.Range(0, input.Length).Sum(k => (double)weight[(row * input.Length) + k] * input[k]))];
        }

        Assert.All(x.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [SkippableTheory]
    [InlineData("chelsea.png", "tabby|tiger cat|Egyptian cat")]
    [InlineData("coffee.png", "espresso")]
    [InlineData("motorcycle_left.png", "moped|motor scooter|disk brake")]
    [InlineData("camera.png", "tripod")]
    public void The_trained_SqueezeNet_knows_what_photos_show(string photo, string names)
    {
        string path = TestPhotos.PathOf(photo), weights = RealSqueezeNet.Weights;
        using var device = new TestDevice();
        using var network = NetworkLoader.Load<ImageClassifier>(weights, device);
        using var scope = TensorScope.Begin(device);
        var labels = ClassLabels.Load(ClassLabels.FindBeside(weights)!);
        float[] scores = network.Forward(ImageNet.Prepare(device, G3DR.Core.Imaging.Image.Load(path))).ToSingles();
        string best = labels[Array.IndexOf(scores, scores.Max())]!;
        Assert.True(names.Split('|').Any(name => best.Contains(name, StringComparison.Ordinal)), best);
    }

    [Theory]
    [InlineData("labels.txt", "0,tench, Tinca tinca\n1,goldfish\n", "tench, Tinca tinca", "goldfish")]
    [InlineData("labels.txt", "tench, Tinca tinca\ngoldfish\n", "tench, Tinca tinca", "goldfish")]
    [InlineData("labels.json", """["tench", "goldfish"]""", "tench", "goldfish")]
    [InlineData("index.json", """{"1": ["n01443537", "goldfish"], "0": ["n01440764", "tench"]}""", "tench", "goldfish")]
    [InlineData("config.json", """{"id2label": {"0": "tench", "1": "goldfish"}}""", "tench", "goldfish")]
    public void Labels_are_read_from_lines_and_from_json(string file, string content, string first, string second)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.PathOf(file), content);
        var labels = ClassLabels.Load(folder.PathOf(file));
        Assert.Equal((first, second, null), (labels[0], labels[1], labels[2]));
        Assert.Equal(2, labels.Count);
    }

    [Theory]
    [InlineData("labels.txt", "\n\n", "no names")]
    [InlineData("labels.txt", "1,a\n1,b\n", "class 1 twice")]
    [InlineData("labels.json", """{"zero": "a"}""", "'zero' is no number")]
    [InlineData("labels.json", """{"0": 3}""", "a text or")]
    [InlineData("labels.json", "3", "a list or an object")]
    public void Files_that_hold_no_labels_are_refused(string file, string content, string message)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.PathOf(file), content);
        Assert.Contains(message, Assert.Throws<FormatException>(() => ClassLabels.Load(folder.PathOf(file))).Message, StringComparison.Ordinal);
    }

    private static ImageClassifier Create(string name, Initializer initializer, bool withClassifier = true) => name switch
    {
        "vgg" => new Vgg16(initializer, withClassifier),
        "alex" => new AlexNet(initializer, withClassifier),
        _ => new SqueezeNet(initializer, withClassifier),
    };
}
