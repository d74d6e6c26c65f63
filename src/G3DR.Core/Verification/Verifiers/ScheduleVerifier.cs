using System.Text.Json;
using G3DR.Core.Training;

namespace G3DR.Core.Verification.Verifiers;

/// <summary>train/schedules: what the released training loop changes from step to step.</summary>
internal sealed class ScheduleVerifier() : HostVerifier("schedules")
{
    public override bool KnowsConfig(JsonElement config) => config.HasAll("train_num_steps", "w_clip", "w_perceptual");

    public override IEnumerable<VectorCheck> Run(ReferenceVectors vectors, VerificationContext context)
    {
        JsonElement config = vectors.Config;
        int total = config.Integer("train_num_steps");
        var schedule = new OfficialTrainingSchedule(total, new OfficialLossWeights
        {
            Rgb = config.Number("w_rgb"),
            Depth = config.Number("w_depth"),
            Clip = config.Number("w_clip"),
            Perceptual = config.Number("w_perceptual"),
            TotalVariation = config.Number("w_tv"),
        });
        long[] steps = vectors.Integers("steps");
        (string Name, Func<long, double> Value)[] schedules =
        [
            ("low2high", step => LinearRamp.LowToHigh(step, 0.2, 3, 100, total / 4)),
            ("high2low", step => LinearRamp.HighToLow(step, 3, 0.2, 100, total / 4)),
            ("novel_probability", schedule.NovelViewProbability),
            ("yaw_denominator", schedule.YawDenominator),
            ("yaw_half_range", schedule.YawHalfRange),
            ("pitch_half_range", _ => OfficialTrainingSchedule.PitchHalfRange),
            ("novel_w_clip", schedule.NovelClipWeight),
            ("novel_w_perceptual", schedule.NovelPerceptualWeight),
            ("canonical_w_clip", schedule.CanonicalClipWeight),
            ("canonical_w_perceptual", schedule.CanonicalPerceptualWeight),
            ("weight_loss_multiplier", schedule.WeightLossMultiplier),
        ];
        foreach ((string name, Func<long, double> value) in schedules)
        {
            yield return Row(vectors.Compare(name, [.. steps.Select(value)]));
        }
    }
}
