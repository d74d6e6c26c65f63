using System.Text.Json;

namespace G3DR.Core.Verification.Verifiers;

/// <summary>Reads the configuration of reference files; what is missing or of another kind is named in the error.</summary>
internal static class VectorConfig
{
    /// <summary>Whether the configuration is an object that has all of these entries.</summary>
    public static bool HasAll(this JsonElement config, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (!config.TryGetProperty(name, out _))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>An entry, or null if it is absent or null.</summary>
    public static JsonElement? Optional(this JsonElement config, string name) =>
        config.ValueKind == JsonValueKind.Object && config.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public static JsonElement Entry(this JsonElement config, string name) => config.Optional(name) ?? throw Wrong(name, "an entry of that name");

    public static double Number(this JsonElement config, string name) => config.Entry(name).AsNumber(name);

    public static double? OptionalNumber(this JsonElement config, string name) => config.Optional(name)?.AsNumber(name);

    public static int Integer(this JsonElement config, string name) =>
        config.Entry(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out int number) ? number : throw Wrong(name, "a whole number");

    public static bool Flag(this JsonElement config, string name) => config.Optional(name) switch
    {
        null or { ValueKind: JsonValueKind.False } => false,
        { ValueKind: JsonValueKind.True } => true,
        _ => throw Wrong(name, "true or false"),
    };

    public static string Text(this JsonElement config, string name) =>
        config.Entry(name) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : throw Wrong(name, "a text");

    public static JsonElement[] Items(this JsonElement config, string name) =>
        config.Entry(name) is { ValueKind: JsonValueKind.Array } value ? [.. value.EnumerateArray()] : throw Wrong(name, "a list");

    public static double AsNumber(this JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) ? number : throw Wrong(name, "a number");

    private static FormatException Wrong(string name, string needed) => new($"The configuration of the file needs {needed} under '{name}'.");
}
