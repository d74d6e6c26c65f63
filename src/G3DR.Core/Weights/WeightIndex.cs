using System.Text.Encodings.Web;
using System.Text.Json;
using G3DR.Core.IO;

namespace G3DR.Core.Weights;

/// <summary>The index of weights that are spread over several files, as the transformers library writes it: an object whose <c>weight_map</c> says which file holds which tensor.</summary>
internal static class WeightIndex
{
    public const string Extension = ".index.json";

    private const string MapName = "weight_map";

    public static WeightFile Open(string path, WeightFileOptions options)
    {
        Dictionary<string, string> metadata = new(StringComparer.Ordinal);
        OrderedDictionary<string, string> fileOf = Read(path, metadata);
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        string[] files = [.. fileOf.Values.Distinct(StringComparer.Ordinal)];
        string[] missing = [.. files.Where(file => !File.Exists(Path.Combine(folder, file)))];
        if (missing.Length > 0)
        {
            throw new FileNotFoundException($"{path} needs {files.Length} files beside it; missing: {string.Join(", ", missing)}.");
        }

        Dictionary<string, WeightFile> shards = new(StringComparer.Ordinal);
        try
        {
            foreach (string file in files)
            {
                shards.Add(file, WeightFile.OpenSingle(Path.Combine(folder, file), options));
                foreach ((string key, string value) in shards[file].Metadata)
                {
                    metadata.TryAdd(key, value);
                }
            }

            string[] absent = [.. fileOf.Where(pair => !shards[pair.Value].Tensors.ContainsKey(pair.Key)).Select(pair => $"{SafetensorsHeader.Quote(pair.Key)} in {pair.Value}")];
            return absent.Length == 0
                ? new(path, fileOf.Select(pair => shards[pair.Value].Tensors[pair.Key]), metadata, [.. shards.Values])
                : throw new WeightsFormatException($"{path} names {absent.Length} tensors that its files do not hold: {string.Join(", ", absent)}.");
        }
        catch
        {
            foreach (WeightFile shard in shards.Values)
            {
                shard.Dispose();
            }

            throw;
        }
    }

    /// <summary>Writes an index.</summary>
    /// <param name="path">The file.</param>
    /// <param name="totalBytes">Bytes of all tensors.</param>
    /// <param name="fileOf">Tensor and file.</param>
    public static void Write(string path, long totalBytes, IEnumerable<(string Tensor, string File)> fileOf) =>
        AtomicFile.Write(path, stream =>
        {
            using var json = new Utf8JsonWriter(stream, new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
            json.WriteStartObject();
            json.WriteStartObject("metadata");
            json.WriteNumber("total_size", totalBytes);
            json.WriteEndObject();
            json.WriteStartObject(MapName);
            foreach ((string tensor, string file) in fileOf)
            {
                json.WriteString(tensor, file);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        });

    private static OrderedDictionary<string, string> Read(string path, Dictionary<string, string> metadata)
    {
        using JsonDocument index = WeightJson.Read(path);
        if (index.RootElement.ValueKind != JsonValueKind.Object
            || !index.RootElement.TryGetProperty(MapName, out JsonElement map)
            || map.ValueKind != JsonValueKind.Object)
        {
            throw new WeightsFormatException($"{path} is no index of weights: it needs an object {MapName} of tensor names and files.");
        }

        if (index.RootElement.TryGetProperty("metadata", out JsonElement about) && about.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty entry in about.EnumerateObject())
            {
                metadata.Add(entry.Name, entry.Value.ToString());
            }
        }

        OrderedDictionary<string, string> fileOf = new(StringComparer.Ordinal);
        foreach (JsonProperty entry in map.EnumerateObject())
        {
            fileOf.Add(entry.Name, FileName(path, entry));
        }

        return fileOf;
    }

    /// <summary>The file of an entry, which must lie beside the index.</summary>
    private static string FileName(string path, JsonProperty entry)
    {
        string? file = entry.Value.ValueKind == JsonValueKind.String ? entry.Value.GetString() : null;
        return string.IsNullOrEmpty(file) || file is "." or ".." || file.AsSpan().IndexOfAny('/', '\\', ':') >= 0 || file.Contains('\0', StringComparison.Ordinal)
            ? throw new WeightsFormatException($"{path} is malformed: the file of tensor {SafetensorsHeader.Quote(entry.Name)} must be the name of a file beside the index, it is {entry.Value.GetRawText()}.")
            : file;
    }
}
