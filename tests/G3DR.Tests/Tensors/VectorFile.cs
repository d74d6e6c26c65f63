using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace G3DR.Tests.Tensors;

/// <summary>Reads reference vectors that come with the tests.</summary>
internal sealed class VectorFile
{
    private readonly byte[] _data;
    private readonly JsonElement _header;

    public VectorFile(string relative)
    {
        byte[] file = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "vectors", relative));
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        _header = JsonDocument.Parse(file.AsMemory(8, length)).RootElement;
        _data = file[(8 + length)..];
    }

    public JsonElement Config => Metadata("config");

    public double Tolerance(string name) => Metadata("tol").GetProperty(name).GetProperty("atol").GetDouble();

    public int[] Shape(string name) => [.. _header.GetProperty(name).GetProperty("shape").EnumerateArray().Select(size => size.GetInt32())];

    public double[] Doubles(string name)
    {
        JsonElement entry = _header.GetProperty(name);
        int[] offsets = [.. entry.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt32())];
        Span<byte> bytes = _data.AsSpan(offsets[0]..offsets[1]);
        return entry.GetProperty("dtype").GetString() == "F64"
            ? MemoryMarshal.Cast<byte, double>(bytes).ToArray()
            : [.. MemoryMarshal.Cast<byte, float>(bytes).ToArray().Select(value => (double)value)];
    }

    private JsonElement Metadata(string name) =>
        JsonDocument.Parse(_header.GetProperty("__metadata__").GetProperty(name).GetString()!).RootElement;
}
