using G3DR.Core.Weights;
using G3DR.Tests.Support;

namespace G3DR.Tests.Weights;

public sealed class WeightFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_set_of_files_reads_as_one()
    {
        WriteShards();
        foreach (string path in (string[])[_folder.PathOf("model.safetensors.index.json"), _folder.Path])
        {
            using WeightFile file = WeightFile.Open(path);
            Assert.Equal(["first", "second", "third"], file.Tensors.Keys);
            Assert.Equal([2, 2], file.Tensors["third"].ReadSingles());
            Assert.Equal("5", file.Metadata["total_size"]);
            Assert.Equal("MIT", file.Metadata["license"]);
            Assert.Equal(5, file.ElementCount);
        }
    }

    [Fact]
    public void A_missing_file_of_a_set_is_named()
    {
        WriteShards();
        File.Delete(_folder.PathOf("part2.safetensors"));
        IOException error = Assert.ThrowsAny<IOException>(() => WeightFile.Open(_folder.Path));
        Assert.EndsWith("needs 2 files beside it; missing: part2.safetensors.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_tensor_of_a_set_is_named()
    {
        WriteShards();
        Write("part2.safetensors", ("other", 2));
        WeightsFormatException error = Assert.Throws<WeightsFormatException>(() => WeightFile.Open(_folder.Path));
        Assert.Contains("names 1 tensors that its files do not hold: 'third' in part2.safetensors.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"weight_map": []}""")]
    [InlineData("""{"weight_map": {"a": 1}}""")]
    [InlineData("""{"weight_map": {"a": "../secret.safetensors"}}""")]
    [InlineData("""{"weight_map": {"a": "/etc/secret.safetensors"}}""")]
    [InlineData("""{"weight_map": {"a": "x.safetensors", "a": "y.safetensors"}}""")]
    [InlineData("""{"weight_map": {"a": """)]
    public void A_malformed_index_is_refused(string text)
    {
        File.WriteAllText(_folder.PathOf("bad.index.json"), text);
        Assert.Throws<WeightsFormatException>(() => WeightFile.Open(_folder.PathOf("bad.index.json")));
    }

    [Fact]
    public void A_folder_with_one_file_is_that_file_and_others_are_refused()
    {
        Assert.Contains("holds no weights file", Assert.ThrowsAny<IOException>(() => WeightFile.Open(_folder.Path)).Message, StringComparison.Ordinal);
        Write("one.safetensors", ("a", 1));
        using (WeightFile file = WeightFile.Open(_folder.Path))
        {
            Assert.Equal(["a"], file.Tensors.Keys);
        }

        Write("two.safetensors", ("a", 1));
        Assert.Contains("one.safetensors, two.safetensors", Assert.ThrowsAny<IOException>(() => WeightFile.Open(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_chooses_the_names_behind_it()
    {
        Write("keys.safetensors", ("model/a", 1), ("ema/a", 2));
        using WeightFile file = WeightFile.Open(_folder.PathOf("keys.safetensors"), new() { Key = "ema" });
        Assert.Equal([2], Assert.Single(file.Tensors).Value.Shape);
        Assert.Throws<WeightsFormatException>(() => WeightFile.Open(_folder.PathOf("keys.safetensors"), new() { Key = "net" }));
    }

    private void WriteShards()
    {
        Write("part1.safetensors", ("second", 1), ("first", 2));
        Write("part2.safetensors", ("third", 2));
        File.WriteAllText(
            _folder.PathOf("model.safetensors.index.json"),
            """{"metadata": {"total_size": 5}, "weight_map": {"first": "part1.safetensors", "second": "part1.safetensors", "third": "part2.safetensors"}}""");
    }

    private void Write(string name, params (string Name, int Size)[] tensors)
    {
        var writer = new SafetensorsWriter();
        writer.Metadata.Add("license", "MIT");
        foreach ((string tensor, int size) in tensors)
        {
            writer.Add(tensor, [size], Enumerable.Repeat((float)size, size).ToArray());
        }

        writer.Save(_folder.PathOf(name));
    }
}
