using System.Text.Json;
using G3DR.Core.Training;
using G3DR.Core.Verification;
using G3DR.Tests.Support;

namespace G3DR.Tests.Training;

public class ScheduleVectorTests
{
    public static TheoryData<string> TrainingOutputs()
    {
        var names = new TheoryData<string>();
        using ReferenceVectors vectors = Vectors.Open("train/schedules.safetensors");
        foreach (string name in vectors.NamesOf(TensorRole.Output))
            names.Add(name);
        return names;
    }

    // Every output tensor of the file is a case: one that is not known here fails.
    [Theory]
    [MemberData(nameof(TrainingOutputs))]
    public void Official_training_schedule_matches_the_reference(string tensor)
    {
        using ReferenceVectors vectors = Vectors.Open("train/schedules.safetensors");
        long total = vectors.Config.GetProperty("train_num_steps").GetInt64();
        var schedule = new OfficialTrainingSchedule(total, new OfficialLossWeights
        {
            Rgb = Double(vectors.Config, "w_rgb"),
            Depth = Double(vectors.Config, "w_depth"),
            Clip = Double(vectors.Config, "w_clip"),
            Perceptual = Double(vectors.Config, "w_perceptual"),
            TotalVariation = Double(vectors.Config, "w_tv"),
        });
        Func<long, double> value = tensor switch
        {
            "low2high" => step => LinearRamp.LowToHigh(step, 0.2, 3, 100, total / 4),
            "high2low" => step => LinearRamp.HighToLow(step, 3, 0.2, 100, total / 4),
            "novel_probability" => schedule.NovelViewProbability,
            "yaw_denominator" => schedule.YawDenominator,
            "yaw_half_range" => schedule.YawHalfRange,
            "pitch_half_range" => _ => OfficialTrainingSchedule.PitchHalfRange,
            "novel_w_clip" => schedule.NovelClipWeight,
            "novel_w_perceptual" => schedule.NovelPerceptualWeight,
            "canonical_w_clip" => schedule.CanonicalClipWeight,
            "canonical_w_perceptual" => schedule.CanonicalPerceptualWeight,
            "weight_loss_multiplier" => schedule.WeightLossMultiplier,
            _ => throw new InvalidOperationException($"no schedule computes {tensor}"),
        };
        double[] actual = [.. vectors.Integers("steps").Select(value)];
        Vectors.AssertOk(vectors.Compare(tensor, actual));
    }

    [Theory]
    [InlineData("onecycle")]
    [InlineData("onecycle_official")]
    public void One_cycle_matches_the_reference(string name)
    {
        using ReferenceVectors vectors = Vectors.Open("train/optim.safetensors");
        OneCycleSchedule schedule = OneCycle(vectors, cycleMomentum: true, name);
        long[] steps = vectors.Contains($"{name}.steps")
            ? vectors.Integers($"{name}.steps")
            : [.. Enumerable.Range(0, (int)vectors.Shape($"{name}.lr")[0]).Select(i => (long)i)];
        Vectors.AssertOk(vectors.Compare($"{name}.lr", [.. steps.Select(schedule.LearningRate)]));
        Vectors.AssertOk(vectors.Compare($"{name}.beta1", [.. steps.Select(schedule.Beta1)]));
    }

    [Theory]
    [InlineData("adam_onecycle", true)]
    [InlineData("adam_onecycle_fixed_beta", false)]
    public void Values_used_by_the_steps_of_adam_match_the_reference(string name, bool cycleMomentum)
    {
        using ReferenceVectors vectors = Vectors.Open("train/optim.safetensors");
        OneCycleSchedule schedule = OneCycle(vectors, cycleMomentum);
        long[] steps = [.. Enumerable.Range(0, (int)vectors.Shape($"{name}.lr")[0]).Select(i => (long)i)];
        Vectors.AssertOk(vectors.Compare($"{name}.lr", [.. steps.Select(schedule.LearningRate)]));
        Vectors.AssertOk(vectors.Compare($"{name}.beta1", [.. steps.Select(schedule.Beta1)]));
    }

    [Fact]
    public void Cosine_matches_the_reference()
    {
        using ReferenceVectors vectors = Vectors.Open("train/optim.safetensors");
        JsonElement config = vectors.Config.GetProperty("cosine");
        var schedule = new CosineSchedule(Double(config, "lr"), config.GetProperty("T_max").GetInt64(), Double(config, "eta_min"));
        double[] rates = [.. Enumerable.Range(0, (int)vectors.Shape("cosine.lr")[0]).Select(n => schedule.LearningRate(n))];
        Vectors.AssertOk(vectors.Compare("cosine.lr", rates));
    }

    private static OneCycleSchedule OneCycle(ReferenceVectors vectors, bool cycleMomentum, string config = "onecycle")
    {
        JsonElement values = vectors.Config.GetProperty(config);
        return new OneCycleSchedule(Double(values, "max_lr"), values.GetProperty("total_steps").GetInt64(), new OneCycleOptions
        {
            RisingFraction = Double(values, "pct_start"),
            DivFactor = Double(values, "div_factor"),
            CycleMomentum = cycleMomentum,
            FixedBeta1 = vectors.Config.GetProperty("betas")[0].GetDouble(),
        });
    }

    private static double Double(JsonElement element, string name) => element.GetProperty(name).GetDouble();
}
