using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace G3DR.Tests.Imaging;

/// <summary>Reads the reference vectors (safetensors) that the imaging tests compare with.</summary>
internal sealed class VectorFile
{
    private readonly byte[] _bytes;
    private readonly Dictionary<string, (int[] Shape, int Start, int Length)> _tensors = [];

    private VectorFile(string path)
    {
        _bytes = File.ReadAllBytes(path);
        int headerLength = (int)BinaryPrimitives.ReadInt64LittleEndian(_bytes);
        using JsonDocument header = JsonDocument.Parse(_bytes.AsMemory(8, headerLength));
        foreach (JsonProperty entry in header.RootElement.EnumerateObject())
        {
            if (entry.Name == "__metadata__")
            {
                Metadata = entry.Value.EnumerateObject().ToDictionary(item => item.Name, item => item.Value.GetString()!);
                continue;
            }
            int[] shape = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(item => item.GetInt32())];
            int[] offsets = [.. entry.Value.GetProperty("data_offsets").EnumerateArray().Select(item => item.GetInt32())];
            _tensors[entry.Name] = (shape, 8 + headerLength + offsets[0], offsets[1] - offsets[0]);
        }
    }

    /// <summary>The generated vectors of this repository.</summary>
    public static VectorFile Generated { get; } = new(Path.Combine(RepositoryRoot(), "tests", "vectors", "imaging", "imaging.safetensors"));

    public IReadOnlyDictionary<string, string> Metadata { get; } = new Dictionary<string, string>();

    public IEnumerable<string> Names => _tensors.Keys;

    /// <summary>The folder with `data/` and `oracles/`, which may not be part of the repository; null if it is not there.</summary>
    public static string? TestData => Environment.GetEnvironmentVariable("G3DR_TEST_DATA") is { Length: > 0 } folder ? folder : null;

    public static VectorFile Open(string path) => new(path);

    /// <summary>The middle parts of all names of the form prefix.NAME.suffix.</summary>
    public IEnumerable<string> Cases(string prefix, string suffix) =>
        Names.Where(name => name.StartsWith(prefix + ".", StringComparison.Ordinal) && name.EndsWith("." + suffix, StringComparison.Ordinal))
            .Select(name => name[(prefix.Length + 1)..^(suffix.Length + 1)]);

    public int[] Shape(string name) => _tensors[name].Shape;

    public T[] Read<T>(string name)
        where T : struct
    {
        (_, int start, int length) = _tensors[name];
        return MemoryMarshal.Cast<byte, T>(_bytes.AsSpan(start, length)).ToArray();
    }

    private static string RepositoryRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "G3DR.Core.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException($"No folder above '{AppContext.BaseDirectory}' contains G3DR.Core.sln.");
    }
}
