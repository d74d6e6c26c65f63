using System.Text.Json;
using G3DR.Compute.Memory;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;
using G3DR.Tests.Support;

namespace G3DR.Tests.Networks;

public class UnetTests
{
    private static readonly UnetOptions s_small = new()
    {
        Channels = 8,
        Multipliers = [1, 2, 3],
        Groups = 4,
        PositionChannels = 3,
        ImageSize = 16,
        OutputChannels = 9,
        Heads = 2,
        HeadChannels = 4,
    };

    [Fact]
    public void The_official_network_has_the_names_and_shapes_of_the_checkpoint()
    {
        using JsonDocument listing = JsonDocument.Parse(File.ReadAllText(Vectors.PathOf("unet/official_state_dict.json")));
        using var device = new TestDevice();

        // Memory that nobody writes to is not taken from the system.
        using var generator = new TriplaneGenerator(Initializer.Empty(device));
        IEnumerable<string> expected = listing.RootElement.GetProperty("state_dict").EnumerateObject()
            .Select(entry => $"{entry.Name} {new Shape([.. entry.Value.EnumerateArray().Select(size => size.GetInt32())])}");
        Assert.Equal(expected.Order(StringComparer.Ordinal), generator.State.Select(entry => $"{entry.Key} {entry.Value.Shape}").Order(StringComparer.Ordinal));
        Assert.Equal(147_406_212, generator.ParameterCount);
        Assert.Equal(279, generator.Parameters.Count);
        Assert.Empty(generator.Buffers);
    }

    [Fact]
    public void The_report_of_the_official_network_counts_its_operations()
    {
        using var device = new TestDevice();
        using var generator = new TriplaneGenerator(Initializer.Empty(device));
        var report = ModelReport.Of(generator, [1, 128, 128, 4]);
        Assert.Equal(generator.ParameterCount, report.Parameters);
        Assert.Equal(new Shape(1, 3, 128, 128, 64), report.Modules[0].Output);

        // The first convolution: 7 x 7 taps of 260 channels for 128 channels of 128 x 128 pixels.
        Assert.Equal(2L * 49 * 260 * 128 * 128 * 128, report.Modules.Single(row => row.Name == "init_conv").Flops);
        Assert.Equal(2L * 9 * 1024 * 1024 * 16 * 16, report.Modules.Single(row => row.Name == "mid_block1.block1.proj").Flops);
        Assert.InRange(report.Flops, 290e9, 310e9);

        // Everything is counted once: by the layers that have no parts, and by the products of attention itself, queries with keys and both with values.
        long layers = report.Modules.Where(row => !report.Modules.Any(other => IsPart(other, row))).Sum(row => row.Flops);
        long full = 2L * 2 * 256 * 256 * 128, linear = 2L * 2 * 2 * ((128 * 128) + (64 * 64) + (32 * 32) + (16 * 16)) * 128 * 32;
        Assert.Equal(layers + full + linear, report.Flops);
    }

    [Fact]
    public void Traced_shapes_are_those_of_the_network()
    {
        using var device = new TestDevice();
        using var unet = new Unet(Initializer.Random(device), s_small);
        using Tensor x = Picture(device, 2);
        using IDisposable constant = device.Accelerator.NoGrad();
        var report = ModelReport.Of(unet, x.Shape);
        using Tensor planes = unet.Forward(x, (name, output) =>
        {
            if (name != "time_mlp")
            {
                Assert.Equal(output.Shape, report.Modules.Single(row => row.Name == name).Output);
            }
        });
        Assert.Equal(planes.Shape, report.Modules[0].Output);
        Assert.Equal(new Shape(2, 3, 16, 16, 3), planes.Shape);
    }

    [Fact]
    public void Checkpointing_gives_the_same_gradients_with_less_memory()
    {
        (double[][] plain, long plainKept, long plainPeak) = Train(checkpointing: false);
        (double[][] again, long checkpointedKept, long checkpointedPeak) = Train(checkpointing: true);
        Assert.Equal(plain[0], again[0]);
        foreach ((double[] expected, double[] actual) in plain.Zip(again))
        {
            // Gradients that meet are added in another order.
            double tolerance = 1e-12 * Math.Max(1, expected.Max(Math.Abs));
            Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.First - pair.Second, -tolerance, tolerance));
        }

        // The peak also has the gradients of all parameters, and one block computed again.
        Assert.InRange(checkpointedKept, 1, plainKept / 2);
        Assert.InRange(checkpointedPeak, 1, plainPeak);
    }

    [Fact]
    public void Inference_frees_activations_at_once()
    {
        (_, _, long training) = Train(checkpointing: false);
        using var device = new TestDevice();
        using var unet = new Unet(Initializer.Random(device, seed: 1, DType.Float64), s_small);
        using Tensor x = Picture(device, 2, DType.Float64);
        long inference = Peak(device, () =>
        {
            using IDisposable constant = device.Accelerator.NoGrad();
            unet.Forward(x).Dispose();
        });
        Assert.InRange(inference, 1, training / 3);
    }

    [Fact]
    public void Nothing_but_the_planes_and_the_part_of_the_position_map_stays_after_inference()
    {
        using var device = new TestDevice();
        using var unet = new Unet(Initializer.Random(device), s_small);
        using Tensor x = Picture(device, 1);
        using IDisposable constant = device.Accelerator.NoGrad();
        long before = device.Accelerator.Memory.BytesInUse;
        using Tensor planes = unet.Forward(x);
        Assert.Equal((planes.Length + (16 * 16 * s_small.Channels)) * sizeof(float), device.Accelerator.Memory.BytesInUse - before);
    }

    [Fact]
    public void Pictures_of_a_batch_do_not_mix()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        using var unet = new Unet(Initializer.Random(device, dtype: DType.Float64), s_small);
        Tensor x = Picture(device, 2, DType.Float64);
        double[] both = unet.Forward(x).ToDoubles();
        double[] alone = [.. unet.Forward(x.Slice(0, 0, 1)).ToDoubles(), .. unet.Forward(x.Slice(0, 1, 1)).ToDoubles()];
        Assert.All(both.Zip(alone), pair => Assert.InRange(pair.First - pair.Second, -1e-12, 1e-12));
    }

    [Fact]
    public void Inference_follows_changes_of_the_parameters()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        using var unet = new Unet(Initializer.Random(device), s_small);
        Tensor x = Picture(device, 1);
        foreach (string name in (string[])["pos_embed", "init_conv.weight", "init_conv.bias"])
        {
            float[] before = Infer(unet, x);
            Assert.Equal(before, Infer(unet, x));
            Tensor parameter = unet.Parameters[name];
            parameter.CopyFrom(Tensor.Normal(device, parameter.Shape, seed: 5));
            float[] after = Infer(unet, x);
            Assert.NotEqual(before, after);
            Assert.Equal(unet.Forward(x).ToSingles(), after);
        }
    }

    [Fact]
    public void Results_have_the_same_bits_at_any_number_of_threads_and_after_a_move()
    {
        using var device = new TestDevice(new() { Threads = 1 });
        using var other = new TestDevice(new() { Threads = 3 });
        using var unet = new Unet(Initializer.Random(device, seed: 2), s_small);
        using Tensor x = Picture(device, 1), moved = x.To(other);
        float[] expected = Infer(unet, x);
        unet.To(other);
        Assert.Equal(expected, Infer(unet, moved));
    }

    [Fact]
    public void Wrong_inputs_and_sizes_are_refused()
    {
        using var device = new TestDevice();
        using var unet = new Unet(Initializer.Random(device), s_small);
        using Tensor wrong = Tensor.Zeros(device, [1, 16, 15, 4]);
        long before = device.Accelerator.Memory.BytesInUse;
        Assert.Contains("(N, 16, 16, 4)", Assert.Throws<ArgumentException>(() => unet.Forward(wrong)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => ModelReport.Of(unet, wrong.Shape));
        foreach (UnetOptions impossible in (UnetOptions[])
        [
            s_small with { Channels = 10 }, s_small with { Channels = 2, Groups = 1 }, s_small with { Multipliers = [] }, s_small with { Multipliers = [1, 0] },
            s_small with { ImageSize = 18 }, s_small with { OutputChannels = 8 }, s_small with { Heads = 0 }, s_small with { Groups = 0 },
        ])
        {
            Assert.Throws<ArgumentException>(impossible.Validate);
        }

        UnetOptions.Official.Validate();
        Assert.Equal(before, device.Accelerator.Memory.BytesInUse);
    }

    [Fact]
    public void The_generator_s_input_is_colour_in_both_signs_and_depth()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor color = Tensor.FromArray(device, [0f, 0.5f, 1f], [1, 1, 1, 3]), depth = Tensor.FromArray(device, [5.25f], [1, 1, 1, 1]);
        Assert.Equal([-1f, 0f, 1f, 5.25f], TriplaneGenerator.Input(color, depth).ToSingles());
        Assert.Throws<ArgumentException>(() => TriplaneGenerator.Input(depth, depth));
        Assert.Throws<ArgumentException>(() => TriplaneGenerator.Input(color, color));
    }

    private static bool IsPart(ModelReportRow row, ModelReportRow of) =>
        row != of && row.Depth > of.Depth && (of.Name.Length == 0 || row.Name.StartsWith(of.Name + ".", StringComparison.Ordinal));

    private static float[] Infer(Unet unet, Tensor x)
    {
        using IDisposable constant = x.Accelerator.NoGrad();
        using Tensor planes = unet.Forward(x);
        return planes.ToSingles();
    }

    private static Tensor Picture(TestDevice device, int count, DType dtype = DType.Float32) =>
        Tensor.Uniform(device, [count, s_small.ImageSize, s_small.ImageSize, 4], seed: 4, dtype: dtype);

    // With what the tape keeps between the passes.
    private static (double[][] Results, long Kept, long Peak) Train(bool checkpointing)
    {
        using var device = new TestDevice();
        using var unet = new Unet(Initializer.Random(device, seed: 1, DType.Float64), s_small with { Checkpointing = checkpointing });
        using Tensor x = Picture(device, 2, DType.Float64);
        x.RequiresGrad = true;
        double[] values = [];
        long before = device.Accelerator.Memory.BytesInUse, kept = 0;
        long peak = Peak(device, () =>
        {
            using var scope = TensorScope.Begin(device);
            Tensor planes = unet.Forward(x);
            kept = device.Accelerator.Memory.BytesInUse - before;
            values = planes.ToDoubles();
            planes.Backward(Tensor.Normal(device, planes.Shape, seed: 6, dtype: DType.Float64));
        });
        return ([values, x.Grad!.ToDoubles(), .. unet.Parameters.Values.Select(parameter => parameter.Grad!.ToDoubles())], kept, peak);
    }

    // Above what was in use before.
    private static long Peak(TestDevice device, Action work)
    {
        MemoryPool memory = device.Accelerator.Memory;
        memory.ResetPeak();
        long before = memory.BytesInUse;
        work();
        return memory.PeakBytes - before;
    }
}
