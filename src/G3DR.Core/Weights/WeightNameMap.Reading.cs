using System.Text.Json;

namespace G3DR.Core.Weights;

/// <content>Maps in files.</content>
public sealed partial class WeightNameMap
{
    private const string MappingName = "mapping";

    /// <summary>
    /// Reads a map from JSON: an object <c>{"from": "to"}</c>, or a list of pairs <c>["from", "to"]</c>; or one of these under a name, <c>mapping</c> or any other.
    /// A third element of a pair says what becomes of the values; only <c>same</c> is possible, as a map changes nothing but names.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="section">The name under which the map stands; null for the only one there is.</param>
    /// <exception cref="WeightsFormatException">The file is no map, or holds several and none was chosen.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static WeightNameMap Load(string path, string? section = null)
    {
        using JsonDocument document = WeightJson.Read(path);
        JsonElement map = Find(document.RootElement, path, section);
        (string From, string To)[] rules = map.ValueKind == JsonValueKind.Object
            ? [.. map.EnumerateObject().Select(rule => (rule.Name, rule.Value.GetString()!))]
            : [.. map.EnumerateArray().Select(rule => Pair(rule, path))];
        try
        {
            return new(rules);
        }
        catch (ArgumentException e)
        {
            throw new WeightsFormatException($"{path} is no map of names: {e.Message}", e);
        }
    }

    private static JsonElement Find(JsonElement root, string path, string? section)
    {
        if (section is null && (IsRules(root) || IsPairs(root)))
        {
            return root;
        }

        JsonProperty[] maps = root.ValueKind == JsonValueKind.Object ? [.. root.EnumerateObject().Where(entry => IsRules(entry.Value) || IsPairs(entry.Value))] : [];
        JsonProperty[] chosen = [.. maps.Where(map => section is null || map.Name == section)];
        if (chosen.Length > 1)
        {
            chosen = [.. chosen.Where(map => map.Name == MappingName)];
        }

        return chosen.Length == 1
            ? chosen[0].Value
            : throw new WeightsFormatException($"{path} {(maps.Length == 0
                ? "holds no map of names"
                : $"holds the maps {string.Join(", ", maps.Select(map => map.Name))}, {(section is null ? "choose one of them" : $"not {SafetensorsHeader.Quote(section)}")}")}.");
    }

    private static bool IsRules(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object && value.EnumerateObject().Any() && value.EnumerateObject().All(entry => entry.Value.ValueKind == JsonValueKind.String);

    private static bool IsPairs(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0
        && value.EnumerateArray().All(pair => pair.ValueKind == JsonValueKind.Array && pair.GetArrayLength() is 2 or 3 && pair.EnumerateArray().All(part => part.ValueKind == JsonValueKind.String));

    private static (string From, string To) Pair(JsonElement pair, string path)
    {
        string from = pair[0].GetString()!, to = pair[1].GetString()!;
        return pair.GetArrayLength() == 2 || pair[2].GetString() == "same"
            ? (from, to)
            : throw new WeightsFormatException(
                $"{path}: the rule {SafetensorsHeader.Quote(from)} to {SafetensorsHeader.Quote(to)} says {SafetensorsHeader.Quote(pair[2].GetString()!)} of the values; a map changes names only.");
    }
}
