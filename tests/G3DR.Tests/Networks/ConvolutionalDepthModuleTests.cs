using G3DR.Core.Networks;
using G3DR.Core.Tensors;
using G3DR.Core.Weights;
using G3DR.Tests.Support;

namespace G3DR.Tests.Networks;

public class ConvolutionalDepthModuleTests
{
    private const int Side = 32;

    public static TheoryData<string> Kinds => ["midas-v21", "leres", "boosting-merge"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Gradients_reach_the_picture(string kind)
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        using Layer network = Tiny(device, kind, DType.Float64);
        network.Freeze();
        if (network is MidasV21)
        {
            // Its last ReLU would give nothing but zeros.
            network.State["scratch.output_conv.4.bias"].CopyFrom(Tensor.Full(device, [1], 100, DType.Float64));
        }

        Tensor x = Input(device, network, batch: 1), direction = Tensor.Normal(device, x.Shape, seed: 5, dtype: DType.Float64);
        Tensor output = network.Forward(x);
        Tensor weights = Tensor.Normal(device, output.Shape, seed: 6, dtype: DType.Float64);
        x.RequiresGrad = true;
        Tensor gradient = Autograd.Gradients([network.Forward(x)], [weights], [x])[0];
        double analytic = (gradient * direction).Sum().ToDoubles()[0];

        // Small enough that hardly any ReLU changes sides in between.
        const double step = 1e-6;
        double Loss(double along) => (network.Forward(x.Clone() + (direction * along)) * weights).Sum().ToDoubles()[0];
        double numeric = (Loss(step) - Loss(-step)) / (2 * step);
        Assert.InRange(Math.Abs(analytic - numeric) / Math.Max(Math.Abs(numeric), 1e-3), 0, 1e-4);
        Assert.NotEqual(0, numeric);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Pictures_of_a_batch_do_not_mix(string kind)
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        using Layer network = Tiny(device, kind, DType.Float64);
        using IDisposable constant = device.Accelerator.NoGrad();
        Tensor x = Input(device, network, batch: 2);
        double[] both = network.Forward(x).ToDoubles();
        double[] alone = [.. network.Forward(x.Slice(0, 0, 1)).ToDoubles(), .. network.Forward(x.Slice(0, 1, 1)).ToDoubles()];
        Assert.All(both.Zip(alone), pair => Assert.Equal(pair.First, pair.Second, 1e-10 * Math.Max(1, Math.Abs(pair.First))));
    }

    [Theory]
    [InlineData("midas-v21", 9)]
    [InlineData("leres", 8)]
    [InlineData("boosting-merge", 3)]
    public void Inference_frees_activations_and_tells_of_parts(string kind, int parts)
    {
        // One thread: how many shards have scratch memory at a time is chance with more, and outweighs a network so small.
        using var device = new TestDevice(new() { Threads = 1 });
        using Layer network = Tiny(device, kind, DType.Float32);
        using Tensor x = Input(device, network, batch: 1, DType.Float32);
        long Peak(bool infers)
        {
            using var scope = TensorScope.Begin(device);
            using IDisposable? constant = infers ? device.Accelerator.NoGrad() : null;
            device.Accelerator.Memory.ResetPeak();
            long before = device.Accelerator.Memory.BytesInUse;
            network.Forward(x);
            return device.Accelerator.Memory.PeakBytes - before;
        }

        Assert.InRange(Peak(infers: true), 1, Peak(infers: false) - 1);
        int told = 0;
        void Observe(string name, Tensor output) => told++;
        using IDisposable constant = device.Accelerator.NoGrad();
        using Tensor output = network switch
        {
            MidasNetwork midas => midas.Forward(x, Observe),
            LeRes leres => leres.Forward(x, Observe),
            _ => ((BoostingMerge)network).Forward(x, Observe),
        };
        Assert.Equal(parts, told);
        Assert.Equal(parts, (network as IDepthNetwork)?.Parts ?? parts);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Traced_shapes_are_those_of_the_network(string kind)
    {
        using var device = new TestDevice();
        using Layer network = Tiny(device, kind, DType.Float32);
        using Tensor x = Input(device, network, batch: 2, DType.Float32);
        using IDisposable constant = device.Accelerator.NoGrad();
        using Tensor output = network.Forward(x);
        var report = ModelReport.Of(network, x.Shape);
        Assert.Equal(output.Shape, report.Modules[0].Output);
        Assert.Equal(network.ParameterCount, report.Parameters);
        Assert.True(report.Flops > 0);
    }

    [Fact]
    public void Small_midas_counts_its_products()
    {
        using var device = new TestDevice();
        using var network = new MidasSmall(Initializer.Empty(device));
        var report = ModelReport.Of(network, [1, 256, 256, 3]);
        Assert.Equal(new Shape(1, 256, 256), report.Modules[0].Output);

        // The first convolution: 3 x 3 taps of 3 channels for 32 channels of 128 x 128 pixels.
        Assert.Equal(2L * 27 * 32 * 128 * 128, report.Modules.Single(row => row.Name == "pretrained.layer1.0").Flops);

        // A depthwise one has one input channel for each output.
        Assert.Equal(2L * 9 * 32 * 128 * 128, report.Modules.Single(row => row.Name == "pretrained.layer1.3.0.conv_dw").Flops);
    }

    [Fact]
    public void The_nearest_pixel_of_each_picture_has_the_depth_of_the_released_inference()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        using var network = (LeRes)Tiny(device, "leres", DType.Float32);
        using IDisposable constant = device.Accelerator.NoGrad();
        Tensor x = Input(device, network, batch: 2, DType.Float32);
        float[] raw = network.Forward(x).ToSingles(), depth = network.Estimate(x).ToSingles();
        foreach (int picture in (int[])[0, 1])
        {
            Range pixels = (picture * Side * Side)..((picture + 1) * Side * Side);
            float min = raw[pixels].Min();
            Assert.Equal(raw[pixels].Select(value => value - min + 0.01f), depth[pixels], (a, b) => Math.Abs(a - b) < 1e-5f);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("module.")]
    [InlineData("depth_model.")]
    [InlineData("module.depth_model.")]
    public void Leres_is_loaded_under_all_of_its_names(string prefix)
    {
        using var device = new TestDevice();
        using var folder = new TemporaryFolder();
        using var network = (LeRes)Tiny(device, "leres", DType.Float32);
        string file = folder.PathOf("leres.safetensors");
        var writer = new SafetensorsWriter();
        foreach ((string name, Tensor tensor) in network.State)
        {
            writer.Add(name.Replace("depth_model.", prefix, StringComparison.Ordinal), [.. tensor.Shape.Select(size => (long)size)], tensor.ToSingles());
        }

        writer.Save(file);
        using var loaded = (LeRes)NetworkLoader.Load<IDepthNetwork>(file, device);
        Assert.Equal("LeReS, tiny", Assert.Single(NetworkLoader.Identify(file)).Value.Description);
        Assert.All(network.State, entry => Assert.Equal(entry.Value.ToSingles(), loaded.State[entry.Key].ToSingles()));
        Assert.False(loaded.IsTraining);
        Assert.DoesNotContain(loaded.Parameters.Values, parameter => parameter.RequiresGrad);
    }

    [Theory]
    [InlineData("midas-v21", typeof(MidasV21))]
    [InlineData("midas-small", typeof(MidasSmall))]
    [InlineData("boosting-merge", typeof(BoostingMerge))]
    public void Files_are_recognised_by_their_shapes(string name, Type type)
    {
        using var device = new TestDevice();
        using var folder = new TemporaryFolder();
        NetworkKind kind = NetworkKind.Find(name);
        string file = folder.PathOf("network.safetensors");
        using (Module network = kind.Create(Initializer.Random(device), kind.Sizes[^1]))
        {
            network.Save(file);
        }

        Assert.Equal(kind.Name, Assert.Single(NetworkLoader.Identify(file)).Key.Name);
        using var loaded = (Module)NetworkLoader.Load<object>(file, device);
        Assert.IsType(type, loaded);
    }

    [Theory]
    [InlineData("midas-v21", 32, 48, 3)]
    [InlineData("midas-v21", 32, 32, 4)]
    [InlineData("leres", 0, 32, 3)]
    [InlineData("leres", 33, 32, 3)]
    [InlineData("boosting-merge", 32, 32, 3)]
    [InlineData("boosting-merge", 16, 32, 2)]
    public void Other_shapes_are_refused(string kind, int height, int width, int channels)
    {
        using var device = new TestDevice();
        using Layer network = Tiny(device, kind, DType.Float32);
        using Tensor x = Tensor.Zeros(device, [1, height, width, channels]);
        Assert.Contains("multiples of 32", Assert.Throws<ArgumentException>(() => network.Forward(x)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sizes_of_which_no_network_can_be_made_are_refused()
    {
        using var device = new TestDevice();
        var initializer = Initializer.Empty(device);
        Assert.Throws<ArgumentException>(() => initializer.Build(make => new LeRes(make, new() { Blocks = [1, 1, 1] })));
        Assert.Throws<ArgumentException>(() => initializer.Build(make => new LeRes(make, new() { Blocks = [1, 1, 1, 1], Channels = 0 })));
        Assert.Throws<ArgumentException>(() => initializer.Build(make => new BoostingMerge(make, new() { Levels = 4 })));
        Assert.Throws<ArgumentException>(() => initializer.Build(make => new BoostingMerge(make, new() { Channels = 0 })));
        Assert.ThrowsAny<ArgumentException>(() => initializer.Build(make => new MidasV21(make, channels: 1)));
    }

    private static Layer Tiny(TestDevice device, string kind, DType dtype)
    {
        var network = (Layer)NetworkKind.Find(kind).Create(Initializer.Random(device, seed: 3, dtype), "tiny");
        network.Eval();
        return network;
    }

    private static Tensor Input(TestDevice device, Layer network, int batch, DType dtype = DType.Float64) =>
        Tensor.Normal(device, [batch, Side, Side, network is BoostingMerge ? 2 : 3], seed: 4, dtype: dtype);
}
