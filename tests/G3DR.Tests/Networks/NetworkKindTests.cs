using G3DR.Compute.Memory;
using G3DR.Core.Networks;
using G3DR.Core.Weights;
using G3DR.Tests.Support;

namespace G3DR.Tests.Networks;

public sealed class NetworkKindTests : IDisposable
{
    private readonly TestDevice _device = new(new() { Threads = 2 });
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string> Sizes
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (NetworkKind kind in NetworkKind.All)
            {
                foreach (string size in kind.Sizes)
                {
                    data.Add(kind.Name, size);
                }
            }

            return data;
        }
    }

    public void Dispose()
    {
        _device.Dispose();
        _folder.Dispose();
    }

    // Only names and shapes: the memory of parameters without values is never touched.
    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_network_is_recognised_by_its_own_tensors(string name, string size)
    {
        NetworkKind kind = NetworkKind.Find(name);
        using Module original = kind.Create(Initializer.Empty(_device), size);
        NetworkMatch match = Assert.Single(NetworkLoader.Identify(new NetworkFile("memory", ShapesOf(original))), found => found.Key == kind).Value;
        using Module recognised = Initializer.Empty(_device).Build(match.Create);
        Assert.IsType(kind.Module, recognised);
        Assert.Equal(ShapesOf(original).Select(entry => (entry.Key, string.Join(",", entry.Value))), ShapesOf(recognised).Select(entry => (entry.Key, string.Join(",", entry.Value))));
    }

    // Whatever size one tensor claims, recognition ends: with null, an error, or a network of that size that is only described.
    [Theory]
    [MemberData(nameof(Sizes))]
    public void Sizes_that_cannot_be_are_refused(string name, string size)
    {
        NetworkKind kind = NetworkKind.Find(name);
        using Module original = kind.Create(Initializer.Empty(_device), size);
        foreach (long claimed in (long[])[0, long.MaxValue, 1L << 40])
        {
            Dictionary<string, long[]> shapes = ShapesOf(original);
            foreach ((string tensor, long[] shape) in shapes.Take(4).ToArray())
            {
                shapes[tensor] = [.. shape.Select(_ => claimed)];
            }

            var file = new NetworkFile("memory", shapes);
            using TestDevice small = new(new() { Threads = 1, MemoryLimit = 1 << 20 });
            Exception? refused = Record.Exception(() => (kind.Match(file) is { } match ? Initializer.Empty(small).Build(match.Create) : null)?.Dispose());
            Assert.True(refused is null or WeightsFormatException or ArgumentException or OutOfDeviceMemoryException, refused?.ToString());
        }
    }

    [Fact]
    public void A_file_of_another_network_is_told_so()
    {
        string path = _folder.PathOf("unet.safetensors");
        UntrainedWeights.Save(path, _device, new() { Size = "tiny" });
        string message = Assert.Throws<WeightsFormatException>(() => NetworkLoader.Load<IDepthNetwork>(path, _device)).Message;
        Assert.Contains("unet.safetensors looks like U-Net and decoder of G3DR (", message, StringComparison.Ordinal);
        Assert.Contains("needed is ", message, StringComparison.Ordinal);
        message = Assert.Throws<WeightsFormatException>(() => NetworkLoader.Load<IDepthNetwork>(Vectors.PathOf("malformed/ok_reference.safetensors"), _device)).Message;
        Assert.Contains("no network that is known", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_folder_loads_by_its_config_and_shards()
    {
        string original = _folder.PathOf("tiny.safetensors"), folder = Directory.CreateDirectory(_folder.PathOf("model")).FullName;
        UntrainedWeights.Save(original, _device, new() { Size = "tiny", Seed = 3 });
        using (WeightFile file = WeightFile.Open(original))
        {
            WeightSaver.Save(file, Path.Combine(folder, "model.safetensors"), new() { ShardBytes = 100_000 });
            Assert.True(Directory.GetFiles(folder, "model-*-of-*.safetensors").Length > 1);
        }

        File.WriteAllText(Path.Combine(folder, "config.json"), """{"text_config": {"hidden_act": "gelu"}, "layers": 3}""");
        using (WeightFile sharded = WeightFile.Open(folder))
        {
            var names = new NetworkFile(sharded);
            Assert.Equal("gelu", names.ConfigText("text_config", "hidden_act"));
            Assert.Null(names.ConfigText("layers"));
            Assert.Null(names.ConfigText("vision_config", "hidden_act"));
        }

        using TriplaneGenerator whole = NetworkLoader.Load<TriplaneGenerator>(original, _device), parts = NetworkLoader.Load<TriplaneGenerator>(folder, _device);
        Assert.False(parts.IsTraining);
        Assert.All(parts.State, entry => Assert.Equal(whole.State[entry.Key].ToDoubles(), entry.Value.ToDoubles()));
        Assert.All(parts.Parameters.Values, parameter => Assert.False(parameter.RequiresGrad));
    }

    [Fact]
    public void Of_several_files_the_one_called_model_is_taken()
    {
        string folder = Directory.CreateDirectory(_folder.PathOf("several")).FullName;
        UntrainedWeights.Save(Path.Combine(folder, "model.fp16.safetensors"), _device, new() { Size = "tiny", Dtype = WeightDtype.F16 });
        UntrainedWeights.Save(Path.Combine(folder, "model.safetensors"), _device, new() { Size = "tiny" });
        using WeightFile chosen = WeightFile.Open(folder);
        Assert.EndsWith("model.safetensors", chosen.Source, StringComparison.Ordinal);
        Assert.Equal(WeightDtype.F32, chosen.Tensors.Values.First().Dtype);
        Assert.True(NetworkLoader.Check(chosen, _device).Report.Complete);
    }

    private static Dictionary<string, long[]> ShapesOf(Module module) =>
        module.State.ToDictionary(entry => entry.Key, entry => entry.Value.Shape.Select(size => (long)size).ToArray(), StringComparer.Ordinal);
}
