using G3DR.Core.Networks;
using G3DR.Core.Tensors;
using G3DR.Core.Weights;
using G3DR.Tests.Support;
using G3DR.Tests.Weights;

namespace G3DR.Tests.Networks;

/// <summary>Files of depth networks with transformers, in the forms that they are published in.</summary>
public sealed class TransformerDepthFileTests : IDisposable
{
    private readonly TestDevice _device = new();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _device.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_file_of_Hugging_Face_gives_the_same_network()
    {
        using Module original = DepthAnything.Kind.Create(Initializer.Random(_device, seed: 3), "tiny");
        string path = _folder.PathOf("model.safetensors");
        WriteHuggingFace(original, path);
        using DepthAnything loaded = NetworkLoader.Load<DepthAnything>(path, _device);
        Assert.All(original.State, entry => Assert.Equal(entry.Value.ToSingles(), loaded.State[entry.Key].ToSingles()));
        Assert.Equal(DepthMeaning.InverseDepth, loaded.Meaning);
    }

    [Fact]
    public void A_network_that_was_trained_on_metres_is_told_by_its_folder()
    {
        using Module original = DepthAnything.Kind.Create(Initializer.Random(_device, seed: 3), "tiny");
        string path = _folder.PathOf("model.safetensors");
        WriteHuggingFace(original, path);
        File.WriteAllText(_folder.PathOf("config.json"), """{"depth_estimation_type": "metric", "max_depth": 20}""");
        using DepthAnything loaded = NetworkLoader.Load<DepthAnything>(_folder.Path, _device);
        Assert.Equal((DepthMeaning.Depth, 20f), (loaded.Meaning, loaded.Options.LargestDepth));
        using var scope = TensorScope.Begin(_device);
        float[] map = loaded.Estimate(Tensor.Normal(_device, [1, 56, 70, 3], seed: 1)).ToSingles();
        Assert.All(map, metres => Assert.InRange(metres, 0.01f, 19.99f));
    }

    [Theory]
    [InlineData("depth_anything_v2_metric_hypersim_vits.safetensors", 20f)]
    [InlineData("depth_anything_v2_metric_vkitti_vits.safetensors", 80f)]
    [InlineData("depth_anything_v2_vits.safetensors", null)]
    public void A_network_that_was_trained_on_metres_is_told_by_its_name(string name, float? metres)
    {
        UntrainedWeights.Save(_folder.PathOf(name), _device, new() { Network = DepthAnything.Kind, Size = "tiny" });
        using DepthAnything loaded = NetworkLoader.Load<DepthAnything>(_folder.PathOf(name), _device);
        Assert.Equal(metres, loaded.Options.LargestDepth);
    }

    [Fact]
    public void Tensors_that_no_depth_depends_on_may_be_there()
    {
        foreach ((NetworkKind kind, string name, int[] shape) in ((NetworkKind, string, int[])[])
        [
            (DepthAnything.Kind, "pretrained.mask_token", [1, 32]),
            (DptLarge.Kind, "pretrained.model.head.weight", [10, 64]),
            (DptHybrid.Kind, "pretrained.model.norm.bias", [64]),
        ])
        {
            using Module original = kind.Create(Initializer.Random(_device, seed: 3), "tiny");
            string path = _folder.PathOf($"{kind.Name}.safetensors");
            Write(original, path, (name, shape));
            using Module loaded = (Module)NetworkLoader.Load<IDepthNetwork>(path, _device);
            Assert.IsType(original.GetType(), loaded);
            Write(original, path, ("pretrained.other", shape));
            Assert.Contains("pretrained.other", Assert.Throws<WeightLoadException>(() => NetworkLoader.Load<IDepthNetwork>(path, _device)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Older_files_with_the_state_of_an_optimiser_load()
    {
        using Module original = DptHybrid.Kind.Create(Initializer.Random(_device, seed: 3), "tiny");
        List<(string Name, PickleText Tensor)> entries = [];
        List<(string Name, byte[] Data)> records = [];
        foreach ((string name, Tensor tensor) in original.State)
        {
            string key = $"{records.Count}";
            entries.Add((name, PickleText.Tensor(key, [.. tensor.Shape])));
            records.Add(($"data/{key}", [.. tensor.ToSingles().SelectMany(BitConverter.GetBytes)]));
        }

        string path = _folder.PathOf("dpt_hybrid.pt");
        CheckpointZip.Write(
            path,
            PickleText.Dictionary(("optimizer", PickleText.Dictionary(("step", PickleText.Integer(7)))), ("model", PickleText.Dictionary([.. entries]))),
            [.. records]);
        using DptHybrid loaded = NetworkLoader.Load<DptHybrid>(path, _device);
        Assert.All(original.State, entry => Assert.Equal(entry.Value.ToSingles(), loaded.State[entry.Key].ToSingles()));
    }

    [Theory]
    [InlineData("pretrained.pos_embed", 1, 27, 32)]
    [InlineData("pretrained.pos_embed", 1, 1, 32)]
    [InlineData("pretrained.cls_token", 1, 1, 48)]
    [InlineData("pretrained.cls_token", 1, 1, 0)]
    public void Shapes_that_cannot_be_are_not_recognised(string name, params int[] shape)
    {
        using Module original = DepthAnything.Kind.Create(Initializer.Empty(_device), "tiny");
        Dictionary<string, long[]> shapes = original.State.ToDictionary(entry => entry.Key, entry => entry.Value.Shape.Select(size => (long)size).ToArray());
        shapes[name] = [.. shape.Select(size => (long)size)];
        Assert.Null(DepthAnything.Kind.Match(new("memory", shapes)));
    }

    private static void Write(Module network, string path, params (string Name, int[] Shape)[] more)
    {
        var writer = new SafetensorsWriter();
        foreach ((string name, Tensor tensor) in network.State)
        {
            writer.Add(name, Sizes(tensor), tensor.ToSingles());
        }

        foreach ((string name, int[] shape) in more)
        {
            writer.Add(name, [.. shape.Select(size => (long)size)], new float[shape.Aggregate(1, (product, size) => product * size)]);
        }

        writer.Save(path);
    }

    // The names of a published listing that become those of the network; queries, keys and values one by one.
    private static void WriteHuggingFace(Module network, string path)
    {
        OrderedDictionary<string, long[]> published = PretrainedFiles.Published("depth_anything_v2_vits", "huggingface");
        WeightNameMap map = DepthAnything.Kind.Match(new("memory", published))!.Options.NameMap!;
        var writer = new SafetensorsWriter();
        foreach (IGrouping<string, string> names in published.Keys.GroupBy(map.Apply).Where(group => network.State.ContainsKey(group.Key)))
        {
            Tensor tensor = network.State[names.Key];
            string[] parts = [.. names];
            int rows = tensor.Shape[0] / parts.Length, length = (int)tensor.Length / parts.Length;
            for (int i = 0; i < parts.Length; i++)
            {
                writer.Add(parts[i], [rows, .. Sizes(tensor)[1..]], tensor.ToSingles().AsSpan(i * length, length).ToArray());
            }
        }

        writer.Save(path);
    }

    private static long[] Sizes(Tensor tensor) => [.. tensor.Shape.Select(size => (long)size)];
}
