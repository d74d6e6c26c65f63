namespace G3DR.Core.Training;

/// <summary>Where a fit stands after a step.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">Steps in all.</param>
/// <param name="IsNovel">Whether the step smoothed a novel view instead of comparing with the picture.</param>
/// <param name="ColorLoss">Last mean squared colour error, colours in [0, 1].</param>
/// <param name="DepthLoss">Last mean absolute depth error.</param>
/// <param name="TotalVariation">Last total variation of a novel depth; 0 before the first.</param>
/// <param name="Elapsed">Time since the fit, or its continuation, began.</param>
/// <param name="StepsThisRun">Steps done in that time.</param>
public readonly record struct FitProgress(
    int Step, int Steps, bool IsNovel, double ColorLoss, double DepthLoss, double TotalVariation, TimeSpan Elapsed, int StepsThisRun)
{
    /// <summary>Last perceptual distance of a canonical view; null before the first, and without a network.</summary>
    public double? PerceptualLoss { get; init; }

    /// <summary>Last perceptual distance of a novel view from the picture; null before the first, and without a network.</summary>
    public double? NovelPerceptualLoss { get; init; }

    /// <summary>Last difference of embeddings of a novel view and the picture; null before the first, and without a network.</summary>
    public double? SemanticLoss { get; init; }

    /// <summary>Peak signal-to-noise ratio of the last rays that were compared, in dB.</summary>
    public double Psnr => ColorLoss > 0 ? -10 * Math.Log10(ColorLoss) : double.PositiveInfinity;

    /// <summary>Steps per second.</summary>
    public double Rate => StepsThisRun / Math.Max(Elapsed.TotalSeconds, 1e-9);

    /// <summary>Time left at that rate.</summary>
    public TimeSpan Remaining => TimeSpan.FromSeconds((Steps - Step) / Math.Max(Rate, 1e-9));
}
