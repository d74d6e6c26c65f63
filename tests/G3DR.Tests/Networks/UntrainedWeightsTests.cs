using G3DR.Core.Networks;
using G3DR.Core.Reconstruction;
using G3DR.Core.Weights;
using G3DR.Tests.Support;

namespace G3DR.Tests.Networks;

public sealed class UntrainedWeightsTests : IDisposable
{
    private static readonly UntrainedOptions s_tiny = new() { Size = "tiny" };

    private readonly TemporaryFolder _folder = new();
    private readonly TestDevice _device = new();

    public void Dispose()
    {
        _folder.Dispose();
        _device.Dispose();
    }

    [Fact]
    public void Every_size_of_every_network_can_be_made()
    {
        foreach (NetworkKind kind in NetworkKind.All)
        {
            Assert.Same(kind, NetworkKind.Find(kind.Name));
            Assert.NotEmpty(kind.Sizes);
            foreach (string size in kind.Sizes)
            {
                using Module network = kind.Create(Initializer.Empty(_device), size);
                Assert.True(network.ParameterCount > 0);
            }
        }

        using Module official = TriplaneGenerator.Kind.Create(Initializer.Empty(_device));
        Assert.Equal(147_406_212, official.ParameterCount);
    }

    [Fact]
    public void A_file_says_what_it_is_and_holds_the_network()
    {
        string path = _folder.PathOf("tiny.safetensors");
        List<WeightProgress> told = [];
        WeightSaveResult result = UntrainedWeights.Save(path, _device, s_tiny with { Seed = 7 }, new Told<WeightProgress>(told.Add));
        using Module expected = TriplaneGenerator.Kind.Create(Initializer.Random(_device, seed: 7), "tiny");
        using WeightFile file = WeightFile.Open(path);
        Assert.Equal(expected.State.Keys.Order(StringComparer.Ordinal), file.Tensors.Keys.Order(StringComparer.Ordinal));
        foreach ((string name, Core.Tensors.Tensor tensor) in expected.State)
        {
            float[] stored = new float[tensor.Length];
            file.Tensors[name].CopyTo(0, stored);
            Assert.Equal(tensor.ToSingles(), stored);
        }

        Assert.Equal(["unet", "tiny", "random", "7", "MIT"], new[] { "network", "size", "values", "seed", "license" }.Select(key => file.Metadata[key]));
        Assert.Contains("untrained", file.Metadata["source"], StringComparison.Ordinal);
        Assert.Equal((file.Tensors.Count, expected.ParameterCount * sizeof(float)), (result.Tensors, result.Bytes));
        Assert.Equal(Enumerable.Range(1, result.Tensors), told.Select(state => state.Done));
        Assert.All(told, state => Assert.Equal(result.Tensors, state.Total));
    }

    [Fact]
    public void The_same_options_give_the_same_bytes_and_a_seed_gives_others()
    {
        byte[] Bytes(UntrainedOptions options)
        {
            string path = _folder.PathOf("any.safetensors");
            UntrainedWeights.Save(path, _device, options);
            return File.ReadAllBytes(path);
        }

        byte[] random = Bytes(s_tiny), hashed = Bytes(s_tiny with { Values = UntrainedValues.Hash });
        Assert.Equal(random, Bytes(s_tiny));
        Assert.Equal(hashed, Bytes(s_tiny with { Values = UntrainedValues.Hash, Seed = 3 }));
        Assert.NotEqual(random, Bytes(s_tiny with { Seed = 3 }));
        Assert.NotEqual(random, hashed);
    }

    [Fact]
    public void Hashed_values_are_those_of_the_rules()
    {
        string path = _folder.PathOf("hashed.safetensors");
        UntrainedWeights.Save(path, _device, s_tiny with { Values = UntrainedValues.Hash });
        using WeightFile file = WeightFile.Open(path);
        WeightTensor tensor = file.Tensors["mid_block1.block1.proj.weight"];
        float[] stored = new float[tensor.ElementCount], expected = new float[tensor.ElementCount];
        tensor.CopyTo(0, stored);
        HashInit.Fill(tensor.Name, 0, HashInitRules.OfficialUnet.ScaleOf(tensor.Name, tensor.Shape)!.Value, expected);
        Assert.Equal(expected, stored);
        Assert.DoesNotContain("seed", file.Metadata.Keys);
    }

    [Theory]
    [InlineData(WeightDtype.F16)]
    [InlineData(WeightDtype.BF16)]
    public void Half_the_size_is_loaded_as_well(WeightDtype dtype)
    {
        string path = _folder.PathOf("half.safetensors");
        UntrainedWeights.Save(path, _device, s_tiny with { Dtype = dtype });
        using (WeightFile file = WeightFile.Open(path))
        {
            Assert.All(file.Tensors.Values, tensor => Assert.Equal(dtype, tensor.Dtype));
        }

        using var pipeline = G3drPipeline.Load(path, _device);
        Assert.Equal(32, pipeline.Size);
    }

    [Fact]
    public void What_cannot_be_made_or_written_is_refused_and_leaves_nothing()
    {
        string path = _folder.PathOf("none.safetensors");
        Assert.Contains("official, tiny", Assert.Throws<ArgumentException>(() => UntrainedWeights.Save(path, _device, new() { Size = "huge" })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => UntrainedWeights.Save(path, _device, s_tiny with { Dtype = WeightDtype.F64 }));
        Assert.Contains("unet", Assert.Throws<ArgumentException>(() => NetworkKind.Find("resnet")).Message, StringComparison.Ordinal);
        Assert.Throws<DirectoryNotFoundException>(() => UntrainedWeights.Save(_folder.PathOf("no/where.safetensors"), _device, s_tiny));
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => UntrainedWeights.Save(path, _device, s_tiny, new Told<WeightProgress>(_ => stop.Cancel()), stop.Token));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }
}
