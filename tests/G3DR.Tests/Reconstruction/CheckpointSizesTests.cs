using System.Text.Json;
using G3DR.Core.Networks;
using G3DR.Core.Reconstruction;
using G3DR.Core.Weights;
using G3DR.Tests.Support;
using G3DR.Tests.Weights;

namespace G3DR.Tests.Reconstruction;

/// <summary>What is read off checkpoints of the network, and how others are refused.</summary>
public sealed class CheckpointSizesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("module.")]
    public void Sizes_of_the_published_network_are_read_off_its_shapes(string prefix)
    {
        UnetOptions sizes = G3drPipeline.ReadSizes(Official(prefix)), official = UnetOptions.Official;
        Assert.Equal(official.Multipliers, sizes.Multipliers);
        Assert.Equal(official, sizes with { Multipliers = official.Multipliers });
    }

    [Fact]
    public void Other_sizes_are_read_as_well()
    {
        UnetOptions sizes = G3drPipeline.ReadSizes(SmallGenerator.Save(_folder), SmallGenerator.Options);
        Assert.Equal(SmallGenerator.Sizes.Multipliers, sizes.Multipliers);
        Assert.Equal(SmallGenerator.Sizes, sizes with { Multipliers = SmallGenerator.Sizes.Multipliers });
    }

    [Fact]
    public void Names_of_parallel_training_and_PyTorch_checkpoints_load_as_well()
    {
        using var device = new TestDevice();
        float[][] planes = [.. ((string[])[SmallGenerator.Save(_folder), SmallGenerator.SaveCheckpoint(_folder), SmallGenerator.Save(_folder, "module.")]).Select(path =>
        {
            using var pipeline = G3drPipeline.Load(path, device, SmallGenerator.Options);
            Assert.Equal(path.EndsWith(".pt", StringComparison.Ordinal) ? "step" : "license", pipeline.Metadata.Keys.First());
            using Core.Scenes.TriplaneScene scene = pipeline.Reconstruct(SmallGenerator.Picture(1));
            return scene.Planes.ToSingles();
        })];
        Assert.Equal(planes[0], planes[1]);
        Assert.Equal(planes[0], planes[2]);
    }

    [Fact]
    public void Weights_of_something_else_are_refused_with_what_they_lack()
    {
        string message = Refused(Vectors.PathOf("malformed/ok_reference.safetensors"));
        Assert.Contains("no tensor 'init_conv.weight'", message, StringComparison.Ordinal);
        Assert.Contains("ok_reference.safetensors", message, StringComparison.Ordinal);
        Assert.Contains("tensors, such as a, ", message, StringComparison.Ordinal);
        using var device = new TestDevice();
        Assert.ThrowsAny<IOException>(() => G3drPipeline.Load(_folder.PathOf("none.safetensors"), device));
    }

    [Theory]
    [InlineData("pos_embed", new long[] { 3, 16, 16 }, "'pos_embed' has 3 axes instead of 4")]
    [InlineData("pos_embed", new long[] { 1, 3, 17, 17 }, "multiple of 2; got 17")]
    [InlineData("pos_embed", new long[] { 1, 9, 16, 16 }, "size of -2")]
    [InlineData("init_conv.weight", new long[] { 8, 7, 7 }, "'init_conv.weight' has 3 axes instead of 4")]
    [InlineData("downs.0.3.1.weight", new long[] { 9, 32, 1, 1 }, "has 9 channels, no multiple of 8")]
    [InlineData("final_conv.weight", new long[] { 13, 16, 1, 1 }, "multiple of 3; got 13")]
    [InlineData("final_conv.weight", null, "no tensor 'final_conv.weight'")]
    [InlineData("decoder.net.0.weight", null, "no tensor 'decoder.net.0.weight'")]
    public void Shapes_that_do_not_fit_are_named(string tensor, long[]? shape, string expected) =>
        Assert.Contains(expected, Refused(SmallGenerator.Save(_folder, change: (name, own) => name == tensor ? shape : own)), StringComparison.Ordinal);

    [Fact]
    public void A_tensor_that_is_missing_or_of_another_shape_is_named_when_the_sizes_can_be_read()
    {
        using var device = new TestDevice();
        string path = SmallGenerator.Save(_folder, change: (name, shape) => name switch
        {
            "mid_block2.mlp.1.bias" => null,
            "ups.0.0.block1.norm.weight" => [5],
            _ => shape,
        });
        string message = Assert.Throws<WeightLoadException>(() => G3drPipeline.Load(path, device, SmallGenerator.Options)).Message;
        Assert.Contains("1 missing, 0 unexpected, 1 of another shape", message, StringComparison.Ordinal);
        Assert.Contains("mid_block2.mlp.1.bias", message, StringComparison.Ordinal);
        Assert.Contains("ups.0.0.block1.norm.weight: needs [24], the file has [5]", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Groups_that_do_not_divide_the_channels_are_refused()
    {
        string path = SmallGenerator.Save(_folder);
        using var device = new TestDevice();
        string message = Assert.Throws<WeightsFormatException>(() => G3drPipeline.Load(path, device, new() { Groups = 3 })).Message;
        Assert.Contains("multiple of the 3 groups", message, StringComparison.Ordinal);
    }

    private static string Refused(string path)
    {
        using var device = new TestDevice();
        string message = Assert.Throws<WeightsFormatException>(() => G3drPipeline.Load(path, device, SmallGenerator.Options)).Message;
        Assert.Equal(message, Assert.Throws<WeightsFormatException>(() => G3drPipeline.ReadSizes(path, SmallGenerator.Options)).Message);
        return message;
    }

    // The published names and shapes over a hole: a file of 590 MB that takes no room.
    private string Official(string prefix)
    {
        long offset = 0;
        Dictionary<string, object> header = [];
        foreach ((string name, long[] shape) in NetworkListing.Load(Vectors.PathOf("unet/official_state_dict.json"))[0].Shapes)
        {
            long end = offset + (sizeof(float) * shape.Aggregate(1L, (product, size) => product * size));
            header.Add(prefix + name, new { dtype = "F32", shape, data_offsets = new[] { offset, end } });
            offset = end;
        }

        string path = _folder.PathOf("official.safetensors");
        byte[] bytes = SafetensorsBytes.Create(JsonSerializer.Serialize(header), []);
        using FileStream file = File.Create(path);
        file.Write(bytes);
        file.SetLength(bytes.Length + offset);
        return path;
    }
}
