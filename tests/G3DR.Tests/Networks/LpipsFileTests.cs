using System.Text.Json;
using G3DR.Compute;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;
using G3DR.Core.Weights;
using G3DR.Tests.Support;

namespace G3DR.Tests.Networks;

public class LpipsFileTests
{
    [Fact]
    public void The_features_of_a_classifier_are_loaded_without_the_rest_and_heads_if_there_are()
    {
        using var folder = new TemporaryFolder();
        using var device = new TestDevice();
        (string classifier, string heads) = Write(device, folder, PerceptualBackbone.SqueezeNet);
        using Lpips plain = Lpips.Load(classifier, heads: null, device), judged = Lpips.Load(classifier, heads, device);
        Assert.False(plain.HasHeads);
        Assert.True(judged.HasHeads);
        Assert.DoesNotContain(judged.State.Keys, name => name.StartsWith("classifier", StringComparison.Ordinal));
        using var network = NetworkLoader.Load<SqueezeNet>(classifier, device);
        Assert.All(plain.State, entry => Assert.Equal(network.State[entry.Key].ToSingles(), entry.Value.ToSingles()));
        Assert.All(judged.Parameters.Values, parameter => Assert.False(parameter.RequiresGrad));
        Assert.Equal(0.25f, judged.State["lin6.model.1.weight"].ToSingles()[0]);
        Assert.NotEqual(plain.Fingerprint, judged.Fingerprint);
    }

    [Theory]
    [InlineData("squeeze")]
    [InlineData("alex")]
    [InlineData("vgg")]
    public void The_state_dictionary_of_the_lpips_package_is_read_as_its_names_are_published(string name)
    {
        using JsonDocument listing = JsonDocument.Parse(File.ReadAllText(Vectors.PathOf($"pretrained/lpips_{name}.names.json")));
        JsonElement shapes = listing.RootElement.GetProperty("namings").GetProperty("lpips_package_state_dict");
        using var folder = new TemporaryFolder();
        using var device = new TestDevice();

        // Each tensor holds the hash of its name's published counterpart.
        Dictionary<string, string> published = Mapping(listing.RootElement);
        var writer = new SafetensorsWriter();
        foreach (JsonProperty entry in shapes.EnumerateObject())
        {
            long[] shape = [.. entry.Value.EnumerateArray().Select(size => size.GetInt64())];
            writer.Add(entry.Name, shape, Enumerable.Repeat(Mark(published.GetValueOrDefault(entry.Name, entry.Name)), (int)shape.Aggregate(1L, (a, b) => a * b)).ToArray());
        }

        writer.Save(folder.PathOf("lpips.safetensors"));
        using Lpips lpips = Lpips.Load(folder.PathOf("lpips.safetensors"), heads: null, device);
        Assert.True(lpips.HasHeads);
        Assert.All(lpips.State, entry => Assert.Equal(Mark(entry.Key), entry.Value.ToSingles()[^1]));
    }

    [Fact]
    public void Heads_of_another_backbone_and_other_files_are_refused_with_what_they_are()
    {
        using var folder = new TemporaryFolder();
        using var device = new TestDevice();
        (string classifier, string heads) = Write(device, folder, PerceptualBackbone.SqueezeNet);
        string other = folder.PathOf("alex.safetensors");
        using (var wrong = new LpipsHeads(Initializer.Random(device), PerceptualBackbone.AlexNet))
        {
            wrong.Save(other);
        }

        string Refused(string backbone, string? with) => Assert.Throws<WeightsFormatException>(() => Lpips.Load(backbone, with, device)).Message;
        Assert.Contains("heads of LPIPS for AlexNet", Refused(classifier, other), StringComparison.Ordinal);
        Assert.Contains("looks like heads of LPIPS for SqueezeNet 1.1 (7 tensors); needed is VGG-16, AlexNet, SqueezeNet 1.1", Refused(heads, with: null), StringComparison.Ordinal);
        Assert.Contains("looks like SqueezeNet 1.1, 7 classes", Refused(classifier, classifier), StringComparison.Ordinal);
        Assert.Equal(["squeezenet"], NetworkLoader.Identify(classifier).Select(pair => pair.Key.Name));
        Assert.Equal(["lpips-heads"], NetworkLoader.Identify(heads).Select(pair => pair.Key.Name));
    }

    [Fact]
    public void A_deeper_relative_of_a_backbone_is_refused_by_the_names_that_it_has_too_many()
    {
        using var folder = new TemporaryFolder();
        using var device = new TestDevice();
        string path = folder.PathOf("deeper.safetensors");
        using (var network = new SqueezeNet(Initializer.Random(device), withClassifier: false))
        {
            var writer = new SafetensorsWriter();
            foreach ((string name, Tensor tensor) in network.State)
            {
                writer.Add(name, [.. tensor.Shape.Select(size => (long)size)], tensor.ToSingles());
            }

            writer.Add("features.13.weight", [1L], new[] { 1f });
            writer.Save(path);
        }

        Assert.Contains("13.weight", Assert.Throws<WeightLoadException>(() => Lpips.Load(path, heads: null, device)).Message, StringComparison.Ordinal);
    }

    private static (string Classifier, string Heads) Write(Accelerator device, TemporaryFolder folder, PerceptualBackbone backbone)
    {
        (string classifier, string heads) = (folder.PathOf("classifier.safetensors"), folder.PathOf("heads.safetensors"));
        using var network = new SqueezeNet(Initializer.Random(device, seed: 1), classes: 7);
        network.Save(classifier);
        using var weights = new LpipsHeads(Initializer.Random(device), backbone);
        foreach (Tensor weight in weights.State.Values)
        {
            weight.CopyFrom(Enumerable.Repeat(0.25f, (int)weight.Length).ToArray());
        }

        weights.Save(heads);
        return (classifier, heads);
    }

    private static Dictionary<string, string> Mapping(JsonElement root) =>
        root.GetProperty("mapping").EnumerateObject().ToDictionary(entry => entry.Name, entry => entry.Value.GetString()!);

    private static float Mark(string name) => (name.Aggregate(7, (hash, letter) => (31 * hash) + letter) & 0xFFFF) / 65536f;
}
