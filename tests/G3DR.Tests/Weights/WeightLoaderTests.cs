using G3DR.Core.Tensors;
using G3DR.Core.Weights;
using G3DR.Tests.Support;

namespace G3DR.Tests.Weights;

public sealed class WeightLoaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SkippableTheory]
    [MemberData(nameof(TestDevice.Configurations), MemberType = typeof(TestDevice))]
    public void All_types_load_on_every_device(string configuration)
    {
        using TestDevice device = TestDevice.Create(configuration);
        float[] values = [.. Enumerable.Range(0, 600_000).Select(i => (i % 1000) - 500f)];
        string path = Write("types", writer =>
        {
            writer.Add("half", [600, 1000], values, WeightDtype.F16);
            writer.Add("single", [600, 1000], values);
            writer.Add("double", [600, 1000], values, WeightDtype.F64);
            writer.Add("count", [2], (long[])[3, 7]);
        });
        using Tensor half = Tensor.Zeros(device, [600, 1000]), single = Tensor.Zeros(device, [600, 1000]), wide = Tensor.Zeros(device, [600, 1000]), count = Tensor.Zeros(device, [2]);
        using WeightFile file = WeightFile.Open(path);
        WeightLoadReport report = WeightLoader.Load(
            new Dictionary<string, Tensor> { ["half"] = half, ["single"] = single, ["double"] = wide, ["count"] = count }, file);
        Assert.True(report.Complete);
        Assert.Equal($"{path}: all 4 tensors fit.", report.ToString());
        Assert.Equal(values, half.ToSingles());
        Assert.Equal(values, single.ToSingles());
        Assert.Equal(values, wide.ToSingles());
        Assert.Equal([3, 7], count.ToSingles());
    }

    [Fact]
    public void Double_parameters_keep_double_weights()
    {
        using var device = new TestDevice();
        using Tensor target = Tensor.Zeros(device, [2], DType.Float64);
        using WeightFile file = WeightFile.Open(Write("double", writer => writer.Add("a", [2], (double[])[Math.PI, 1.0 / 3])));
        WeightLoader.Load(new Dictionary<string, Tensor> { ["a"] = target }, file);
        Assert.Equal([Math.PI, 1.0 / 3], target.ToDoubles());
    }

    [Fact]
    public void Everything_that_does_not_fit_is_told_at_once_and_nothing_is_changed()
    {
        using var device = new TestDevice();
        using Tensor a = Tensor.Full(device, [2], 9), b = Tensor.Full(device, [3], 9), c = Tensor.Full(device, [1], 9), d = Tensor.Full(device, [1], 9);
        Dictionary<string, Tensor> parameters = new() { ["a"] = a, ["b"] = b, ["c"] = c, ["d"] = d };
        using WeightFile file = WeightFile.Open(Write("partly", writer =>
        {
            writer.Add("a", [2], (float[])[1, 2]);
            writer.Add("b", [2, 2], (float[])[1, 2, 3, 4]);
            writer.Add("x", [1], (float[])[1]);
        }));
        WeightLoadException error = Assert.Throws<WeightLoadException>(() => WeightLoader.Load(parameters, file));
        Assert.Equal(["c", "d"], error.Report.Missing);
        Assert.Equal(["x"], error.Report.Unexpected);
        Assert.Equal(["a"], error.Report.Loaded);
        Assert.Equal("b: needs [3], the file has [2, 2]", Assert.Single(error.Report.Misshaped).ToString());
        Assert.Equal(
            $"{file.Source}: 1 of 4 tensors fit; 2 missing, 1 unexpected, 1 of another shape.\nOf another shape:\n  b: needs [3], the file has [2, 2]\n"
            + "Missing (needed, not in the file):\n  c\n  d\nUnexpected (in the file, not needed):\n  x",
            error.Message);
        Assert.Throws<WeightLoadException>(() => WeightLoader.Load(parameters, file, new() { Strict = false }));
        Assert.All(parameters.Values, tensor => Assert.All(tensor.ToSingles(), value => Assert.Equal(9, value)));
    }

    [Fact]
    public void Without_strictness_what_is_there_is_loaded()
    {
        using var device = new TestDevice();
        using Tensor a = Tensor.Full(device, [2], 9), c = Tensor.Full(device, [1], 9);
        using WeightFile file = WeightFile.Open(WriteVectors("loose", ("a", 2), ("x", 1)));
        WeightLoadReport report = WeightLoader.Load(new Dictionary<string, Tensor> { ["a"] = a, ["c"] = c }, file, new() { Strict = false });
        Assert.False(report.Complete);
        Assert.Equal(["c"], report.Missing);
        Assert.Equal([0, 1], a.ToSingles());
        Assert.Equal([9], c.ToSingles());
    }

    [Fact]
    public void The_prefix_of_data_parallel_is_removed_only_where_all_names_have_it()
    {
        Assert.True(Compare(WriteVectors("all", ("module.a", 2), ("module.b", 1)), new(), ("a", 2), ("b", 1)).Complete);
        Assert.False(Compare(WriteVectors("some", ("module.a", 2), ("b", 1)), new(), ("a", 2), ("b", 1)).Complete);
        Assert.True(Compare(WriteVectors("own", ("module.a", 2)), new(), ("module.a", 2)).Complete);
        Assert.False(Compare(WriteVectors("off", ("module.a", 2)), new() { StripModule = false }, ("a", 2)).Complete);
    }

    [Fact]
    public void A_prefix_chooses_a_part_of_a_file()
    {
        string path = WriteVectors("parts", ("net.a", 2), ("net.b", 1), ("vae.a", 3));
        Assert.True(Compare(path, new() { Prefix = "net." }, ("a", 2), ("b", 1)).Complete);
        WeightLoadReport none = Compare(path, new(), ("a", 2), ("b", 1));
        Assert.Contains("2 of the missing names are there behind the prefix 'net.'", none.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_are_mapped_and_ignored()
    {
        string path = WriteVectors("mapped", ("block.0.ln.weight", 2), ("block.0.ln.bias", 2), ("head", 1), ("bn.num_batches_tracked", 1));
        var map = new WeightNameMap([("block.0.ln.*", "layers.0.norm.*"), ("head", "classifier.weight")]);
        WeightLoadReport report = Compare(
            path,
            new() { NameMap = map, Ignore = ["*.num_batches_tracked"] },
            ("layers.0.norm.weight", 2),
            ("layers.0.norm.bias", 2),
            ("classifier.weight", 1));
        Assert.True(report.Complete, report.ToString());
        Assert.Equal(["bn.num_batches_tracked"], report.Ignored);
        Assert.Equal("head", map.Inverse().Apply("classifier.weight"));
        Assert.Equal("block.0.ln.bias", map.Inverse().Apply("layers.0.norm.bias"));
    }

    [Fact]
    public void Two_tensors_of_one_name_are_refused()
    {
        WeightLoadReport report = Compare(WriteVectors("twice", ("a", 2), ("b", 2)), new() { NameMap = new([("b", "a")]) }, ("a", 2));
        Assert.False(report.Fits);
        Assert.Equal(["a"], report.Ambiguous);
    }

    [Theory]
    [InlineData("a*b*", "c*")]
    [InlineData("a*", "c")]
    public void Rules_with_uneven_stars_are_refused(string from, string to) => Assert.Throws<ArgumentException>(() => new WeightNameMap([(from, to)]));

    [Fact]
    public void Dimensions_of_one_element_may_be_ignored()
    {
        using var device = new TestDevice();
        using Tensor linear = Tensor.Zeros(device, [2, 3]);
        using WeightFile file = WeightFile.Open(Write("conv", writer => writer.Add("w", [2, 3, 1, 1], (float[])[1, 2, 3, 4, 5, 6])));
        Dictionary<string, Tensor> parameters = new() { ["w"] = linear };
        Assert.Throws<WeightLoadException>(() => WeightLoader.Load(parameters, file));
        WeightLoader.Load(parameters, file, new() { IgnoreUnitDimensions = true });
        Assert.Equal([1, 2, 3, 4, 5, 6], linear.ToSingles());
    }

    [Fact]
    public void A_backward_pass_over_replaced_weights_is_refused()
    {
        using var device = new TestDevice();
        using TensorScope scope = TensorScope.Begin(device);
        Tensor w = Tensor.Full(device, [2], 1);
        w.RequiresGrad = true;
        Tensor y = (w * w).Sum();
        using WeightFile file = WeightFile.Open(WriteVectors("again", ("w", 2)));
        WeightLoader.Load(new Dictionary<string, Tensor> { ["w"] = w }, file);
        Assert.Throws<InvalidOperationException>(() => y.Backward());
    }

    private WeightLoadReport Compare(string path, WeightLoadOptions options, params (string Name, long Size)[] needed)
    {
        using WeightFile file = WeightFile.Open(path);
        return WeightLoader.Compare(needed.ToDictionary(row => row.Name, row => new[] { row.Size }), file, options);
    }

    private string WriteVectors(string name, params (string Name, int Size)[] tensors) => Write(name, writer =>
    {
        foreach ((string tensor, int size) in tensors)
        {
            writer.Add(tensor, [size], Enumerable.Range(0, size).Select(i => (float)i).ToArray());
        }
    });

    private string Write(string name, Action<SafetensorsWriter> add)
    {
        var writer = new SafetensorsWriter();
        add(writer);
        string path = _folder.PathOf($"{name}.safetensors");
        writer.Save(path);
        return path;
    }
}
