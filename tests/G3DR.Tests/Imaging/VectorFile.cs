using System.Runtime.InteropServices;
using G3DR.Core.Weights;
using G3DR.Tests.Support;

namespace G3DR.Tests.Imaging;

/// <summary>The reference vectors that the imaging tests compare with.</summary>
internal sealed class VectorFile
{
    private readonly SafetensorsFile _file;

    private VectorFile(string path) => _file = SafetensorsFile.Load(File.ReadAllBytes(path), path);

    /// <summary>The generated vectors of this repository.</summary>
    public static VectorFile Generated { get; } = new(Vectors.PathOf("imaging/imaging.safetensors"));

    public IReadOnlyDictionary<string, string> Metadata => _file.Metadata;

    public IEnumerable<string> Names => _file.Entries.Select(entry => entry.Name);

    public static VectorFile Open(string path) => new(path);

    /// <summary>The middle parts of all names of the form prefix.NAME.suffix.</summary>
    public IEnumerable<string> Cases(string prefix, string suffix) =>
        Names.Where(name => name.StartsWith(prefix + ".", StringComparison.Ordinal) && name.EndsWith("." + suffix, StringComparison.Ordinal))
            .Select(name => name[(prefix.Length + 1)..^(suffix.Length + 1)]);

    public int[] Shape(string name) => [.. _file[name].Shape.Select(length => (int)length)];

    public T[] Read<T>(string name)
        where T : struct
    {
        WeightTensor entry = _file[name];
        return MemoryMarshal.Cast<byte, T>(entry.GetBytes(0, (int)entry.ByteCount)).ToArray();
    }
}
