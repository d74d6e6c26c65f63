using System.Globalization;
using System.Text.Json;
using G3DR.Core.Weights;

namespace G3DR.Core.Networks;

/// <summary>
/// Names of classes from a file: a line for each class, alone or after its number and a comma; or JSON, a list of names, or an object from numbers to names or to lists
/// that end with a name, as <c>imagenet_class_index.json</c> has it, or one with such an object as <c>id2label</c>, as the <c>config.json</c> of Hugging Face.
/// </summary>
public sealed class ClassLabels
{
    // A list of names is small; anything larger is another file.
    private const long LargestFile = 16 << 20;

    private static readonly string[] s_usualNames = ["imagenet_labels.txt", "labels.txt", "imagenet_classes.txt", "imagenet_class_index.json"];

    private readonly SortedDictionary<int, string> _names;

    private ClassLabels(string path, SortedDictionary<int, string> names) => (Path, _names) = (path, names);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Number of named classes.</summary>
    public int Count => _names.Count;

    /// <summary>The name of a class, or null if it has none.</summary>
    /// <param name="index">Number of the class, from 0.</param>
    public string? this[int index] => _names.GetValueOrDefault(index);

    /// <summary>Reads a file of names.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FormatException">The file holds no names, or a class twice.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ClassLabels Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (new FileInfo(path) is { Exists: true, Length: > LargestFile })
        {
            throw new FormatException($"{path} is too large for a list of names; a line for each class is needed.");
        }

        SortedDictionary<int, string> names = [];
        bool json = path.EndsWith(".json", StringComparison.OrdinalIgnoreCase);
        foreach ((int index, string name) in json ? FromJson(path) : FromLines(File.ReadAllLines(path)))
        {
            if (!names.TryAdd(index, name))
            {
                throw new FormatException($"{path} names class {index} twice.");
            }
        }

        return names.Count > 0 ? new(path, names) : throw new FormatException($"{path} holds no names of classes; a line for each class is needed.");
    }

    /// <summary>A file of names under one of the usual names beside a weights file, or null.</summary>
    /// <param name="weights">The weights' file or folder.</param>
    public static string? FindBeside(string weights)
    {
        string? folder = Directory.Exists(weights) ? weights : System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(weights));
        return folder is null ? null : s_usualNames.Select(name => System.IO.Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }

    // Only where every line begins with a number are the numbers not part of the names.
    private static IEnumerable<(int Index, string Name)> FromLines(string[] lines)
    {
        string[] filled = [.. lines.Where(line => line.Trim().Length > 0)];
        (string Number, string Name)[] split = [.. filled.Select(line => line.IndexOf(',') is var comma and > 0 ? (line[..comma], line[(comma + 1)..].Trim()) : (string.Empty, line.Trim()))];
        return split.All(line => IsIndex(line.Number, out _))
            ? split.Select(line => (int.Parse(line.Number, CultureInfo.InvariantCulture), line.Name))
            : filled.Select((line, index) => (index, line.Trim()));
    }

    private static IEnumerable<(int Index, string Name)> FromJson(string path)
    {
        using JsonDocument document = WeightJson.Read(path);
        JsonElement root = document.RootElement;
        if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("id2label", out JsonElement inner))
        {
            root = inner;
        }

        return root.ValueKind switch
        {
            JsonValueKind.Array => [.. root.EnumerateArray().Select((name, index) => (index, NameOf(name, path)))],
            JsonValueKind.Object =>
            [
                .. root.EnumerateObject().Select(entry => IsIndex(entry.Name, out int index)
                    ? (index, NameOf(entry.Value, path))
                    : throw new FormatException($"{path}: '{entry.Name}' is no number of a class.")),
            ],
            _ => throw new FormatException($"{path} holds no names of classes: a list or an object is needed."),
        };
    }

    private static string NameOf(JsonElement value, string path) => value switch
    {
        { ValueKind: JsonValueKind.String } => value.GetString()!,
        { ValueKind: JsonValueKind.Array } when value.GetArrayLength() > 0 && value[value.GetArrayLength() - 1] is { ValueKind: JsonValueKind.String } last => last.GetString()!,
        _ => throw new FormatException($"{path}: a class is named by a text or by a list that ends with one."),
    };

    private static bool IsIndex(string text, out int index) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out index);
}
