using System.Text.Json;
using System.Text.Json.Serialization;
using G3DR.Core.IO;
using G3DR.Core.Rendering;
using G3DR.Core.Scenes;

namespace G3DR.Core.Training;

/// <summary>What a fit did and reached; written as report.json.</summary>
public sealed record FitReport
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter() },
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Picture and depth as they were named.</summary>
    public required string Photo { get; init; }

    /// <inheritdoc cref="Photo"/>
    public required string Depth { get; init; }

    /// <summary>Pixels per side.</summary>
    public required int Size { get; init; }

    /// <summary>Steps done and wanted.</summary>
    public required int Steps { get; init; }

    /// <inheritdoc cref="Steps"/>
    public required int StepsWanted { get; init; }

    /// <summary>Whether all steps were done.</summary>
    public bool Complete => Steps >= StepsWanted;

    /// <summary>The depth kernel that scaled the gradients; none without.</summary>
    public required DepthKernel? Kernel { get; init; }

    /// <summary>Seed.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The terms of the objective.</summary>
    public required IReadOnlyList<FitLoss> Losses { get; init; }

    /// <summary>Seconds of optimisation in this run.</summary>
    public required double Seconds { get; init; }

    /// <summary>What it was computed on.</summary>
    public required string Device { get; init; }

    /// <summary>Most memory of tensors on the device at a time, in bytes.</summary>
    public required long PeakTensorBytes { get; init; }

    /// <summary>Most resident memory of the process, in bytes.</summary>
    public required long PeakProcessBytes { get; init; }

    /// <summary>What was reached.</summary>
    public required SceneEvaluation Result { get; init; }

    /// <summary>The report as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, s_json);

    /// <summary>Writes the report.</summary>
    public void Save(string path) => AtomicFile.WriteAllText(path, ToJson() + "\n");
}
