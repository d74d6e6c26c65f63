using System.Text.Json;
using G3DR.Core.Weights;

namespace G3DR.Core.Networks;

/// <summary>Names and shapes of a weights file, and what lies beside it, for recognising the network.</summary>
public sealed class NetworkFile
{
    private const string ParallelPrefix = "module.", ConfigName = "config.json";

    // A layer of more than this would not fit any machine; the bound keeps products of sizes from overflowing.
    private const long LargestSize = 1 << 20;

    private readonly OrderedDictionary<string, long[]> _shapes = new(StringComparer.Ordinal);

    /// <summary>Names and shapes of weights, and the <c>config.json</c> beside them.</summary>
    /// <param name="file">The weights; they may be closed afterwards.</param>
    /// <exception cref="WeightsFormatException"><c>config.json</c> is malformed.</exception>
    public NetworkFile(WeightFile file)
        : this(file.Source, NetworkListing.Of(file).Shapes)
    {
        string config = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file.Source)) ?? string.Empty, ConfigName);
        if (File.Exists(config))
        {
            using JsonDocument document = WeightJson.Read(config);
            Config = document.RootElement.Clone();
        }
    }

    /// <summary>Names and shapes alone.</summary>
    /// <param name="source">Where they come from, for messages.</param>
    /// <param name="shapes">Shape by name.</param>
    public NetworkFile(string source, IReadOnlyDictionary<string, long[]> shapes)
    {
        Source = source;
        bool parallel = shapes.Count > 0 && shapes.Keys.All(name => name.StartsWith(ParallelPrefix, StringComparison.Ordinal));
        foreach ((string name, long[] shape) in shapes)
        {
            _shapes.Add(parallel ? name[ParallelPrefix.Length..] : name, shape);
        }
    }

    /// <summary>Where the weights come from, for messages.</summary>
    public string Source { get; }

    /// <summary>Names of the tensors, without the <c>module.</c> that PyTorch's DataParallel puts before all.</summary>
    public IReadOnlyList<string> Names => _shapes.Keys;

    /// <summary><c>config.json</c> of the model folder, or null.</summary>
    public JsonElement? Config { get; }

    /// <summary>Whether there is a tensor.</summary>
    /// <param name="name">Its name, without <c>module.</c></param>
    public bool Has(string name) => _shapes.ContainsKey(name);

    /// <summary>Shape of a tensor, or null if there is none.</summary>
    /// <param name="name">Its name, without <c>module.</c></param>
    public IReadOnlyList<long>? Shape(string name) => _shapes.GetValueOrDefault(name);

    /// <summary>One size of a tensor.</summary>
    /// <param name="name">Name of the tensor.</param>
    /// <param name="axis">The axis.</param>
    /// <exception cref="WeightsFormatException">There is no such tensor or axis, or the size is 0 or unreasonably large.</exception>
    public int Size(string name, int axis)
    {
        long[]? shape = _shapes.GetValueOrDefault(name);
        return shape is not null && axis < shape.Length && shape[axis] is > 0 and <= LargestSize
            ? (int)shape[axis]
            : throw new WeightsFormatException($"{Source} has no tensor '{name}' with a size along axis {axis} between 1 and {LargestSize}.");
    }

    /// <summary>How many numbers from 0 on there are for which a tensor is there.</summary>
    /// <param name="pattern">Name with <c>{0}</c> for the number.</param>
    /// <param name="first">First number.</param>
    public int Count(string pattern, int first = 0)
    {
        int count = 0;
        while (Has(string.Format(System.Globalization.CultureInfo.InvariantCulture, pattern, first + count)))
        {
            count++;
        }

        return count;
    }

    /// <summary>A text of <see cref="Config"/>, or null.</summary>
    /// <param name="path">Names of objects inside each other, and the name of the text.</param>
    public string? ConfigText(params ReadOnlySpan<string> path)
    {
        JsonElement? value = Config;
        foreach (string name in path)
        {
            value = value is { ValueKind: JsonValueKind.Object } owner && owner.TryGetProperty(name, out JsonElement inner) ? inner : null;
        }

        return value is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
    }
}
