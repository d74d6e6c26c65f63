using System.Text.Json;
using G3DR.Core.Tensors;
using G3DR.Core.Training;

namespace G3DR.Core.Verification.Verifiers;

/// <summary>train/optim: Adam, AdamW and moving averages step by step, and learning-rate schedules.</summary>
internal sealed class OptimizerVerifier() : TensorVerifier("optim", "lr", "betas", "onecycle", "onecycle_official", "cosine", "ema_decay")
{
    private const string Cycling = "adam_onecycle", FixedBeta = "adam_onecycle_fixed_beta";

    protected override IEnumerable<VectorCheck> Verify(VectorRun run)
    {
        OneCycleSchedule cycling = OneCycle(run.Config, "onecycle"), fixedBeta = OneCycle(run.Config, "onecycle", cycleMomentum: false);
        AdamOptions adam = Options(run.Config);
        return Train(run, "adam", adam, schedule: null, average: "ema")
            .Concat(Train(run, "adamw", adam with { WeightDecay = run.Config.Number("weight_decay") }))
            .Concat(Train(run, Cycling, adam, cycling))
            .Concat(Train(run, FixedBeta, adam, fixedBeta))
            .Concat(Schedule(run, Cycling, cycling))
            .Concat(Schedule(run, FixedBeta, fixedBeta))
            .Concat(Schedule(run, "onecycle", cycling))
            .Concat(Schedule(run, "onecycle_official", OneCycle(run.Config, "onecycle_official")))
            .Append(run.Check("cosine.lr", Cosine(run)));
    }

    private static IEnumerable<VectorCheck> Train(VectorRun run, string name, AdamOptions options, OneCycleSchedule? schedule = null, string? average = null)
    {
        Dictionary<string, Tensor> parameters = [], gradients = [];
        for (int i = 0; run.Contains($"p{i}"); i++)
        {
            parameters.Add($"p{i}", VectorRun.Leaf(run.Get($"p{i}")));
            gradients.Add($"p{i}", run.Get($"g{i}"));
        }

        using var adam = new Adam(parameters, options);
        using var averages = new ExponentialMovingAverage(parameters, run.Config.Number("ema_decay"));
        ILookup<string, double[]> trained = Steps().ToLookup(row => row.Name, row => row.Values);
        foreach (IGrouping<string, double[]> trajectory in trained)
        {
            yield return run.Check(trajectory.Key, [.. trajectory.SelectMany(values => values)]);
        }

        // After each step, the values of every parameter and of its average if they are compared.
        IEnumerable<(string Name, double[] Values)> Steps()
        {
            for (int step = 0; step < gradients["p0"].Shape[0]; step++)
            {
                if (schedule is not null)
                {
                    (adam.LearningRate, adam.Beta1) = (schedule.LearningRate(step), schedule.Beta1(step));
                }

                foreach ((string parameter, Tensor values) in parameters)
                {
                    // The product of parameter and given gradient has that gradient.
                    Tensor gradient = gradients[parameter].Slice(0, step, 1).Reshape(values.Shape.AsSpan());
                    (values * gradient).Backward(Tensor.Ones(run.Device, values.Shape, run.DType));
                }

                adam.Step();
                adam.ClearGradients();
                averages.Update();
                foreach (string parameter in parameters.Keys)
                {
                    yield return ($"{name}.{parameter}", parameters[parameter].ToDoubles());
                    if (average is not null)
                    {
                        yield return ($"{average}.{parameter}", averages.Averages[parameter].ToDoubles());
                    }
                }
            }
        }
    }

    private static IEnumerable<VectorCheck> Schedule(VectorRun run, string name, OneCycleSchedule schedule)
    {
        // Without step numbers the rows are the first steps.
        long[] steps = run.Contains($"{name}.steps")
            ? run.Integers($"{name}.steps")
            : [.. Enumerable.Range(0, run.Shape($"{name}.lr")[0]).Select(i => (long)i)];
        yield return run.Check($"{name}.lr", [.. steps.Select(schedule.LearningRate)]);
        yield return run.Check($"{name}.beta1", [.. steps.Select(schedule.Beta1)]);
    }

    private static double[] Cosine(VectorRun run)
    {
        JsonElement config = run.Config.Entry("cosine");
        var schedule = new CosineSchedule(config.Number("lr"), config.Integer("T_max"), config.Number("eta_min"));
        return [.. Enumerable.Range(0, run.Shape("cosine.lr")[0]).Select(n => schedule.LearningRate(n))];
    }

    private static AdamOptions Options(JsonElement config)
    {
        (double beta1, double beta2) = Betas(config);
        return new() { LearningRate = config.Number("lr"), Beta1 = beta1, Beta2 = beta2, Epsilon = config.Number("eps") };
    }

    private static OneCycleSchedule OneCycle(JsonElement config, string name, bool cycleMomentum = true)
    {
        JsonElement values = config.Entry(name);
        return new OneCycleSchedule(values.Number("max_lr"), values.Integer("total_steps"), new OneCycleOptions
        {
            RisingFraction = values.Number("pct_start"),
            DivFactor = values.Number("div_factor"),
            CycleMomentum = cycleMomentum,
            FixedBeta1 = Betas(config).Beta1,
        });
    }

    private static (double Beta1, double Beta2) Betas(JsonElement config) => config.Items("betas") is [JsonElement first, JsonElement second]
        ? (first.AsNumber("betas"), second.AsNumber("betas"))
        : throw new FormatException("'betas' must be two numbers.");
}
