using G3DR.Core.Rendering;
using G3DR.Kernels.Rendering;

namespace G3DR.Core.Scenes;

/// <summary>Render settings as a scene file stores them. Training-only settings (the depth kernel) are not part of a scene.</summary>
internal sealed record StoredSettings
{
    public PlaneAxes Axes { get; init; }

    public PyramidKind Pyramid { get; init; }

    public int Levels { get; init; }

    public int FinestLevel { get; init; }

    public MarchingRule Marching { get; init; }

    public CoarseSampling CoarseSampling { get; init; }

    public int CoarseSamples { get; init; }

    public FineSampling FineSampling { get; init; }

    public int FineSamples { get; init; }

    public double BoxSize { get; init; }

    public double? Near { get; init; }

    public double? Far { get; init; }

    public bool WhiteBackground { get; init; }

    public bool UsesDirections { get; init; }

    public double LearningRateMultiplier { get; init; }

    public static StoredSettings From(RenderSettings settings, TriplaneDecoder decoder) => new()
    {
        Axes = settings.Axes,
        Pyramid = settings.Pyramid,
        Levels = settings.Levels,
        FinestLevel = settings.FinestLevel,
        Marching = settings.Marching,
        CoarseSampling = settings.CoarseSampling,
        CoarseSamples = settings.CoarseSamples,
        FineSampling = settings.FineSampling,
        FineSamples = settings.FineSamples,
        BoxSize = settings.BoxSize,
        Near = settings.Near,
        Far = settings.Far,
        WhiteBackground = settings.WhiteBackground,
        UsesDirections = decoder.UsesDirections,
        LearningRateMultiplier = decoder.LearningRateMultiplier,
    };

    public RenderSettings ToSettings() => new()
    {
        Axes = Axes,
        Pyramid = Pyramid,
        Levels = Levels,
        FinestLevel = FinestLevel,
        Marching = Marching,
        CoarseSampling = CoarseSampling,
        CoarseSamples = CoarseSamples,
        FineSampling = FineSampling,
        FineSamples = FineSamples,
        BoxSize = BoxSize,
        Near = Near,
        Far = Far,
        WhiteBackground = WhiteBackground,
        Kernel = null,
    };
}
