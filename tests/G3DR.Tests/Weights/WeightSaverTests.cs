using G3DR.Core.Weights;
using G3DR.Tests.Support;

namespace G3DR.Tests.Weights;

public sealed class WeightSaverTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("pretrained/pt_nested_zip.pt")]
    [InlineData("pretrained/pt_nested_legacy.pt")]
    [InlineData("pretrained/pt_torchscript_clip_tiny.pt")]
    [InlineData("train/optim.safetensors")]
    public void Saved_weights_save_to_the_same_bytes_again(string vector)
    {
        string first = _folder.PathOf("first.safetensors"), second = _folder.PathOf("second.safetensors");
        using (WeightFile original = WeightFile.Open(Vectors.PathOf(vector), new() { Key = string.Empty }))
        {
            WeightSaver.Save(original, first);
            using WeightFile saved = WeightFile.Open(first);
            Assert.Empty(WeightDifference.Between(original, saved));
            Assert.Equal(original.Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal), saved.Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal));
            WeightSaver.Save(saved, second);
        }

        Assert.Equal(File.ReadAllBytes(first), File.ReadAllBytes(second));
    }

    [Theory]
    [InlineData(WeightDtype.F16, 1f / 1024)]
    [InlineData(WeightDtype.BF16, 1f / 128)]
    [InlineData(WeightDtype.F64, 0f)]
    public void Floating_point_tensors_change_their_type_and_whole_numbers_do_not(WeightDtype dtype, float relativeError)
    {
        float[] values = [1, -2.7182817f, 1e-3f, 65504];
        string source = Write(("w", values));
        string path = _folder.PathOf("converted.safetensors");
        using (WeightFile original = WeightFile.Open(source))
        {
            Assert.Empty(WeightSaver.Save(original, path, new() { Dtype = dtype, Metadata = new Dictionary<string, string> { ["license"] = "MIT" } }).Overflowed);
        }

        using WeightFile converted = WeightFile.Open(path);
        Assert.Equal(dtype, converted.Tensors["w"].Dtype);
        Assert.Equal(WeightDtype.I64, converted.Tensors["count"].Dtype);
        Assert.Equal([5], converted.Tensors["count"].ReadInt64s());
        Assert.Equal("MIT", converted.Metadata["license"]);
        Assert.Equal("here", converted.Metadata["source"]);
        float[] read = converted.Tensors["w"].ReadSingles();
        for (int i = 0; i < values.Length; i++)
        {
            Assert.InRange(Math.Abs(read[i] - values[i]), 0, Math.Abs(values[i]) * relativeError);
        }
    }

    [Fact]
    public void Values_that_become_infinite_are_told()
    {
        using WeightFile file = WeightFile.Open(Write(("large", [1, 70_000]), ("infinite", [float.PositiveInfinity]), ("small", [1])));
        Assert.Equal(["large"], WeightSaver.Save(file, _folder.PathOf("half.safetensors"), new() { Dtype = WeightDtype.F16 }).Overflowed);
    }

    [Fact]
    public void A_set_reads_as_the_whole()
    {
        string path = _folder.PathOf("set.safetensors");
        using WeightFile original = WeightFile.Open(Vectors.PathOf("pretrained/pt_plain_state_dict.pth"));
        List<WeightProgress> reports = [];
        WeightSaveResult result = WeightSaver.Save(original, path, new() { ShardBytes = 600 }, new Reports(reports));
        Assert.Equal("set.safetensors.index.json", Path.GetFileName(result.Files[^1]));
        Assert.Equal("set-00001-of-00004.safetensors", Path.GetFileName(result.Files[0]));
        Assert.Equal(5, result.Files.Count);
        Assert.Equal(Enumerable.Range(1, original.Tensors.Count), reports.Select(report => report.Done));
        using WeightFile set = WeightFile.Open(result.Files[^1]);
        Assert.Empty(WeightDifference.Between(original, set));
        Assert.Equal(original.Tensors.Keys, set.Tensors.Keys);
    }

    [Fact]
    public void A_stopped_save_leaves_nothing()
    {
        using WeightFile original = WeightFile.Open(Vectors.PathOf("pretrained/pt_plain_state_dict.pth"));
        using var stop = new CancellationTokenSource();
        var stopAtFifth = new Reports([], report => Stop(report, stop));
        Assert.Throws<OperationCanceledException>(() => WeightSaver.Save(original, _folder.PathOf("set.safetensors"), new() { ShardBytes = 600 }, stopAtFifth, stop.Token));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));

        static void Stop(WeightProgress report, CancellationTokenSource stop)
        {
            if (report.Done == 5)
            {
                stop.Cancel();
            }
        }
    }

    [Fact]
    public void Names_change_by_prefix_and_map()
    {
        string path = _folder.PathOf("named.safetensors");
        using (WeightFile original = WeightFile.Open(Write(("net.a", [1]), ("net.b", [2]), ("other", [3]))))
        {
            WeightSaver.Save(original, path, new() { Prefix = "net.", NameMap = new([("a", "first")]) });
            Assert.Throws<ArgumentException>(() => WeightSaver.Save(original, path, new() { Prefix = "vae." }));
            Assert.Throws<ArgumentException>(() => WeightSaver.Save(original, path, new() { NameMap = new([("net.a", "net.b")]) }));
            Assert.Throws<ArgumentException>(() => WeightSaver.Save(original, path, new() { Dtype = WeightDtype.I32 }));
            Assert.Throws<ArgumentException>(() => WeightSaver.Save(original, path, new() { ShardBytes = 0 }));
        }

        using WeightFile named = WeightFile.Open(path);
        Assert.Equal(["b", "first"], named.Tensors.Keys.Order(StringComparer.Ordinal));
    }

    private string Write(params (string Name, float[] Values)[] tensors)
    {
        var writer = new SafetensorsWriter();
        writer.Metadata.Add("source", "here");
        foreach ((string name, float[] values) in tensors)
        {
            writer.Add(name, [values.Length], values);
        }

        if (tensors.Length == 1)
        {
            writer.Add("count", [1], (long[])[5]);
        }

        string path = _folder.PathOf("source.safetensors");
        writer.Save(path);
        return path;
    }

    private sealed class Reports(List<WeightProgress> reports, Action<WeightProgress>? then = null) : IProgress<WeightProgress>
    {
        public void Report(WeightProgress value)
        {
            reports.Add(value);
            then?.Invoke(value);
        }
    }
}
