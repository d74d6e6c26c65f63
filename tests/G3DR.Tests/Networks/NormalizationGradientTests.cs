using G3DR.Core.Networks;
using G3DR.Core.Tensors;
using G3DR.Kernels.Normalization;
using G3DR.Tests.Support;

namespace G3DR.Tests.Networks;

/// <summary>Gradients of every parameter of the normalisations against finite differences in double precision.</summary>
public class NormalizationGradientTests
{
    public static TheoryData<string> Configurations => [TestDevice.ProcessorConfigurations[^1], .. TestDevice.OtherDevices];

    public static TheoryData<Activation, string> Activations
    {
        get
        {
            var data = new TheoryData<Activation, string>();
            foreach (Activation activation in Enum.GetValues<Activation>())
            {
                foreach (string configuration in (string[])[TestDevice.ProcessorConfigurations[^1], .. TestDevice.OtherDevices])
                {
                    data.Add(activation, configuration);
                }
            }

            return data;
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Activations))]
    public void Group_normalisation_with_everything(Activation activation, string configuration) => Check(
        configuration,
        [[2, 3, 5, 6], [6], [6], [2, 12], [2, 3, 5, 6]],
        t => Functional.GroupNorm(t[0], 3, t[1], t[2], 1e-3f, t[3], activation, t[4]),
        activation);

    [SkippableTheory]
    [MemberData(nameof(Configurations))]
    public void Group_normalisation_of_parts(string configuration)
    {
        Check(configuration, [[2, 7, 4]], t => Functional.GroupNorm(t[0], 1));
        Check(configuration, [[3, 9, 3], [3]], t => Functional.GroupNorm(t[0], 3, weight: t[1]));
        Check(configuration, [[1, 80, 2], [2]], t => Functional.GroupNorm(t[0], 2, bias: t[1]));
        Check(configuration, [[2, 4, 1], [2, 2]], t => Functional.GroupNorm(t[0], 1, scaleShift: t[1], activation: Activation.Silu));
        Check(configuration, [[2, 4, 4], [2, 4, 4]], t => Functional.GroupNorm(t[0], 2, residual: t[1]));
    }

    [SkippableTheory]
    [MemberData(nameof(Configurations))]
    public void Layer_normalisation(string configuration)
    {
        Check(configuration, [[3, 4, 7], [7], [7]], t => Functional.LayerNorm(t[0], t[1], t[2]));
        Check(configuration, [[70, 3], [3]], t => Functional.LayerNorm(t[0], t[1], epsilon: 1e-2f));
        Check(configuration, [[5, 17], [17]], t => Functional.LayerNorm(t[0], bias: t[1]));
        Check(configuration, [[9]], t => Functional.LayerNorm(t[0]));
    }

    [SkippableTheory]
    [MemberData(nameof(Configurations))]
    public void Batch_normalisation_in_both_modes(string configuration)
    {
        foreach (bool training in (bool[])[true, false])
        {
            Check(
                configuration,
                [[3, 2, 5, 4], [4], [4], [3, 2, 5, 4]],
                t =>
                {
                    // Made anew in each call, as training changes them.
                    Tensor mean = Tensor.FromArray(t[0].Accelerator, new double[] { 0.1, -0.2, 0.3, 0 }, [4]);
                    Tensor variance = Tensor.FromArray(t[0].Accelerator, new double[] { 0.5, 1, 2, 0.25 }, [4]);
                    return Functional.BatchNorm(t[0], mean, variance, t[1], t[2], training: training, activation: Activation.Silu, residual: t[3]);
                });
        }

        Check(configuration, [[6, 3]], t => Functional.BatchNorm(t[0], null, null));
    }

    private static void Check(string configuration, Shape[] shapes, Func<Tensor[], Tensor> f, Activation activation = Activation.None)
    {
        using var device = TestDevice.Create(configuration);
        device.RequireFloat64();
        using var scope = TensorScope.Begin(device);
        Tensor[] inputs = [.. shapes.Select((shape, i) => Tensor.Normal(device, shape, seed: 21, stream: (uint)i, DType.Float64))];
        if (activation == Activation.Relu)
        {
            // Far from the kink: normalised numbers of 30 elements lie within sqrt(30), and their factors here are as large as 0.01.
            Tensor small = inputs[1] * 0.01, away = (inputs[2] * 0.01) + 1;
            Tensor modulation = inputs[3] * 0.01;
            inputs[1] = small;
            inputs[2] = away;
            inputs[3] = modulation;
        }

        GradientChecker.Check(f, inputs).ThrowIfFailed();
    }
}
