using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using G3DR.Core.Weights;

namespace G3DR.Core.Training;

/// <summary>Every option of a fit by name, and a hash of its picture: a checkpoint goes on only with the same.</summary>
internal sealed record FitIdentity(IReadOnlyDictionary<string, string> Values)
{
    private const string Picture = "picture";

    public static FitIdentity Of(FitOptions options, FitNetworks networks, float[] color, float[] depth)
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Flatten(JsonSerializer.SerializeToElement(options), string.Empty, values);
        byte[] hash = SHA256.HashData([.. MemoryMarshal.AsBytes(color.AsSpan()), .. MemoryMarshal.AsBytes(depth.AsSpan())]);
        foreach ((string name, string value) in networks.Identities())
        {
            values[name] = value;
        }

        values[Picture] = Convert.ToHexStringLower(hash)[..16];
        return new(values);
    }

    public string ToJson() => JsonSerializer.Serialize(Values);

    /// <exception cref="WeightsFormatException">Something differs; the message says what.</exception>
    public void Require(string path, string? stored)
    {
        Dictionary<string, string>? other = null;
        try
        {
            other = stored is null ? null : JsonSerializer.Deserialize<Dictionary<string, string>>(stored);
        }
        catch (JsonException)
        {
            // Told below, as a missing description is.
        }

        if (other is null)
        {
            throw new WeightsFormatException($"'{path}' does not say which fit it belongs to.");
        }

        string[] differences = [.. Values.Keys.Union(other.Keys).Order(StringComparer.Ordinal)
            .Where(name => Values.GetValueOrDefault(name) != other.GetValueOrDefault(name))
            .Select(name => name == Picture
                ? "another picture, depth or size"
                : $"{name} {other.GetValueOrDefault(name) ?? "none"} instead of {Values.GetValueOrDefault(name) ?? "none"}")];
        if (differences.Length > 0)
        {
            throw new WeightsFormatException($"'{path}' belongs to another fit: {string.Join(", ", differences)}. Give the same picture and options, or start without --resume.");
        }
    }

    private static void Flatten(JsonElement element, string name, SortedDictionary<string, string> values)
    {
        // What is not set means nothing: a fit without it goes on from older checkpoints too.
        if (element.ValueKind == JsonValueKind.Null)
        {
            return;
        }

        if (element.ValueKind != JsonValueKind.Object)
        {
            values[name] = element.ToString();
            return;
        }

        foreach (JsonProperty property in element.EnumerateObject())
        {
            Flatten(property.Value, name.Length == 0 ? property.Name : $"{name}.{property.Name}", values);
        }
    }
}
