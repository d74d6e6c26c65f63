using G3DR.Core.Tensors;
using G3DR.Core.Weights;
using G3DR.Tests.Support;

namespace G3DR.Tests.Docs;

/// <summary>The examples of docs/weights.md.</summary>
public class WeightsExamples
{
    [Fact]
    public void Weights_are_saved_and_loaded()
    {
        using var folder = new TemporaryFolder();
        using var device = new TestDevice();
        string half = folder.PathOf("half.safetensors");
        Save(Vectors.PathOf("malformed/ok_reference.safetensors"), half);
        using Tensor a = Tensor.Zeros(device, [2, 3]), b = Tensor.Zeros(device, [4]);
        Dictionary<string, Tensor> parameters = new() { ["a"] = a, ["b"] = b };
        Load(half, parameters);
        Assert.Equal([0, 1, 2, 3, 4, 5], a.ToSingles());
        Make(parameters);
        Assert.All(a.ToSingles(), value => Assert.InRange(value, -1, 1));
    }

    private static void Load(string path, Dictionary<string, Tensor> parameters)
    {
        using WeightFile file = WeightFile.Open(path);
        WeightLoadReport report = WeightLoader.Load(parameters, file);
        Console.WriteLine(report);
    }

    private static void Save(string path, string target)
    {
        using WeightFile file = WeightFile.Open(path);
        WeightSaver.Save(file, target, new()
        {
            Dtype = WeightDtype.F16,
            Metadata = new Dictionary<string, string> { ["license"] = "MIT", ["source"] = "https://example.org/model" },
        });
    }

    private static void Make(Dictionary<string, Tensor> parameters)
    {
        HashInit.Fill(parameters, HashInitRules.OfficialUnet);
    }
}
