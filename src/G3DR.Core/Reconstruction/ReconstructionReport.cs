using System.Text.Json;
using System.Text.Json.Serialization;
using G3DR.Core.IO;
using G3DR.Core.Scenes;

namespace G3DR.Core.Reconstruction;

/// <summary>What a reconstruction was made of and what it took; written as report.json.</summary>
public sealed record ReconstructionReport
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Picture, depth (or the weights that estimated it) and weights as they were named.</summary>
    public required string Photo { get; init; }

    /// <inheritdoc cref="Photo"/>
    public required string Depth { get; init; }

    /// <inheritdoc cref="Photo"/>
    public required string Weights { get; init; }

    /// <summary>Licence of the weights as their file names it, or null.</summary>
    public required string? License { get; init; }

    /// <summary>Source of the weights as their file names it, or null.</summary>
    public required string? Source { get; init; }

    /// <summary>Numbers of the network.</summary>
    public required long Parameters { get; init; }

    /// <summary>Pixels per side.</summary>
    public required int Size { get; init; }

    /// <summary>What it was computed on.</summary>
    public required string Device { get; init; }

    /// <summary>Seconds of each stage, from the start of the process; they add up to <see cref="TotalSeconds"/>.</summary>
    public required IReadOnlyDictionary<string, double> Seconds { get; init; }

    /// <summary>Seconds of the process until this report was made.</summary>
    public double TotalSeconds => Seconds.Values.Sum();

    /// <summary>Most memory of tensors on the device at a time, in bytes.</summary>
    public required long PeakTensorBytes { get; init; }

    /// <summary>Most resident memory of the process, in bytes.</summary>
    public required long PeakProcessBytes { get; init; }

    /// <summary>How well the scene shows the picture again.</summary>
    public required SceneEvaluation Result { get; init; }

    /// <summary>The report as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, s_json);

    /// <summary>Writes the report.</summary>
    public void Save(string path) => AtomicFile.WriteAllText(path, ToJson() + "\n");
}
