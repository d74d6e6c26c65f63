using System.Text.Json;

namespace G3DR.Core.Weights;

/// <summary>Names and shapes of a network's tensors, without the network: what a file is checked against.</summary>
/// <param name="Naming">What this way of naming is called, if the listing knows several.</param>
/// <param name="Shapes">Shape by name, in the order of the listing.</param>
public sealed record NetworkListing(string Naming, IReadOnlyDictionary<string, long[]> Shapes)
{
    /// <summary>
    /// Reads a listing from JSON: an object of names and shapes, alone or under <c>state_dict</c>, or several of them under <c>namings</c>.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <returns>The namings it knows, at least one.</returns>
    /// <exception cref="WeightsFormatException">The file is no listing.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<NetworkListing> Load(string path)
    {
        using JsonDocument document = WeightJson.Read(path);
        JsonElement root = document.RootElement;
        if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("namings", out JsonElement namings) && namings.ValueKind == JsonValueKind.Object)
        {
            NetworkListing[] all = [.. namings.EnumerateObject().Select(naming => new NetworkListing(naming.Name, Read(naming.Value, path)))];
            return all.Length > 0 ? all : throw NoListing(path);
        }

        return root.ValueKind == JsonValueKind.Object && root.TryGetProperty("state_dict", out JsonElement state)
            ? [new(string.Empty, Read(state, path))]
            : [new(string.Empty, Read(root, path))];
    }

    /// <summary>What a weights file holds, as a listing.</summary>
    public static NetworkListing Of(WeightFile file)
    {
        OrderedDictionary<string, long[]> shapes = new(StringComparer.Ordinal);
        foreach ((string name, WeightTensor tensor) in file.Tensors)
        {
            shapes.Add(name, tensor.Shape);
        }

        return new(string.Empty, shapes);
    }

    private static OrderedDictionary<string, long[]> Read(JsonElement listing, string path)
    {
        if (listing.ValueKind != JsonValueKind.Object)
        {
            throw NoListing(path);
        }

        OrderedDictionary<string, long[]> shapes = new(StringComparer.Ordinal);
        foreach (JsonProperty entry in listing.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.Array)
            {
                throw NoListing(path);
            }

            shapes.Add(entry.Name, [.. entry.Value.EnumerateArray().Select(size => size.ValueKind == JsonValueKind.Number && size.TryGetInt64(out long value) && value >= 0
                ? value
                : throw NoListing(path))]);
        }

        return shapes;
    }

    private static WeightsFormatException NoListing(string path) =>
        new($"{path} is no listing of a network: it needs an object of tensor names and shapes, alone, under state_dict, or several under namings.");
}
