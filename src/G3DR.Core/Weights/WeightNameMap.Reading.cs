using System.Text.Json;

namespace G3DR.Core.Weights;

/// <content>Maps in files.</content>
public sealed partial class WeightNameMap
{
    private const string MappingName = "mapping";

    /// <summary>
    /// Reads a map from JSON: an object <c>{"from": "to"}</c>, or a list of pairs <c>["from", "to"]</c>; or one of these under a name, <c>mapping</c> or any other.
    /// A third element of a pair says what becomes of the values: <c>same</c>, or <c>transpose</c> for a matrix whose rows become columns.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="section">The name under which the map stands; null for the only one there is.</param>
    /// <exception cref="WeightsFormatException">The file is no map, or holds several and none was chosen.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static WeightNameMap Load(string path, string? section = null)
    {
        using JsonDocument document = WeightJson.Read(path);
        JsonElement map = Find(document.RootElement, path, section);
        WeightRule[] rules = map.ValueKind == JsonValueKind.Object
            ? [.. map.EnumerateObject().Select(rule => WeightRule.Rename(rule.Name, rule.Value.GetString()!))]
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

    private static WeightRule Pair(JsonElement pair, string path)
    {
        string from = pair[0].GetString()!, to = pair[1].GetString()!;
        return (pair.GetArrayLength() == 2 ? "same" : pair[2].GetString()) switch
        {
            "same" => WeightRule.Rename(from, to),
            "transpose" => WeightRule.Transpose(from, to),
            string other => throw new WeightsFormatException(
                $"{path}: the rule {SafetensorsHeader.Quote(from)} to {SafetensorsHeader.Quote(to)} says {SafetensorsHeader.Quote(other)} of the values; same and transpose are known."),
            null => throw new WeightsFormatException($"{path}: a rule says nothing of the values where it should."),
        };
    }
}
