using System.Text.Json;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;
using G3DR.Core.Verification;
using G3DR.Core.Weights;

namespace G3DR.Tests.Support;

/// <summary>Reference vectors and listings of the pretrained networks.</summary>
internal static class PretrainedFiles
{
    /// <summary>Verifies one file, by its name without extension; fails the test if anything differs.</summary>
    public static FileVerification Verify(TestDevice device, string name)
    {
        VerificationReport report = VectorVerification.Run(device, Vectors.PathOf($"pretrained/{name}.safetensors"));
        FileVerification file = Assert.Single(report.Files);
        Assert.True(report.Ok, string.Join("\n", file.Failures.Select(check => $"{check.Path} {check.Result}")));
        return file;
    }

    /// <summary>Fails the test unless a network has exactly the tensors of a published checkpoint, by the name of its listing.</summary>
    public static void AssertNames(string listing, Module network)
    {
        using JsonDocument names = JsonDocument.Parse(File.ReadAllText(Vectors.PathOf($"pretrained/{listing}.names.json")));
        IEnumerable<string> expected = names.RootElement.GetProperty("namings").EnumerateObject().First().Value.EnumerateObject()
            .Select(entry => $"{entry.Name} {new Shape([.. entry.Value.EnumerateArray().Select(length => length.GetInt32())])}");
        Assert.Equal(expected.Order(StringComparer.Ordinal), network.State.Select(entry => $"{entry.Key} {entry.Value.Shape}").Order(StringComparer.Ordinal));
    }

    /// <summary>Writes some of a network's tensors.</summary>
    public static void Save(Module network, string path, Func<string, bool> keep)
    {
        var writer = new SafetensorsWriter();
        foreach ((string name, Tensor tensor) in network.State.Where(entry => keep(entry.Key)))
        {
            writer.Add(name, [.. tensor.Shape.Select(size => (long)size)], tensor.ToSingles());
        }

        writer.Save(path);
    }
}
