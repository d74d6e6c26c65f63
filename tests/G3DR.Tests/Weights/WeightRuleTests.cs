using G3DR.Core.Tensors;
using G3DR.Core.Weights;
using G3DR.Tests.Support;

namespace G3DR.Tests.Weights;

public sealed class WeightRuleTests : IDisposable
{
    private static readonly WeightNameMap s_map = new(
    [
        WeightRule.JoinRows("block.*.qkv.weight", "layers.*.q.weight", "layers.*.k.weight", "layers.*.v.weight"),
        WeightRule.Transpose("head.weight", "proj"),
        WeightRule.Rename("layers.*", "block.*"),
    ]);

    private readonly TestDevice _device = new(new() { Threads = 2 });
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _device.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Rows_are_joined_in_the_order_of_the_rule_and_matrices_transposed()
    {
        using Tensor joined = Tensor.Zeros(_device, [5, 3]), projected = Tensor.Zeros(_device, [2, 3]), bias = Tensor.Zeros(_device, [1]);
        Dictionary<string, Tensor> parameters = new() { ["block.7.qkv.weight"] = joined, ["proj"] = projected, ["block.7.bias"] = bias };
        using WeightFile file = WeightFile.Open(WriteParts());
        Assert.True(WeightLoader.Load(parameters, file, new() { NameMap = s_map }).Complete);
        Assert.Equal(Enumerable.Range(0, 15).Select(i => (double)i), joined.ToDoubles());
        Assert.Equal([100, 102, 104, 101, 103, 105], projected.ToDoubles());
        Assert.Equal([50], bias.ToDoubles());
    }

    [Fact]
    public void What_is_joined_is_read_in_pieces_of_any_size_and_saved()
    {
        string saved = _folder.PathOf("saved.safetensors");
        using (WeightFile file = WeightFile.Open(WriteParts()))
        {
            WeightSaver.Save(file, saved, new() { NameMap = s_map });
        }

        using WeightFile again = WeightFile.Open(saved);
        Assert.Equal([5, 3], again.Tensors["block.7.qkv.weight"].Shape);
        Assert.Equal([2, 3], again.Tensors["proj"].Shape);
        using WeightFile parts = WeightFile.Open(WriteParts());
        WeightTensor joined = Assert.Single(s_map.Apply(parts.Tensors.Values), tensor => tensor.Name == "block.7.qkv.weight");
        for (int first = 0; first < 15; first++)
        {
            float[] piece = new float[Math.Min(4, 15 - first)];
            joined.CopyTo(first, piece);
            Assert.Equal(Enumerable.Range(first, piece.Length).Select(i => (float)i), piece);
        }
    }

    [Fact]
    public void A_part_that_is_missing_is_named()
    {
        string path = Write(("layers.7.q.weight", [1, 3], 0), ("layers.7.v.weight", [1, 3], 0));
        using WeightFile file = WeightFile.Open(path);
        WeightLoadReport report = WeightLoader.Compare(new Dictionary<string, long[]> { ["block.7.qkv.weight"] = [3, 3] }, file, new() { NameMap = s_map });
        Assert.Equal(["block.7.qkv.weight"], report.Missing);
        Assert.Equal(["layers.7.q.weight", "layers.7.v.weight"], report.Unexpected);
    }

    [Fact]
    public void Parts_of_other_widths_are_refused()
    {
        string path = Write(("layers.7.q.weight", [1, 3], 0), ("layers.7.k.weight", [1, 4], 0), ("layers.7.v.weight", [1, 3], 0));
        using WeightFile file = WeightFile.Open(path);
        Assert.Contains("cannot be joined to 'block.7.qkv.weight'", Assert.Throws<WeightsFormatException>(() => s_map.Apply(file.Tensors.Values).ToArray()).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(s_map.Inverse);
    }

    private string WriteParts() => Write(
        ("layers.7.v.weight", [2, 3], 9), ("layers.7.q.weight", [1, 3], 0), ("layers.7.k.weight", [2, 3], 3), ("head.weight", [3, 2], 100), ("layers.7.bias", [1], 50));

    // Consecutive numbers from a first one on.
    private string Write(params (string Name, long[] Shape, int First)[] tensors)
    {
        string path = _folder.PathOf("parts.safetensors");
        var writer = new SafetensorsWriter();
        foreach ((string name, long[] shape, int first) in tensors)
        {
            float[] values = [.. Enumerable.Range(first, (int)shape.Aggregate(1L, (product, size) => product * size)).Select(i => (float)i)];
            writer.Add(name, shape, values);
        }

        writer.Save(path);
        return path;
    }
}
