using G3DR.Core.Weights;
using G3DR.Tests.Support;

namespace G3DR.Tests.Weights;

public sealed class WeightListingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Listings_of_networks_are_read()
    {
        NetworkListing official = Assert.Single(NetworkListing.Load(Vectors.PathOf("unet/official_state_dict.json")));
        Assert.Equal(279, official.Shapes.Count);
        Assert.Equal(147_406_212, official.Shapes.Values.Sum(shape => shape.Aggregate(1L, (product, size) => product * size)));
        IReadOnlyList<NetworkListing> lpips = NetworkListing.Load(Vectors.PathOf("pretrained/lpips_alex.names.json"));
        Assert.Equal(["torchvision", "lpips_lin_file", "lpips_package_state_dict"], lpips.Select(listing => listing.Naming));
        Assert.Equal([64, 3, 11, 11], lpips[0].Shapes["features.0.weight"]);
        Assert.Equal([2, 3], Assert.Single(NetworkListing.Load(WriteText("""{"a": [2, 3], "b": []}"""))).Shapes["a"]);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("""{"a": 1}""")]
    [InlineData("""{"a": [-1]}""")]
    [InlineData("""{"a": [1.5]}""")]
    [InlineData("""{"namings": {}}""")]
    [InlineData("""{"state_dict": []}""")]
    [InlineData("{")]
    public void Other_files_are_no_listings(string text) => Assert.Throws<WeightsFormatException>(() => NetworkListing.Load(WriteText(text)));

    [Fact]
    public void Maps_of_names_are_read()
    {
        WeightNameMap backbone = WeightNameMap.Load(Vectors.PathOf("pretrained/lpips_alex.names.json"));
        Assert.Equal("features.0.weight", backbone.Apply("net.slice1.0.weight"));
        Assert.Equal("net.slice5.10.bias", backbone.Inverse().Apply("features.10.bias"));
        string several = Vectors.PathOf("pretrained/ldm_compvis_to_diffusers.map.json");
        Assert.Equal("conv_in.weight", WeightNameMap.Load(several, "unet_sd15").Apply("model.diffusion_model.input_blocks.0.0.weight"));
        Assert.Contains("unet_sd15, unet_cin256, vae_kl_f8, choose one", Assert.Throws<WeightsFormatException>(() => WeightNameMap.Load(several)).Message, StringComparison.Ordinal);
        Assert.Equal("x", WeightNameMap.Load(WriteText("""{"a": "x"}""")).Apply("a"));
        Assert.Equal("n.3", WeightNameMap.Load(WriteText("""[["a.*", "n.*", "same"]]""")).Apply("a.3"));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""["a"]""")]
    [InlineData("""[["a", "b", "reverse"]]""")]
    [InlineData("""[["a", "b"], ["a", "c"]]""")]
    [InlineData("""{"first": {"a": "b"}, "second": {"a": "b"}}""")]
    [InlineData("""{"a*": "b"}""")]
    public void Other_files_are_no_maps(string text) => Assert.Throws<WeightsFormatException>(() => WeightNameMap.Load(WriteText(text)));

    [Fact]
    public void Statistics_leave_out_what_is_not_finite()
    {
        using WeightFile file = WeightFile.Open(Write("a", [1, 2, float.NaN, 4, float.NegativeInfinity, 5]));
        WeightStatistics statistics = WeightStatistics.Of(file.Tensors["a"]);
        Assert.Equal(new WeightStatistics(1, 5, 3, Math.Sqrt(2.5), 2), statistics);
    }

    [Fact]
    public void Statistics_of_a_long_tensor_are_those_of_its_values()
    {
        float[] values = new float[200_000];
        HashInit.Fill("x", 0, new(4, 1000), values);
        using WeightFile file = WeightFile.Open(Write("x", values));
        WeightStatistics statistics = WeightStatistics.Of(file.Tensors["x"]);
        double mean = values.Average(value => (double)value);
        Assert.Equal(mean, statistics.Mean, 9);
        Assert.Equal(Math.Sqrt(values.Average(value => (value - mean) * (value - mean))), statistics.Deviation, 9);
    }

    [Fact]
    public void Differences_are_found_in_presence_type_shape_and_values()
    {
        using WeightFile first = WeightFile.Open(Write("first", ("same", [1, 2]), ("value", [1, 2]), ("shape", [1, 2]), ("gone", [1]), ("nan", [float.NaN, 1])));
        using WeightFile second = WeightFile.Open(Write("second", ("same", [1, 2]), ("value", [1, 2.5f]), ("shape", [1]), ("new", [1]), ("nan", [float.NaN, float.NaN])));
        Assert.Equal(
            [
                "gone: only in the first file (F32 [1])",
                "nan: values differ by Infinity at most",
                "shape: F32 [2] and F32 [1]",
                "value: values differ by 0.5 at most",
                "new: only in the second file (F32 [1])",
            ],
            WeightDifference.Between(first, second).Select(difference => difference.ToString().Replace("∞", "Infinity", StringComparison.Ordinal)));
        Assert.DoesNotContain("value", WeightDifference.Between(first, second, 0.5).Select(difference => difference.Name));
    }

    private string Write(string name, float[] values) => Write("file", (name, values));

    private string Write(string file, params (string Name, float[] Values)[] tensors)
    {
        var writer = new SafetensorsWriter();
        foreach ((string name, float[] values) in tensors)
        {
            writer.Add(name, [values.Length], values);
        }

        string path = _folder.PathOf($"{file}.safetensors");
        writer.Save(path);
        return path;
    }

    private string WriteText(string text)
    {
        string path = _folder.PathOf("text.json");
        File.WriteAllText(path, text);
        return path;
    }
}
