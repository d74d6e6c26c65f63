using System.Text.Json;

namespace G3DR.Core.Weights;

/// <summary>Reads the JSON files around weights.</summary>
internal static class WeightJson
{
    /// <summary>A file as JSON; as long as the header of a weights file may be, at most.</summary>
    /// <exception cref="WeightsFormatException">It is too long, or no JSON.</exception>
    public static JsonDocument Read(string path)
    {
        long length = new FileInfo(path).Length;
        if (length > SafetensorsHeader.MaxBytes)
        {
            throw new WeightsFormatException($"{path} has {length} bytes; at most {SafetensorsHeader.MaxBytes} are read.");
        }

        try
        {
            return JsonDocument.Parse(File.ReadAllBytes(path), new() { AllowDuplicateProperties = false });
        }
        catch (JsonException e)
        {
            throw new WeightsFormatException($"{path} is malformed: {e.Message}", e);
        }
    }
}
