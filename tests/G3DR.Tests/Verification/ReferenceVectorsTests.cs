using G3DR.Core.Verification;
using G3DR.Core.Weights;
using G3DR.Tests.Support;

namespace G3DR.Tests.Verification;

public class ReferenceVectorsTests
{
    private const string Roles = """{"x": "input", "w": "param", "c": "cotangent", "y": "output", "k": "check", "n": "output", "m": "output"}""";
    private const string Tolerances = """
        {"y": {"f32_err": 1e-7, "scale": 3, "atol": 0.01}, "n": {"exact": true}, "m": {"atol": 12, "mean_atol": 0.5}}
        """;

    [Fact]
    public void Metadata_and_tensors_are_readable()
    {
        using var folder = new TemporaryFolder();
        using ReferenceVectors vectors = Create(folder);
        Assert.Equal(5, vectors.Config.GetProperty("size").GetInt32());
        Assert.Equal("somebody's code", vectors.Source);
        Assert.Equal(TensorRole.Cotangent, vectors.Roles["c"]);
        Assert.Equal(["m", "n", "y"], vectors.NamesOf(TensorRole.Output).Order());
        Assert.Equal([2, 2], vectors.Shape("y"));
        Assert.Equal([1f, 2f, 3f, double.PositiveInfinity], vectors.Doubles("y"));
        Assert.Equal([1f, 2f, 3f, float.PositiveInfinity], vectors.Singles("y"));
        Assert.Equal([1, long.MaxValue], vectors.Integers("n"));
        Assert.Equal(new VectorTolerance(0.01, null, 1e-7, 3), vectors.Tolerance("y"));
        Assert.True(vectors.Tolerance("n").IsExact);
    }

    [Fact]
    public void Result_within_the_tolerance_passes_and_beyond_it_fails()
    {
        using var folder = new TemporaryFolder();
        using ReferenceVectors vectors = Create(folder);
        VectorResult good = vectors.Compare("y", [1.005, 2, 2.995, double.PositiveInfinity]);
        Assert.True(good.Ok);
        Assert.Equal(0.005, good.MaxError, 12);
        Assert.Equal(0.01, good.Tolerance);
        VectorResult bad = vectors.Compare("y", [1, 2.02, 3, double.PositiveInfinity]);
        Assert.False(bad.Ok);
        Assert.Contains("element 1", bad.Failure!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, double.NaN)]
    [InlineData(3, double.NaN)]
    [InlineData(3, double.NegativeInfinity)]
    [InlineData(3, 1e300)]
    [InlineData(1, double.PositiveInfinity)]
    public void Not_a_number_and_the_wrong_infinity_never_pass(int index, double value)
    {
        using var folder = new TemporaryFolder();
        using ReferenceVectors vectors = Create(folder);
        double[] actual = vectors.Doubles("y");
        actual[index] = value;
        VectorResult result = vectors.Compare("y", actual);
        Assert.False(result.Ok);
        Assert.Equal(double.PositiveInfinity, result.MaxError);
    }

    [Fact]
    public void Expected_not_a_number_is_no_excuse()
    {
        using var folder = new TemporaryFolder();
        using ReferenceVectors vectors = Create(folder, y: [double.NaN, 0, 0, 0]);
        Assert.False(vectors.Compare("y", [double.NaN, 0, 0, 0]).Ok);
    }

    [Fact]
    public void Another_length_or_shape_fails()
    {
        using var folder = new TemporaryFolder();
        using ReferenceVectors vectors = Create(folder);
        double[] y = vectors.Doubles("y");
        Assert.True(vectors.Compare("y", y, [2, 2]).Ok);
        Assert.False(vectors.Compare("y", y, [4]).Ok);
        Assert.False(vectors.Compare("y", [1.0, 2, 3]).Ok);
        Assert.False(vectors.Compare("n", [1L]).Ok);
    }

    [Fact]
    public void Integers_are_compared_exactly_even_beyond_the_doubles()
    {
        using var folder = new TemporaryFolder();
        using ReferenceVectors vectors = Create(folder);
        Assert.True(vectors.Compare("n", [1, long.MaxValue]).Ok);
        Assert.False(vectors.Compare("n", [1, long.MaxValue - 1]).Ok);
        Assert.False(vectors.Compare("n", [1, long.MinValue]).Ok);
    }

    [Fact]
    public void Mean_tolerance_counts_as_well()
    {
        using var folder = new TemporaryFolder();
        using ReferenceVectors vectors = Create(folder);
        Assert.True(vectors.Compare("m", [10.0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]).Ok);
        VectorResult result = vectors.Compare("m", [10.0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        Assert.False(result.Ok);
        Assert.Contains("mean", result.Failure!, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_tensors_are_named()
    {
        using var folder = new TemporaryFolder();
        using ReferenceVectors vectors = Create(folder);
        Assert.Contains("'zz'", Assert.Throws<KeyNotFoundException>(() => vectors.Compare("zz", [1.0])).Message, StringComparison.Ordinal);
        Assert.Throws<KeyNotFoundException>(() => vectors.Compare("x", [1.0]));
        Assert.Throws<KeyNotFoundException>(() => vectors.Doubles("zz"));
    }

    [Theory]
    [InlineData("{", "{}", "{}")]
    [InlineData("[]", "{}", "{}")]
    [InlineData("{}", """{"absent": "input"}""", "{}")]
    [InlineData("{}", """{"y": "result"}""", "{}")]
    [InlineData("{}", """{"y": 3}""", "{}")]
    [InlineData("{}", """{"\ud800": "input"}""", "{}")]
    [InlineData("{}", "{}", """{"absent": {"atol": 1}}""")]
    [InlineData("{}", "{}", """{"y": {}}""")]
    [InlineData("{}", "{}", """{"y": {"exact": false}}""")]
    [InlineData("{}", "{}", """{"y": {"atol": "1"}}""")]
    [InlineData("{}", "{}", """{"y": {"atol": -1}}""")]
    [InlineData("{}", "{}", """{"y": {"atol": 1e999}}""")]
    public void Malformed_metadata_are_refused(string config, string roles, string tolerances)
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<WeightsFormatException>(() => Create(folder, config, roles, tolerances));
    }

    [Fact]
    public void Ordinary_weights_are_no_reference()
    {
        string path = Vectors.PathOf("malformed/ok_reference.safetensors");
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Assert.False(ReferenceVectors.IsReference(file));
        Assert.Throws<WeightsFormatException>(() => ReferenceVectors.Open(path));
    }

    public static TheoryData<string> Files()
    {
        var files = new TheoryData<string>();
        foreach (string folder in (string[])["render", "train"])
        {
            foreach (string path in Directory.GetFiles(Vectors.PathOf(folder), "*.safetensors"))
                files.Add($"{folder}/{Path.GetFileName(path)}");
        }

        return files;
    }

    // The expected values pass against themselves and fail when they are off by twice the tolerance.
    [Theory]
    [MemberData(nameof(Files))]
    public void Every_output_of_the_shipped_vectors_can_be_compared(string file)
    {
        using ReferenceVectors vectors = Vectors.Open(file);
        Assert.NotEmpty(vectors.NamesOf(TensorRole.Output));
        foreach (string name in vectors.NamesOf(TensorRole.Output))
        {
            double[] values = vectors.Doubles(name);
            Vectors.AssertOk(vectors.Compare(name, values, vectors.Shape(name)));
            values[^1] += (2 * vectors.Tolerance(name).Maximum) + 1e-9;
            Assert.False(vectors.Compare(name, values).Ok);
        }
    }

    [SkippableFact]
    public void Every_reference_file_of_the_data_folder_opens()
    {
        string[] paths = Directory.GetFiles(Vectors.DataPath("oracles"), "*.safetensors", SearchOption.AllDirectories);
        int references = 0;
        foreach (string path in paths.Where(p => Path.GetFileName(Path.GetDirectoryName(p)) != "malformed"))
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            if (!ReferenceVectors.IsReference(file))
                continue;
            using ReferenceVectors vectors = ReferenceVectors.Open(path);

            // This one states its tolerances in words.
            if (Path.GetFileName(path) != "preprocess.safetensors")
                Assert.All(vectors.NamesOf(TensorRole.Output), name => vectors.Tolerance(name));
            references++;
        }

        Assert.True(references > 0, "no reference file found");
    }

    private static ReferenceVectors Create(
        TemporaryFolder folder, string config = """{"size": 5}""", string roles = Roles, string tolerances = Tolerances, double[]? y = null)
    {
        var writer = new SafetensorsWriter();
        foreach (string name in (string[])["x", "w", "c", "k"])
            writer.Add(name, [1], new float[1]);
        writer.Add("y", [2, 2], y ?? [1, 2, 3, double.PositiveInfinity]);
        writer.Add("n", [2], new long[] { 1, long.MaxValue });
        writer.Add("m", [20], new float[20]);
        writer.Metadata["config"] = config;
        writer.Metadata["roles"] = roles;
        writer.Metadata["tol"] = tolerances;
        writer.Metadata["source"] = "somebody's code";
        string path = folder.PathOf("vectors.safetensors");
        writer.Save(path);
        return ReferenceVectors.Open(path);
    }
}
