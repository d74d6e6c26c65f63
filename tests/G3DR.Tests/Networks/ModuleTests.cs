using G3DR.Compute.Memory;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;
using G3DR.Core.Weights;
using G3DR.Tests.Support;

namespace G3DR.Tests.Networks;

public class ModuleTests
{
    [Fact]
    public void A_module_that_cannot_be_built_leaves_nothing_behind()
    {
        using var device = new TestDevice(new() { Threads = 2, MemoryLimit = 100_000 });
        var initializer = Initializer.Random(device);
        using Linear fits = initializer.Build(i => new Linear(i, 10, 10));
        long before = device.Accelerator.Memory.BytesInUse;
        Assert.Throws<OutOfDeviceMemoryException>(() => initializer.Build(i => new Sequential(i.Build(_ => new Linear(i, 10, 10)), new Linear(i, 1000, 1000))));
        Assert.Equal(before, device.Accelerator.Memory.BytesInUse);
        Assert.Equal(110, fits.ParameterCount);
    }

    [Fact]
    public void Names_follow_the_tree_in_the_order_of_registration()
    {
        using var device = new TestDevice();
        using Sequential network = Network(device);
        Assert.Equal(["0.weight", "0.bias", "1.weight", "1.bias", "3.weight"], network.Parameters.Keys);
        Assert.Equal(["1.running_mean", "1.running_var", "1.num_batches_tracked"], network.Buffers.Keys);
        Assert.Equal(8, network.State.Count);
        Assert.Equal((4 * 3 * 9) + 4 + 4 + 4 + (4 * 2), network.ParameterCount);
        Assert.All(network.Parameters.Values, parameter => Assert.True(parameter.RequiresGrad));
        Assert.All(network.Buffers.Values, buffer => Assert.False(buffer.RequiresGrad));
    }

    [Fact]
    public void Tensors_belong_to_the_module_and_to_no_scope()
    {
        using var device = new TestDevice();
        Sequential network;
        using (TensorScope.Begin(device))
        {
            network = Network(device);
        }

        Assert.All(network.State.Values, tensor => Assert.False(tensor.IsDisposed));
        network.Dispose();
        Assert.Equal(0, device.Accelerator.Memory.BytesInUse);
    }

    [Fact]
    public void Names_are_unique_and_not_empty()
    {
        using var device = new TestDevice();
        using var twice = new Pair();
        using var first = new Linear(Initializer.Random(device), 2, 2);
        using var second = new Linear(Initializer.Random(device), 2, 2);
        twice.Add("layer", first);
        Assert.Contains("layer.weight", Assert.Throws<ArgumentException>(() => twice.Add("layer", second)).Message, StringComparison.Ordinal);
        using Tensor tensor = Tensor.Zeros(device, [1]);
        Assert.Throws<ArgumentException>(() => twice.Add(string.Empty, tensor));
        twice.Add("own", tensor);
        Assert.Throws<ArgumentException>(() => twice.Add("own", tensor));
    }

    [Fact]
    public void Freezing_stops_gradients_by_pattern()
    {
        using var device = new TestDevice();
        using Sequential network = Network(device);
        Assert.Equal(2, network.Freeze("*.bias"));
        Assert.Equal(["0.weight", "1.weight", "3.weight"], network.Parameters.Where(p => p.Value.RequiresGrad).Select(p => p.Key));
        Assert.Equal(5, network.Freeze());
        Assert.Equal(0, network.Unfreeze("nothing"));
        Assert.Equal(2, network.Unfreeze("1.*"));
        Assert.Equal(["1.weight", "1.bias"], network.Parameters.Where(p => p.Value.RequiresGrad).Select(p => p.Key));
    }

    [Fact]
    public void Training_and_inference_reach_all_parts()
    {
        using var device = new TestDevice();
        using Sequential network = Network(device);
        Assert.True(network.IsTraining);
        network.Eval();
        Assert.All(network.Children, child => Assert.False(child.Value.IsTraining));
        network.Train();
        Assert.All(network.Children, child => Assert.True(child.Value.IsTraining));
    }

    [Fact]
    public void Initialisation_is_that_of_PyTorch()
    {
        using var device = new TestDevice();
        using var convolution = new Conv2d(Initializer.Random(device, seed: 3), 16, 32, kernel: 3, new() { Groups = 2 });
        using var linear = new Linear(Initializer.Random(device, seed: 3), 400, 200);
        using var enlarging = new ConvTranspose2d(Initializer.Random(device, seed: 3), 64, 16, kernel: 2);
        using var table = new Embedding(Initializer.Random(device, seed: 3), 300, 40);
        AssertUniform(convolution.Weight, 1 / Math.Sqrt(8 * 9));
        AssertUniform(convolution.Bias!, 1 / Math.Sqrt(8 * 9));
        AssertUniform(linear.Weight, 1 / Math.Sqrt(400));
        AssertUniform(linear.Bias!, 1 / Math.Sqrt(400));
        AssertUniform(enlarging.Weight, 1 / Math.Sqrt(16 * 4));
        AssertUniform(enlarging.Bias!, 1 / Math.Sqrt(16 * 4));
        double[] normal = table.Weight.ToDoubles();
        Assert.InRange(normal.Average(), -0.03, 0.03);
        Assert.InRange(normal.Average(value => value * value), 0.96, 1.04);
        using var norm = new GroupNorm(Initializer.Random(device), 2, 4);
        Assert.Equal([1f, 1f, 1f, 1f], norm.Weight.ToSingles());
        Assert.Equal([0f, 0f, 0f, 0f], norm.Bias.ToSingles());
    }

    [Fact]
    public void The_seed_decides_the_weights_and_every_tensor_has_its_own()
    {
        using var device = new TestDevice();
        using Sequential first = Network(device), same = Network(device), other = Network(device, seed: 8);
        Assert.Equal(Values(first), Values(same));
        Assert.NotEqual(Values(first), Values(other));
        using var layers = new Sequential(new Linear(Initializer.Random(device), 4, 4, bias: false), new Linear(Initializer.Random(device), 4, 4, bias: false));
        Initializer one = Initializer.Random(device);
        using var drawn = new Sequential(new Linear(one, 4, 4, bias: false), new Linear(one, 4, 4, bias: false));
        Assert.NotEqual(drawn.Parameters["0.weight"].ToSingles(), drawn.Parameters["1.weight"].ToSingles());
        Assert.Equal(layers.Parameters["0.weight"].ToSingles(), drawn.Parameters["0.weight"].ToSingles());
    }

    [Fact]
    public void A_module_moves_to_another_device_with_what_is_frozen()
    {
        using var device = new TestDevice();
        using var other = new TestDevice(new() { Threads = 1 });
        using Sequential network = Network(device);
        network.Freeze("0.*");
        double[][] before = Values(network);
        network.To(other);
        Assert.Equal(0, device.Accelerator.Memory.BytesInUse);
        Assert.Same(other.Accelerator, network.Accelerator);
        Assert.Equal(before, Values(network));
        Assert.Equal(3, network.Parameters.Values.Count(parameter => parameter.RequiresGrad));
        using Tensor x = Tensor.Ones(other, [1, 5, 5, 3]);
        network.Eval();
        using Tensor y = network.Forward(x);
        Assert.Equal(new Shape(1, 5, 5, 2), y.Shape);
    }

    [Fact]
    public void A_move_that_does_not_fit_changes_nothing()
    {
        using var device = new TestDevice();
        using var small = new TestDevice(new() { Threads = 1, MemoryLimit = 600 });
        using Sequential network = Network(device);
        Assert.Throws<OutOfDeviceMemoryException>(() => network.To(small));
        Assert.Same(device.Accelerator, network.Accelerator);
        Assert.All(network.State.Values, tensor => Assert.Same(device.Accelerator, tensor.Accelerator));
    }

    [Theory]
    [InlineData(WeightDtype.F32, 0)]
    [InlineData(WeightDtype.BF16, 1.0 / 256)]
    [InlineData(WeightDtype.F16, 1.0 / 2048)]
    public void Saved_weights_load_again(WeightDtype dtype, double relative)
    {
        using var folder = new TemporaryFolder();
        using var device = new TestDevice();
        using Sequential network = Network(device), other = Network(device, seed: 9);
        network.Save(folder.PathOf("network.safetensors"), new Dictionary<string, string> { ["licence"] = "MIT" }, dtype);
        WeightLoadReport report = other.Load(folder.PathOf("network.safetensors"));
        Assert.Equal(network.State.Keys.Order(), report.Loaded.Order());
        foreach ((double[] expected, double[] actual) in Values(network).Zip(Values(other)))
        {
            Assert.All(expected.Zip(actual), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, relative * Math.Abs(pair.First)));
        }

        using WeightFile file = WeightFile.Open(folder.PathOf("network.safetensors"));
        Assert.Equal("MIT", file.Metadata["licence"]);
        using var smaller = new Linear(Initializer.Empty(device), 2, 2);
        Assert.Throws<WeightLoadException>(() => smaller.Load(file));
        Assert.Throws<ArgumentException>(() => network.Save(folder.PathOf("no.safetensors"), dtype: WeightDtype.I64));
    }

    [Fact]
    public void Double_precision_is_saved_as_it_is()
    {
        using var folder = new TemporaryFolder();
        using var device = new TestDevice();
        using var network = new Linear(Initializer.Random(device, seed: 1, DType.Float64), 3, 2);
        using var other = new Linear(Initializer.Random(device, seed: 2, DType.Float64), 3, 2);
        network.Save(folder.PathOf("network.safetensors"));
        other.Load(folder.PathOf("network.safetensors"));
        Assert.Equal(Values(network), Values(other));
    }

    [Fact]
    public void A_sequence_keeps_nothing_but_its_result()
    {
        using var device = new TestDevice();
        using Sequential network = Network(device);
        network.Eval();
        using Tensor x = Tensor.Ones(device, [1, 5, 5, 3]);
        using IDisposable constant = device.Accelerator.NoGrad();
        int before = device.Accelerator.Memory.BuffersInUse;
        using Tensor y = network.Forward(x);
        Assert.Equal(1, device.Accelerator.Memory.BuffersInUse - before);
        Assert.False(x.IsDisposed);
        Assert.Throws<ArgumentException>(() => new Sequential());
    }

    [Fact]
    public void Layers_refuse_sizes_that_do_not_exist()
    {
        using var device = new TestDevice();
        Initializer initializer = Initializer.Empty(device);
        Assert.Throws<ArgumentException>(() => new Conv2d(initializer, 3, 4, kernel: 3, new() { Groups = 2 }));
        Assert.Throws<ArgumentException>(() => new ConvTranspose2d(initializer, 4, 3, kernel: 3, new() { Groups = 2 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Conv2d(initializer, 3, 4, kernel: 0));
        Assert.Throws<ArgumentException>(() => new GroupNorm(initializer, 3, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Linear(initializer, 0, 4));
        Assert.Equal(0, device.Accelerator.Memory.BytesInUse);
    }

    [Fact]
    public void The_report_counts_products_and_parameters_and_follows_shapes()
    {
        using var device = new TestDevice();
        using Sequential network = Network(device);
        var report = ModelReport.Of(network, [2, 5, 6, 3]);
        Assert.Equal(network.ParameterCount, report.Parameters);
        Assert.Equal(["", "0", "1", "2", "3"], report.Modules.Select(row => row.Name));

        // 2 pictures of 30 pixels: 4 x 3 x 9 products each by the convolution, 4 x 2 by the linear layer; two operations each.
        Assert.Equal(2L * 60 * 108, report.Modules[1].Flops);
        Assert.Equal(2L * 60 * 8, report.Modules[4].Flops);
        Assert.Equal(report.Modules[1].Flops + report.Modules[4].Flops, report.Flops);
        Assert.Equal(new Shape(2, 5, 6, 2), report.Modules[0].Output);
        Assert.Throws<ArgumentException>(() => ModelReport.Of(network, [2, 5, 6, 4]));
        Assert.Contains("BatchNorm2d", report.ToTable(), StringComparison.Ordinal);
        Assert.DoesNotContain("BatchNorm2d", report.ToTable(depth: 0), StringComparison.Ordinal);
        using var json = System.Text.Json.JsonDocument.Parse(report.ToJson());
        Assert.Equal(report.Flops, json.RootElement.GetProperty("flops").GetInt64());
        Assert.Equal(5, json.RootElement.GetProperty("modules").GetArrayLength());
    }

    [Theory]
    [InlineData(3, 1, 1, 0, 1)]
    [InlineData(4, 2, 1, 0, 1)]
    [InlineData(3, 2, 0, 1, 2)]
    public void Traced_shapes_of_convolutions_are_those_of_the_layers(int kernel, int stride, int padding, int more, int groups)
    {
        using var device = new TestDevice();
        Initializer initializer = Initializer.Random(device);
        using var shrinking = new Conv2d(initializer, 4, 6, kernel, new() { Stride = (stride, 1), Padding = padding, Groups = groups });
        using var enlarging = new ConvTranspose2d(initializer, 6, 4, kernel, new() { Stride = (stride, stride), Padding = padding, OutputPadding = (more, more), Groups = groups });
        using Tensor x = Tensor.Ones(device, [1, 9, 8, 4]);
        using Tensor small = shrinking.Forward(x), large = enlarging.Forward(small);
        Assert.Equal(small.Shape, ModelReport.Of(shrinking, x.Shape).Modules[0].Output);
        Assert.Equal(large.Shape, ModelReport.Of(enlarging, small.Shape).Modules[0].Output);
    }

    private static Sequential Network(TestDevice device, ulong seed = 7)
    {
        Initializer initializer = Initializer.Random(device, seed);
        return new(
            new Conv2d(initializer, 3, 4, kernel: 3, new() { Padding = 1 }),
            new BatchNorm2d(initializer, 4),
            new FunctionLayer(x => x.Relu()),
            new Linear(initializer, 4, 2, bias: false));
    }

    private static double[][] Values(Module module) => [.. module.State.Values.Select(tensor => tensor.ToDoubles())];

    private static void AssertUniform(Tensor tensor, double bound)
    {
        double[] values = tensor.ToDoubles();
        Assert.All(values, value => Assert.InRange(value, -bound, bound));

        // A uniform number has a third of the bound's square as its variance; short tensors scatter.
        double tolerance = 4 / Math.Sqrt(values.Length);
        Assert.InRange(values.Average(value => value * value) / (bound * bound / 3), 1 - tolerance, 1 + tolerance);
        Assert.InRange(values.Average() / bound, -tolerance, tolerance);
    }

    // Opens what only derived classes may do.
    private sealed class Pair : Module
    {
        public void Add(string name, Module child) => AddChild(name, child);

        public void Add(string name, Tensor tensor) => AddParameter(name, tensor);
    }
}
