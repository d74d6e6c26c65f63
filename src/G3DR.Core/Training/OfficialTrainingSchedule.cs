namespace G3DR.Core.Training;

/// <summary>Weights of the terms of the training loss, with the values of the released configuration.</summary>
public sealed record OfficialLossWeights
{
    /// <summary>L1 between the rendered and the input picture, both in [-1,1].</summary>
    public double Rgb { get; init; } = 1;

    /// <summary>L1 between the rendered and the given depth.</summary>
    public double Depth { get; init; } = 2;

    /// <summary>L1 between CLIP embeddings.</summary>
    public double Clip { get; init; } = 0.35;

    /// <summary>LPIPS (VGG).</summary>
    public double Perceptual { get; init; } = 2;

    /// <summary>Total variation of the depth of novel views.</summary>
    public double TotalVariation { get; init; } = 0.1;
}

/// <summary>
/// Everything that changes with the step in the released training loop (preddy5/G3DR train.py): how often a novel
/// view is taken and from how far, and the weights that are ramped or switched on late. Steps count from 1.
/// </summary>
public sealed class OfficialTrainingSchedule
{
    /// <summary>Largest pitch of a novel view from the canonical one, in radians; constant over the training.</summary>
    public const double PitchHalfRange = Math.PI / 18;

    private const double LargestNovelProbability = 0.4;

    private readonly long pixelLossesOnlyUntil;
    private readonly LinearRamp yawDenominator;
    private readonly LinearRamp novelClip;
    private readonly LinearRamp weightLoss;

    /// <summary>Creates the schedule of a run.</summary>
    /// <param name="totalSteps">Steps of the whole run; the published one has 300,000.</param>
    /// <param name="weights">Loss weights; null for those of the released configuration.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than 3 steps: a third of the run must be a step at least.</exception>
    public OfficialTrainingSchedule(long totalSteps, OfficialLossWeights? weights = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(totalSteps, 3);
        TotalSteps = totalSteps;
        Weights = weights ?? new OfficialLossWeights();
        pixelLossesOnlyUntil = totalSteps / 2;
        yawDenominator = new LinearRamp(24, 6, 0, totalSteps / 3);
        novelClip = new LinearRamp(Weights.Clip / 16, Weights.Clip, 0, totalSteps / 3);
        weightLoss = new LinearRamp(0, 1, 0, totalSteps / 2);
    }

    /// <summary>Steps of the whole run.</summary>
    public long TotalSteps { get; }

    /// <summary>The weights before any ramp.</summary>
    public OfficialLossWeights Weights { get; }

    /// <summary>Probability that a step renders a novel view; otherwise it renders the canonical one.</summary>
    /// <param name="step">Step, from 1.</param>
    /// <returns>0 to 0.4, reached after a fifth of the run.</returns>
    public double NovelViewProbability(long step) => Math.Min(LargestNovelProbability, step / (double)TotalSteps * 2);

    /// <summary>What pi is divided by in <see cref="YawHalfRange"/>.</summary>
    /// <param name="step">Step, from 1.</param>
    /// <returns>24, falling to 6 after a third of the run.</returns>
    public double YawDenominator(long step) => yawDenominator.At(step);

    /// <summary>Largest yaw of a novel view from the canonical one.</summary>
    /// <param name="step">Step, from 1.</param>
    /// <returns>Radians: pi/24, growing to pi/6.</returns>
    public double YawHalfRange(long step) => Math.PI / YawDenominator(step);

    /// <summary>CLIP weight of a novel view.</summary>
    /// <param name="step">Step, from 1.</param>
    /// <returns>A sixteenth of the weight, growing to the whole after a third of the run.</returns>
    public double NovelClipWeight(long step) => novelClip.At(step);

    /// <summary>Perceptual weight of a novel view.</summary>
    /// <param name="step">Step, from 1; it makes no difference.</param>
    /// <returns>The whole weight.</returns>
    public double NovelPerceptualWeight(long step) => Weights.Perceptual;

    /// <summary>CLIP weight of the canonical view.</summary>
    /// <param name="step">Step, from 1.</param>
    /// <returns>0 in the first half of the run, then half the weight.</returns>
    public double CanonicalClipWeight(long step) => step > pixelLossesOnlyUntil ? Weights.Clip / 2 : 0;

    /// <summary>Perceptual weight of the canonical view.</summary>
    /// <param name="step">Step, from 1.</param>
    /// <returns>0 in the first half of the run, then half the weight.</returns>
    public double CanonicalPerceptualWeight(long step) => step > pixelLossesOnlyUntil ? Weights.Perceptual / 2 : 0;

    /// <summary>Factor of the loss that asks rays to be opaque, mean(1 - weight_total).</summary>
    /// <param name="step">Step, from 1.</param>
    /// <returns>0, growing to 1 after half the run.</returns>
    public double WeightLossMultiplier(long step) => weightLoss.At(step);
}
