using System.Text.Json;
using System.Text.Json.Nodes;
using G3DR.Core.Weights;

namespace G3DR.Core.Verification;

/// <summary>One expected tensor of a file with hash-made weights.</summary>
/// <param name="Shape">Shape of the whole tensor.</param>
/// <param name="Stride">1 if all of it is stored, else every how many elements one is.</param>
/// <param name="Tolerance">What is demanded, if the file states errors of its own.</param>
internal sealed record HashedOutput(long[] Shape, int Stride, VectorTolerance? Tolerance);

/// <summary>
/// The metadata of reference files of networks whose weights are made from names (<see cref="HashInit"/>): <c>hash_prefix</c>, and under <c>tensors</c> for each output its
/// shape, stride, root mean square and the errors of the reference's own single-precision run, from which the tolerance follows.
/// </summary>
internal sealed class HashedVectorMetadata
{
    // Rules of the reference: ten times the error of single precision, but at least this.
    private const double ErrorFactor = 10, SmallestRelative = 1e-5, SmallestRelativeL2 = 1e-3;

    private HashedVectorMetadata(JsonElement config, Dictionary<string, HashedOutput> outputs) => (Config, Outputs) = (config, outputs);

    /// <summary>All metadata as one object; texts that are JSON themselves are read.</summary>
    public JsonElement Config { get; }

    /// <summary>The expected tensors by name.</summary>
    public IReadOnlyDictionary<string, HashedOutput> Outputs { get; }

    /// <summary>Whether a file is of this kind.</summary>
    public static bool IsIn(SafetensorsFile file) => file.Metadata.ContainsKey("hash_prefix");

    /// <exception cref="WeightsFormatException">The metadata are malformed.</exception>
    public static HashedVectorMetadata Read(SafetensorsFile file)
    {
        try
        {
            JsonElement config = ReadConfig(file);
            Dictionary<string, HashedOutput> outputs = new(StringComparer.Ordinal);
            if (config.TryGetProperty("tensors", out JsonElement tensors))
            {
                foreach (JsonProperty entry in tensors.EnumerateObject())
                {
                    outputs.Add(entry.Name, Output(file, entry));
                }
            }

            return new(config, outputs);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or ArgumentException or OverflowException)
        {
            throw new WeightsFormatException($"{file.Source}: the metadata are malformed ({e.Message})", e);
        }
    }

    private static JsonElement ReadConfig(SafetensorsFile file)
    {
        var all = new JsonObject();
        foreach ((string key, string text) in file.Metadata)
        {
            all.Add(key, ParsedOrText(text));
        }

        return JsonSerializer.SerializeToElement(all);
    }

    // A text may begin with a bracket without being JSON.
    private static JsonNode? ParsedOrText(string text)
    {
        if (text.StartsWith('{') || text.StartsWith('['))
        {
            try
            {
                return JsonNode.Parse(text);
            }
            catch (JsonException)
            {
                return JsonValue.Create(text);
            }
        }

        return JsonValue.Create(text);
    }

    private static HashedOutput Output(SafetensorsFile file, JsonProperty entry)
    {
        // Entries that only describe an input picture have no shape of their own.
        long[] shape = entry.Value.TryGetProperty("shape", out JsonElement sizes) ? [.. sizes.EnumerateArray().Select(size => size.GetInt64())] : file[entry.Name].Shape;
        int stride = entry.Value.TryGetProperty("stride", out JsonElement step) ? step.GetInt32() : 1;
        if (stride < 1 || shape.Any(size => size is < 0 or > int.MaxValue) || shape.Aggregate(1.0, (product, size) => product * size) > int.MaxValue)
        {
            throw new FormatException($"'{entry.Name}' has no possible shape and stride");
        }

        if (!entry.Value.TryGetProperty("rms", out JsonElement rms))
        {
            return new(shape, stride, Tolerance: null);
        }

        double scale = Number(rms), relative = Math.Max(ErrorFactor * Error(entry.Value, "err32_rel_to_rms"), SmallestRelative);
        return new(shape, stride, new VectorTolerance(
            relative * scale,
            Float32Error: Error(entry.Value, "err32_max_abs"),
            Scale: Number(entry.Value.GetProperty("max_abs")),
            RelativeL2: Math.Max(ErrorFactor * Error(entry.Value, "err32_rel_l2"), SmallestRelativeL2)));
    }

    // What single precision represents exactly has no error to state.
    private static double Error(JsonElement entry, string key) => entry.TryGetProperty(key, out JsonElement error) ? Number(error) : 0;

    private static double Number(JsonElement value) => value.GetDouble() is double number && double.IsFinite(number) && number >= 0
        ? number
        : throw new FormatException($"{value.GetRawText()} must be a finite number, 0 or more");
}
