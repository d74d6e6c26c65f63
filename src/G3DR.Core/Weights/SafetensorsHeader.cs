using System.Buffers.Binary;
using System.Collections.ObjectModel;
using System.Text.Json;
using System.Text.Unicode;

namespace G3DR.Core.Weights;

/// <summary>One tensor as the header states it. Offsets count from the start of the data section.</summary>
internal readonly record struct SafetensorsHeaderEntry(string Name, WeightDtype Dtype, long[] Shape, long ElementCount, long Begin, long End);

/// <summary>
/// Reads the JSON header of a safetensors file by the rules of the official library (huggingface/safetensors,
/// <c>SafeTensors::read_metadata</c>), and stricter where it lets the last of two equal keys win.
/// </summary>
internal sealed class SafetensorsHeader
{
    /// <summary>The official library's limit, in bytes.</summary>
    public const long MaxBytes = 100_000_000;

    /// <summary>No array library goes further; a limit keeps a header of ones from becoming a long array per tensor.</summary>
    public const int MaxRank = 64;

    public const string MetadataKey = "__metadata__";

    private readonly string source;
    private readonly List<SafetensorsHeaderEntry> entries = [];
    private readonly HashSet<string> names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> metadata = new(StringComparer.Ordinal);
    private bool hasMetadata;

    private SafetensorsHeader(string source) => this.source = source;

    /// <summary>The tensors in the order of their data.</summary>
    public IReadOnlyList<SafetensorsHeaderEntry> Entries => entries;

    public ReadOnlyDictionary<string, string> Metadata => new(metadata);

    /// <summary>Bytes of the data section.</summary>
    public long DataLength => entries.Count == 0 ? 0 : entries[^1].End;

    /// <summary>Checks the first eight bytes of a file before anything is read or allocated on their word.</summary>
    public static int CheckLength(ulong headerLength, long? fileLength, string source)
    {
        if (headerLength > MaxBytes)
        {
            throw new WeightsFormatException(
                $"{source} is no safetensors file: its first 8 bytes announce a header of {headerLength} bytes, at most {MaxBytes} are allowed.{OtherKind(headerLength)}");
        }

        if (fileLength is { } length && (long)headerLength > length - 8)
            throw new WeightsFormatException($"{source} is truncated: its header should have {headerLength} bytes, {length - 8} follow the length field.{OtherKind(headerLength)}");
        if (headerLength < 2)
            throw new WeightsFormatException($"{source} is malformed: a header of {headerLength} bytes cannot hold a JSON object.");
        return (int)headerLength;
    }

    public static SafetensorsHeader Parse(ReadOnlySpan<byte> json, string source)
    {
        var header = new SafetensorsHeader(source);
        if (json[0] != (byte)'{')
            throw header.Error("the header must start with '{'");
        if (!Utf8.IsValid(json))
            throw header.Error("the header is not valid UTF-8");
        try
        {
            header.ReadRoot(json);
        }
        catch (JsonException e)
        {
            throw new WeightsFormatException($"{source} is malformed: the header is not valid JSON ({e.Message})", e);
        }

        header.CheckLayout();
        return header;
    }

    public WeightsFormatException Error(string what) => new($"{source} is malformed: {what}.");

    /// <summary>A name from a file, made fit for one line of a message.</summary>
    public static string Quote(string name)
    {
        const int Longest = 80;
        string start = name.Length <= Longest ? name : string.Concat(name.AsSpan(0, Longest), "...");
        return $"'{string.Concat(start.Select(c => char.IsControl(c) ? '?' : c))}'";
    }

    /// <summary>Names the usual mistakes by the first bytes of the file, which were read as a number.</summary>
    private static string OtherKind(ulong firstBytes)
    {
        Span<byte> start = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(start, firstBytes);
        return WeightFormats.Guess(start);
    }

    private void ReadRoot(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = Text(ref reader);
            reader.Read();
            if (name == MetadataKey)
                ReadMetadata(ref reader);
            else
                ReadEntry(name, ref reader);
        }

        // Past the closing brace only white space may follow: Read throws on anything else.
        reader.Read();
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        if (hasMetadata)
            throw Error($"{MetadataKey} appears twice");
        hasMetadata = true;
        if (reader.TokenType != JsonTokenType.StartObject)
            throw Error($"{MetadataKey} must be an object, it is a {Kind(reader.TokenType)}");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = Text(ref reader);
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
                throw Error($"the metadata value of {Quote(key)} must be a string, it is a {Kind(reader.TokenType)}");
            if (!metadata.TryAdd(key, Text(ref reader)))
                throw Error($"the metadata key {Quote(key)} appears twice");
        }
    }

    private void ReadEntry(string name, ref Utf8JsonReader reader)
    {
        if (!names.Add(name))
            throw Error($"the tensor {Quote(name)} appears twice");
        if (reader.TokenType != JsonTokenType.StartObject)
            throw Error($"the entry of tensor {Quote(name)} must be an object, it is a {Kind(reader.TokenType)}");

        WeightDtype? dtype = null;
        long[]? shape = null;
        long[]? offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = Text(ref reader);
            reader.Read();
            bool twice = false;
            switch (key)
            {
                case "dtype":
                    twice = dtype is not null;
                    dtype = ReadDtype(name, ref reader);
                    break;
                case "shape":
                    twice = shape is not null;
                    shape = ReadIntegers(name, key, MaxRank, ref reader);
                    break;
                case "data_offsets":
                    twice = offsets is not null;
                    offsets = ReadIntegers(name, key, 2, ref reader);
                    break;
                default:
                    // Ignored by the official library too: room for later versions of the format.
                    reader.Skip();
                    break;
            }

            if (twice)
                throw Error($"tensor {Quote(name)} has two values of {key}");
        }

        AddEntry(
            name,
            dtype ?? throw Error($"tensor {Quote(name)} has no dtype"),
            shape ?? throw Error($"tensor {Quote(name)} has no shape"),
            offsets ?? throw Error($"tensor {Quote(name)} has no data_offsets"));
    }

    private void AddEntry(string name, WeightDtype dtype, long[] shape, long[] offsets)
    {
        if (offsets.Length != 2)
            throw Error($"data_offsets of tensor {Quote(name)} must have 2 numbers, it has {offsets.Length}");
        if (offsets[0] > offsets[1])
            throw Error($"data_offsets of tensor {Quote(name)} are reversed: {offsets[0]} to {offsets[1]}");

        long elements;
        long bytes;
        try
        {
            elements = SafetensorsShape.ElementCount(shape);
            bytes = checked(elements * dtype.Size());
        }
        catch (OverflowException e)
        {
            throw new WeightsFormatException($"{source} is malformed: the size of tensor {Quote(name)} with shape {SafetensorsShape.Format(shape)} overflows.", e);
        }

        if (bytes != offsets[1] - offsets[0])
        {
            throw Error(
                $"tensor {Quote(name)} of type {dtype.SafetensorsName()} and shape {SafetensorsShape.Format(shape)} needs {bytes} bytes, its data_offsets span {offsets[1] - offsets[0]}");
        }

        entries.Add(new SafetensorsHeaderEntry(name, dtype, shape, elements, offsets[0], offsets[1]));
    }

    private WeightDtype ReadDtype(string name, ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
            throw Error($"dtype of tensor {Quote(name)} must be a string, it is a {Kind(reader.TokenType)}");
        string text = Text(ref reader);
        return WeightDtypes.TryParse(text, out WeightDtype dtype)
            ? dtype
            : throw Error($"tensor {Quote(name)} has the unknown dtype {Quote(text)}; known are {WeightDtypes.Known}");
    }

    private long[] ReadIntegers(string name, string key, int most, ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw Error($"{key} of tensor {Quote(name)} must be an array, it is a {Kind(reader.TokenType)}");
        var values = new List<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (values.Count == most)
                throw Error($"{key} of tensor {Quote(name)} has more than {most} numbers");
            // "-0" would pass as an integer, but the format knows unsigned numbers only.
            if (reader.TokenType != JsonTokenType.Number || reader.ValueSpan[0] == (byte)'-' || !reader.TryGetInt64(out long value))
                throw Error($"{key} of tensor {Quote(name)} must hold whole numbers from 0 to {long.MaxValue}");
            values.Add(value);
        }

        return [.. values];
    }

    /// <summary>The tensors must tile the data section: no gap, no overlap, no byte that nobody owns.</summary>
    private void CheckLayout()
    {
        entries.Sort(static (a, b) => a.Begin != b.Begin ? a.Begin.CompareTo(b.Begin) : a.End.CompareTo(b.End));
        long end = 0;
        foreach (SafetensorsHeaderEntry entry in entries)
        {
            if (entry.Begin != end)
            {
                throw Error(
                    $"tensor {Quote(entry.Name)} starts at {entry.Begin}, but the data before it end at {end} ({(entry.Begin > end ? "a hole" : "an overlap")})");
            }

            end = entry.End;
        }
    }

    private string Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            // An escape of half a surrogate pair is valid JSON, but no text.
            throw new WeightsFormatException($"{source} is malformed: a string of the header is not valid Unicode.", e);
        }
    }

    private static string Kind(JsonTokenType type) => type switch
    {
        JsonTokenType.StartObject => "object",
        JsonTokenType.StartArray => "list",
        JsonTokenType.String => "string",
        JsonTokenType.Number => "number",
        JsonTokenType.Null => "null",
        _ => "boolean",
    };
}
