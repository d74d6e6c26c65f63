using G3DR.Compute;
using G3DR.Core.Rendering;

namespace G3DR.Core.Training;

/// <summary>Which steps of a fit look from the side, and from where: functions of seed and step. Angles count from the canonical view.</summary>
internal sealed class NovelViews(FitOptions options)
{
    private const uint ChoiceStream = 11, CameraStream = 12;

    private readonly OfficialTrainingSchedule? _official =
        options.Schedule == FitSchedule.Official ? new(options.Steps, new() { Clip = 1, Perceptual = 1, Rgb = 1, Depth = 1, TotalVariation = 1 }) : null;

    /// <summary>Whether a step renders a novel view.</summary>
    public bool IsNovel(int step) => Philox.Uniform(options.Seed, ChoiceStream, (ulong)step) < Probability(step);

    /// <summary>The camera of a novel step.</summary>
    public Camera CameraOf(int step)
    {
        ulong draw = 2 * (ulong)step;
        if (_official is null)
        {
            return Camera.Orbit(
                options.NovelYaw * Philox.Normal(options.Seed, CameraStream, draw), options.NovelPitch * Philox.Normal(options.Seed, CameraStream, draw + 1));
        }

        double Uniform(ulong number) => (2 * Philox.Uniform(options.Seed, CameraStream, number)) - 1;
        return Camera.Orbit(_official.YawHalfRange(step + 1) * Uniform(draw), OfficialTrainingSchedule.PitchHalfRange * Uniform(draw + 1));
    }

    /// <summary>Share of the perceptual weight that counts in a canonical step.</summary>
    public double PerceptualShare(int step) => _official is null || _official.CanonicalPerceptualWeight(step + 1) > 0 ? 1 : 0;

    /// <summary>Share of the semantic weight that counts in a novel step.</summary>
    public double SemanticShare(int step) => _official?.NovelClipWeight(step + 1) ?? 1;

    private double Probability(int step) => _official?.NovelViewProbability(step + 1) ?? options.NovelProbability * (step + 1) / options.Steps;
}
