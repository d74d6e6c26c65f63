using System.Text.Json;
using G3DR.Tests.Support;

namespace G3DR.Tests.Imaging;

/// <summary>The authors' real pictures and what their data loader makes of them; only where G3DR_TEST_DATA is set.</summary>
internal sealed class SampleVectors
{
    private readonly JsonElement _config;

    private SampleVectors(VectorFile file)
    {
        File = file;
        using JsonDocument config = JsonDocument.Parse(file.Metadata["config"]);
        using JsonDocument tolerances = JsonDocument.Parse(file.Metadata["tol"]);
        _config = config.RootElement.Clone();
        Tolerances = tolerances.RootElement.Clone();
    }

    public VectorFile File { get; }

    public JsonElement Tolerances { get; }

    public static SampleVectors Open() => new(VectorFile.Open(Path.Combine(Vectors.DataFolder!, "oracles", "data", "samples.safetensors")));

    public int Size(string key) => _config.GetProperty(key).GetProperty("size").GetInt32();

    public string PhotoPath(string key) => BasePath(key) + ".jpg";

    public string DepthPath(string key) => BasePath(key) + "_depth.png";

    public double Tolerance(string name) => Tolerances.GetProperty(name).GetProperty("atol").GetDouble();

    private string BasePath(string key) =>
        Path.Combine(Vectors.DataFolder!, "data", "g3dr-samples", _config.GetProperty(key).GetProperty("name").GetString()!);
}
