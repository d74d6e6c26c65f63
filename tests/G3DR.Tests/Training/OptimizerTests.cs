using System.Text.Json;
using G3DR.Core.Tensors;
using G3DR.Core.Training;
using G3DR.Core.Verification;
using G3DR.Tests.Support;


namespace G3DR.Tests.Training;

public class OptimizerTests
{
    private static readonly ReferenceVectors s_file = Vectors.Open("train/optim.safetensors");

    public static TheoryData<string, string> Trajectories
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string configuration in TestDevice.ConfigurationNames.Append("float64"))
            {
                foreach (string name in new[] { "adam", "adamw", "adam_onecycle", "adam_onecycle_fixed_beta" })
                {
                    data.Add(name, configuration);
                }
            }

            return data;
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Trajectories))]
    public void Adam_follows_the_reference_trajectory(string name, string configuration)
    {
        using var device = TestDevice.Create(configuration == "float64" ? "plain" : configuration);
        using var scope = TensorScope.Begin(device);
        DType dtype = configuration == "float64" ? DType.Float64 : DType.Float32;
        Dictionary<string, Tensor> parameters = Parameters(device, dtype);
        using var adam = new Adam(parameters, Options(name));
        double[]? rates = name.Contains("onecycle", StringComparison.Ordinal) ? s_file.Doubles($"{name}.lr") : null;
        double[]? betas = rates is null ? null : s_file.Doubles($"{name}.beta1");
        for (int t = 0; t < s_file.Config.GetProperty("steps").GetInt32(); t++)
        {
            SetGradients(parameters, t);
            if (rates is not null)
            {
                (adam.LearningRate, adam.Beta1) = (rates[t], betas![t]);
            }

            adam.Step();
            adam.ClearGradients();
            foreach ((string parameter, Tensor value) in parameters)
            {
                AssertRow($"{name}.{parameter}", t, value);
            }
        }
    }

    [Fact]
    public void The_moving_average_follows_the_reference_trajectory()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Dictionary<string, Tensor> parameters = Parameters(device, DType.Float32);
        using var adam = new Adam(parameters, Options("adam"));
        using var average = new ExponentialMovingAverage(parameters, s_file.Config.GetProperty("ema_decay").GetDouble());
        for (int t = 0; t < s_file.Config.GetProperty("steps").GetInt32(); t++)
        {
            SetGradients(parameters, t);
            adam.Step();
            adam.ClearGradients();
            average.Update();
            foreach ((string parameter, Tensor value) in average.Averages)
            {
                AssertRow($"ema.{parameter}", t, value);
            }
        }

        average.CopyToParameters();
        Assert.Equal(average.Averages["p0"].ToSingles(), parameters["p0"].ToSingles());
    }

    [Fact]
    public void A_restored_optimizer_continues_bit_by_bit()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Dictionary<string, Tensor> straight = Parameters(device, DType.Float32), resumed = Parameters(device, DType.Float32);
        using var first = new Adam(straight, Options("adamw"));
        using var second = new Adam(resumed, Options("adamw"));
        for (int t = 0; t < 10; t++)
        {
            SetGradients(straight, t);
            first.Step();
            first.ClearGradients();
            if (t == 4)
            {
                second.ImportState(first.ExportState());
                foreach ((string name, Tensor value) in straight)
                {
                    resumed[name].CopyFrom(value);
                }
            }
            else if (t > 4)
            {
                SetGradients(resumed, t);
                second.Step();
                second.ClearGradients();
            }
        }

        Assert.Equal(straight["p0"].ToSingles(), resumed["p0"].ToSingles());
        Assert.Equal(10, second.ExportState().Steps["p1"]);
    }

    [Fact]
    public void A_state_that_does_not_fit_is_refused_whole()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        using var adam = new Adam(new Dictionary<string, Tensor> { ["a"] = Tensor.Ones(device, [2]), ["b"] = Tensor.Ones(device, [3]) });
        using var other = new Adam(new Dictionary<string, Tensor> { ["a"] = Tensor.Ones(device, [2]), ["b"] = Tensor.Ones(device, [4]) });
        string message = Assert.Throws<ArgumentException>(() => adam.ImportState(other.ExportState())).Message;
        Assert.Contains("b.exp_avg is (4) Float32, needs (3) Float32", message, StringComparison.Ordinal);
        Assert.Contains("b.exp_avg_sq", message, StringComparison.Ordinal);
        Assert.DoesNotContain("a.exp_avg", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Constants_out_of_range_are_refused()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        var parameters = new Dictionary<string, Tensor> { ["a"] = Tensor.Ones(device, [2]) };
        Assert.Throws<ArgumentException>(() => new Adam([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adam(parameters, new() { Beta1 = 1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adam(parameters, new() { LearningRate = double.NaN }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ExponentialMovingAverage(parameters, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => GradientClipping.ByGlobalNorm([], 0));
    }

    [Fact]
    public void Clipping_scales_to_the_norm_or_limits_each_element()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor a = Tensor.FromArray(device, new[] { 3f }, [1]), b = Tensor.FromArray(device, new[] { 4f }, [1]), unused = Tensor.Ones(device, [1]);
        foreach (Tensor leaf in new[] { a, b })
        {
            leaf.RequiresGrad = true;
            leaf.Backward(leaf.Detach());
        }

        Assert.Equal(5, GradientClipping.ByGlobalNorm([a, b, unused], 10), 1e-6);
        Assert.Equal(3, a.Grad!.Item());
        Assert.Equal(5, GradientClipping.ByGlobalNorm([a, b, unused], 1), 1e-6);
        Assert.Equal(0.6, a.Grad!.Item(), 1e-6);
        Assert.Equal(0.8, b.Grad!.Item(), 1e-6);
        GradientClipping.ByValue([a, b], 0.7);
        Assert.Equal(0.7f, b.Grad!.Item(), 1e-7);
        Assert.Equal(0.6, a.Grad!.Item(), 1e-6);
        b.Grad!.CopyFrom(new[] { float.NaN });
        Assert.True(double.IsNaN(GradientClipping.ByGlobalNorm([a, b], 0.1)));
        Assert.Equal(0.6, a.Grad!.Item(), 1e-6);
    }

    private static AdamOptions Options(string name)
    {
        JsonElement config = s_file.Config;
        return new()
        {
            LearningRate = config.GetProperty("lr").GetDouble(),
            Beta1 = config.GetProperty("betas")[0].GetDouble(),
            Beta2 = config.GetProperty("betas")[1].GetDouble(),
            Epsilon = config.GetProperty("eps").GetDouble(),
            WeightDecay = name == "adamw" ? config.GetProperty("weight_decay").GetDouble() : 0,
        };
    }

    private static Dictionary<string, Tensor> Parameters(TestDevice device, DType dtype)
    {
        var parameters = new Dictionary<string, Tensor>();
        foreach (string name in new[] { "p0", "p1" })
        {
            Tensor parameter = Tensor.FromArray(device, s_file.Doubles(name), new Shape([.. s_file.Shape(name).Select(n => (int)n)])).ToType(dtype);
            parameter.RequiresGrad = true;
            parameters.Add(name, parameter);
        }

        return parameters;
    }

    // The gradient of <p, g> is g.
    private static void SetGradients(Dictionary<string, Tensor> parameters, int step)
    {
        foreach ((string name, Tensor parameter) in parameters)
        {
            using var scope = TensorScope.Begin(parameter.Accelerator);
            int length = (int)parameter.Length;
            double[] all = s_file.Doubles(name.Replace('p', 'g'));
            Tensor gradient = Tensor.FromArray(parameter.Accelerator, all[(step * length)..((step + 1) * length)], parameter.Shape).ToType(parameter.DType);
            (parameter * gradient).Sum().Backward();
        }
    }

    private static void AssertRow(string name, int step, Tensor actual)
    {
        double[] all = s_file.Doubles(name), values = actual.ToDoubles();
        for (int i = 0; i < values.Length; i++)
        {
            Assert.Equal(all[(step * values.Length) + i], values[i], s_file.Tolerance(name).Maximum);
        }
    }
}
