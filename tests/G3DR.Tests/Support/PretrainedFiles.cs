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
        Assert.Equal(Describe(Published(listing)), Describe(network));
    }

    /// <summary>Names and shapes of a published file.</summary>
    /// <param name="listing">Name of the listing.</param>
    /// <param name="naming">One of its namings; the first if null.</param>
    public static OrderedDictionary<string, long[]> Published(string listing, string? naming = null)
    {
        using JsonDocument names = JsonDocument.Parse(File.ReadAllText(Vectors.PathOf($"pretrained/{listing}.names.json")));
        JsonElement namings = names.RootElement.GetProperty("namings");
        JsonElement chosen = naming is null ? namings.EnumerateObject().First().Value : namings.GetProperty(naming);
        return new(chosen.EnumerateObject().Select(entry => KeyValuePair.Create(entry.Name, entry.Value.EnumerateArray().Select(length => length.GetInt64()).ToArray())), StringComparer.Ordinal);
    }

    /// <summary>Names and shapes of a module.</summary>
    public static IEnumerable<string> Describe(Module network) => network.State.Select(entry => $"{entry.Key} {entry.Value.Shape}").Order(StringComparer.Ordinal);

    /// <summary>Names and shapes of a file, but for some.</summary>
    public static IEnumerable<string> Describe(IReadOnlyDictionary<string, long[]> shapes, params IEnumerable<string> unused) => shapes
        .Where(entry => !unused.Any(start => entry.Key.StartsWith(start, StringComparison.Ordinal)))
        .Select(entry => $"{entry.Key} {new Shape([.. entry.Value.Select(length => (int)length)])}").Order(StringComparer.Ordinal);

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
