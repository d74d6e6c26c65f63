using System.Globalization;
using System.Text.Json;

namespace G3DR.Core.Weights.PyTorch;

/// <summary>A tensor at its place in a checkpoint.</summary>
/// <param name="Dictionary">Path of the state dictionary that holds it; empty at the top.</param>
/// <param name="Depth">How many levels below the top that is.</param>
/// <param name="Name">Its whole path.</param>
/// <param name="Tensor">The tensor.</param>
internal readonly record struct CheckpointEntry(string Dictionary, int Depth, string Name, PickleTensor Tensor);

/// <summary>
/// Walks through the object of a checkpoint. Keys of dictionaries and numbers of list items are joined by slashes, attributes of TorchScript modules by dots, as in the
/// names of their state dictionaries. Objects without behaviour are not entered.
/// </summary>
internal sealed class CheckpointTree
{
    // Values that are worth telling stand near the top; below are the settings of optimisers, many for every parameter.
    private const int MetadataLevels = 2, LongestList = 64, LongestText = 4096;

    // Checkpoints have some thousand entries and few levels; references to references may pretend to be any number.
    private const int MostVisits = 200_000, MostNesting = 100;

    private readonly string _source;
    private readonly List<CheckpointEntry> _entries = [];
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);

    // What holds no tensor need not be looked at again, however often it is referred to.
    private readonly HashSet<object> _barren = new(ReferenceEqualityComparer.Instance);
    private int _visits;

    private CheckpointTree(string source) => _source = source;

    public IReadOnlyList<CheckpointEntry> Entries => _entries;

    /// <summary>Plain values near the top, as text.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    public static CheckpointTree Of(object? root, string source)
    {
        var tree = new CheckpointTree(source);
        tree.Visit(root, new(string.Empty, 0, string.Empty, 0, 0));
        return tree;
    }

    /// <summary>A place in the tree: its path and level, the dictionary around it and its level, and the number of objects around it.</summary>
    private readonly record struct Place(string Path, int Level, string Dictionary, int Depth, int Nesting)
    {
        public Place Item(object? key) => new(Join('/', key), Level + 1, Path, Level, Nesting + 1);

        public Place Attribute(object? key) => new(Join('.', key), Level, Dictionary, Depth, Nesting + 1);

        private string Join(char separator, object? key) => Path.Length == 0 ? KeyText(key) : $"{Path}{separator}{KeyText(key)}";
    }

    private void Visit(object? value, Place place)
    {
        if (value is null || _barren.Contains(value))
        {
            return;
        }

        if (++_visits > MostVisits || place.Nesting > MostNesting)
        {
            throw new WeightsFormatException($"{_source} is malformed: its values are nested too deeply, or refer to each other too often, for a checkpoint.");
        }

        int before = _entries.Count;
        switch (value)
        {
            case PickleTensor tensor:
                _entries.Add(new(place.Dictionary, place.Depth, place.Path, tensor));
                break;
            case PickleDictionary items:
                VisitAll(items.Items, place.Item);
                break;
            case PickleObject { Type.IsScriptModule: true, State: PickleDictionary attributes }:
                VisitAll(attributes.Items, place.Attribute);
                break;
            case PickleList list:
                VisitList(list.Items, place);
                break;
            case PickleTuple tuple:
                VisitList(tuple.Items, place);
                break;
            default:
                return;
        }

        if (_entries.Count == before)
        {
            _barren.Add(value);
        }
    }

    private void VisitAll(IEnumerable<(object? Key, object? Value)> items, Func<object?, Place> placeOf)
    {
        foreach ((object? key, object? item) in items)
        {
            if (IsPlain(item))
            {
                AddMetadata(placeOf(key), item);
            }
            else
            {
                Visit(item, placeOf(key));
            }
        }
    }

    private void VisitList(IReadOnlyList<object?> items, Place place)
    {
        if (items.Count <= LongestList && items.All(IsPlain))
        {
            AddMetadata(place, items);
        }
        else
        {
            VisitAll(items.Select((item, index) => ((object?)(long)index, item)).Where(pair => !IsPlain(pair.item)), place.Item);
        }
    }

    private void AddMetadata(Place place, object? value)
    {
        if (place.Level is > 0 and <= MetadataLevels && value is not null)
        {
            _metadata.TryAdd(place.Path, value is string text ? text : JsonSerializer.Serialize(value));
        }
    }

    private static bool IsPlain(object? value) => value is null or bool or long || value is double and (> double.NegativeInfinity and < double.PositiveInfinity)
        || value is string { Length: <= LongestText };

    private static string KeyText(object? key) => key switch
    {
        string text => text,
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => $"({key?.GetType().Name ?? "None"})",
    };
}
