using G3DR.Core.Rendering;

namespace G3DR.Core.Reconstruction;

/// <summary>What of a checkpoint is loaded, and how its scenes are rendered.</summary>
public sealed record PipelineOptions
{
    /// <summary>The state dictionary inside a checkpoint, for example <c>model</c>; found by itself where there is only one.</summary>
    public string? Key { get; init; }

    /// <summary>Groups of the normalisations, which no tensor tells.</summary>
    public int Groups { get; init; } = 8;

    /// <summary>How scenes are rendered; null for the released code's rules, which the published weights were trained with.</summary>
    public RenderSettings? Render { get; init; }
}
