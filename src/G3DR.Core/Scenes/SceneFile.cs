using System.Text.Json;
using System.Text.Json.Serialization;
using G3DR.Compute;
using G3DR.Core.Rendering;
using G3DR.Core.Tensors;
using G3DR.Core.Weights;

namespace G3DR.Core.Scenes;

/// <summary>A scene as a safetensors file: planes (1, 3, H, W, C), the decoder under its published names, the settings as metadata.</summary>
internal static class SceneFile
{
    private const string Format = "g3dr-scene", Planes = "planes", DecoderPrefix = "decoder.";

    private static readonly string[] s_decoderNames = ["net.0.weight", "net.0.bias", "net.2.weight", "net.2.bias"];

    private static readonly JsonSerializerOptions s_json = new() { Converters = { new JsonStringEnumConverter() } };

    public static void Save(TriplaneScene scene, string path)
    {
        var writer = new SafetensorsWriter();
        writer.Metadata["format"] = Format;
        writer.Metadata["settings"] = JsonSerializer.Serialize(StoredSettings.From(scene.Settings, scene.Decoder), s_json);
        Add(writer, Planes, scene.Planes);
        foreach ((string name, Tensor tensor) in scene.Decoder.Parameters)
        {
            Add(writer, DecoderPrefix + name, tensor);
        }

        writer.Save(path);
    }

    public static TriplaneScene Load(Accelerator device, string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        if (!file.Metadata.TryGetValue("format", out string? format) || format != Format || !file.Metadata.TryGetValue("settings", out string? json))
        {
            throw new WeightsFormatException($"'{path}' is no scene of g3dr fit: its metadata name no format {Format}.");
        }

        StoredSettings stored;
        try
        {
            stored = JsonSerializer.Deserialize<StoredSettings>(json, s_json) ?? throw new JsonException("no object");
        }
        catch (JsonException error)
        {
            throw new WeightsFormatException($"'{path}' has unreadable render settings: {error.Message}", error);
        }

        using var scope = TensorScope.Begin(device);
        try
        {
            Tensor planes = Read(file, Planes, device, rank: 5);
            Tensor[] decoder = [.. s_decoderNames.Select(name => Read(file, DecoderPrefix + name, device, name.EndsWith("bias", StringComparison.Ordinal) ? 1 : 2))];
            var scene = new TriplaneScene(
                planes, new TriplaneDecoder(decoder[0], decoder[1], decoder[2], decoder[3], stored.UsesDirections, stored.LearningRateMultiplier), stored.ToSettings());
            foreach (Tensor tensor in (Tensor[])[planes, .. decoder])
            {
                scope.Keep(tensor);
            }

            return scene;
        }
        catch (ArgumentException error)
        {
            throw new WeightsFormatException($"'{path}' holds no usable scene: {error.Message}", error);
        }
    }

    /// <summary>Reads one float32 tensor of the given rank.</summary>
    /// <exception cref="WeightsFormatException">The tensor is missing or has another rank.</exception>
    public static Tensor Read(SafetensorsFile file, string name, Accelerator device, int rank)
    {
        if (!file.TryGet(name, out WeightTensor? entry))
        {
            throw new WeightsFormatException($"'{file.Source}' has no tensor '{name}'; it has {string.Join(", ", file.Entries.Take(8).Select(e => e.Name))}.");
        }

        if (entry.Shape.Length != rank || entry.Shape.Any(length => length is < 1 or > int.MaxValue))
        {
            throw new WeightsFormatException($"'{file.Source}': {entry} must have {rank} axes.");
        }

        var shape = new Shape([.. entry.Shape.Select(length => (int)length)]);
        if (shape.Length > Array.MaxLength)
        {
            throw new WeightsFormatException($"'{file.Source}': {entry} has more elements than can be read, {Array.MaxLength}.");
        }

        float[] values = new float[shape.Length];
        entry.CopyTo(values);
        return Tensor.FromArray(device, values, shape);
    }

    /// <summary>Adds a float32 tensor to a file, read when it is written.</summary>
    public static void Add(SafetensorsWriter writer, string name, Tensor tensor) =>
        writer.Add(name, [.. tensor.Shape.Select(length => (long)length)], tensor.ToSingles());
}
