using G3DR.Compute;
using G3DR.Core.Imaging;
using G3DR.Core.Networks;
using G3DR.Core.Reconstruction;
using G3DR.Core.Rendering;
using G3DR.Core.Scenes;
using G3DR.Core.Tensors;
using G3DR.Core.Training;
using G3DR.Core.Weights;
using G3DR.Kernels.Normalization;
using G3DR.Tests.Support;

namespace G3DR.Tests.Docs;

/// <summary>The examples of docs/networks.md.</summary>
public class NetworkExamples
{
    private static readonly UnetOptions s_sizes = new() { Channels = 16, Multipliers = [1, 2], PositionChannels = 8, ImageSize = 32, OutputChannels = 24 };

    [Fact]
    public void Functions_take_the_layouts_of_the_page()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        (Shape picture, Shape sequence) = Call(
            Tensor.Normal(device, [2, 8, 8, 3], seed: 1),
            Tensor.Normal(device, [16, 3, 3, 3], seed: 2),
            Tensor.Zeros(device, [16]),
            Tensor.Ones(device, [16]),
            Tensor.Zeros(device, [16]),
            Tensor.Normal(device, [2, 5, 24], seed: 3));
        Assert.Equal((new Shape(2, 4, 4, 16), new Shape(2, 5, 8)), (picture, sequence));
    }

    [Fact]
    public void A_module_has_the_names_that_its_parts_were_given()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        using var head = new ExampleHead(Initializer.Random(device), 3, 5);
        Assert.Equal(["conv1.weight", "conv1.bias", "conv2.weight", "conv2.bias"], head.Parameters.Keys);
        Tensor x = Tensor.Normal(device, [1, 4, 4, 3], seed: 1);
        Tensor direct = head.Forward(x), again = Segment(head, x);
        Assert.Equal(ModelReport.Of(head, x.Shape).Modules[0].Output, direct.Shape);
        Assert.Equal(direct.ToSingles(), again.ToSingles());
        again.Sum().Backward();
        Assert.All(head.Parameters.Values, parameter => Assert.NotNull(parameter.Grad));
    }

    [Fact]
    public void A_network_is_loaded_frozen_and_saved()
    {
        using var device = new TestDevice();
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("tiny.safetensors"), tuned = folder.PathOf("tuned.safetensors");
        MakeUntrained(path, device);
        Assert.True(LoadAndSave(device, path, tuned) > 0);
        using var pipeline = G3drPipeline.Load(tuned, device);
        Assert.Equal(32, pipeline.Size);
    }

    [Fact]
    public void The_table_of_the_page_is_the_report_of_the_published_network()
    {
        using var device = new TestDevice();
        using var generator = new TriplaneGenerator(Initializer.Empty(device));
        PrintCost(generator);
        string table = string.Join('\n', ModelReport.Of(generator, [1, 128, 128, 4]).ToTable(depth: 2).ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd()));
        Assert.True(Documents.Read("docs/networks.md").Contains(table, StringComparison.Ordinal), $"docs/networks.md does not have this table:\n{table}");
        Assert.Equal(4_420, generator.Decoder.ParameterCount);
        Assert.Contains("4,420", Documents.Read("docs/networks.md"), StringComparison.Ordinal);
    }

    [Fact]
    public void Planes_are_computed_with_and_without_a_look_at_the_parts()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        using var generator = new TriplaneGenerator(Initializer.Random(device), s_sizes);
        Tensor input = Tensor.Normal(device, [1, 32, 32, 4], seed: 1);
        Assert.Equal(Infer(device, generator, input), Observe(generator.Unet, input));
    }

    [Fact]
    public void A_picture_is_reconstructed_and_rendered_from_the_side()
    {
        using var folder = new TemporaryFolder();
        string weights = folder.PathOf("tiny.safetensors"), file = folder.PathOf("scene.safetensors"), side = folder.PathOf("side.png");
        using (var device = new TestDevice())
        {
            MakeUntrained(weights, device);
        }

        (string photo, string depth) = SyntheticScene.WriteSample(folder.Path, "toys", size: 64);
        Reconstruct(weights, photo, depth, file, side);
        Assert.True(File.Exists(file));
        Assert.Equal(256, Image.Load(side).Width);
    }

    [Fact]
    public void Exact_devices_say_so() => Assert.True(IsExact());

    private static (Shape Picture, Shape Sequence) Call(Tensor x, Tensor weight, Tensor bias, Tensor gain, Tensor offset, Tensor qkv)
    {
        Tensor y = Functional.Conv2d(x, weight, bias, new() { Padding = 1, Stride = (2, 2) });             // (N, H, W, C) to (N, H / 2, W / 2, outputs)
        y = Functional.GroupNorm(y, groups: 8, gain, offset, activation: Activation.Silu);                // normalised and activated in one pass
        Tensor mixed = Functional.SelfAttention(qkv, new() { Heads = 4 });                                // (N, L, 3 C) to (N, L, C)
        return (y.Shape, mixed.Shape);
    }

    private static int LoadAndSave(Accelerator device, string path, string tuned)
    {
        UnetOptions sizes = G3drPipeline.ReadSizes(path);
        using var generator = new TriplaneGenerator(Initializer.Empty(device), sizes);  // parameters undefined until they are loaded
        WeightLoadReport report = generator.Load(path);                                 // checks every name and shape before it writes anything
        int frozen = generator.Freeze("downs.*");                                       // by name, with * and ?
        using var adam = new Adam(generator.Parameters);
        generator.Save(tuned, dtype: WeightDtype.BF16);
        Assert.True(report.Complete);
        return frozen;
    }

    private static void PrintCost(TriplaneGenerator generator)
    {
        Console.Write(ModelReport.Of(generator, [1, 128, 128, 4]).ToTable(depth: 2));
    }

    private static float[] Infer(Accelerator device, TriplaneGenerator generator, Tensor input)
    {
        using IDisposable constant = device.NoGrad();
        using Tensor planes = generator.Unet.Forward(input);
        return planes.ToSingles();
    }

    private static float[] Observe(Unet unet, Tensor input)
    {
        using Tensor planes = unet.Forward(input, (name, output) => Console.WriteLine($"{name} {output.Shape}"));
        return planes.ToSingles();
    }

    private static Tensor Segment(Layer layer, Tensor x)
    {
        Tensor y = Checkpoint.Run(inputs => [layer.Forward(inputs[0])], x)[0];
        return y;
    }

    private static void Reconstruct(string weights, string photo, string depth, string file, string side)
    {
        using Accelerator device = Accelerator.CreateDefault();
        using G3drPipeline g3dr = G3drPipeline.Load(weights, device);
        RgbdPicture picture = RgbdPicture.Load(photo, depth, g3dr.Size);
        using TriplaneScene scene = g3dr.Reconstruct(picture, new Progress<ReconstructionProgress>(p => Console.Write($"\r{p.Done}/{p.Total} {p.Part} ")));
        scene.Save(file);
        scene.Render(Camera.Orbit(yaw: 0.3, pitch: 0.1), 256, 256).Color.SavePng(side);
    }

    private static void MakeUntrained(string path, Accelerator device)
    {
        UntrainedWeights.Save(path, device, new() { Size = "tiny", Seed = 1 });
    }

    private static bool IsExact()
    {
        using Accelerator device = Accelerator.Create("cpu", new AcceleratorOptions { Exact = true });
        return device.Exact;
    }
}

/// <summary>The module of the page.</summary>
internal sealed class ExampleHead : Layer
{
    private readonly Conv2d _first, _second;

    public ExampleHead(Initializer initializer, int inputs, int outputs)
    {
        _first = AddChild("conv1", new Conv2d(initializer, inputs, 64, kernel: 3, new() { Padding = 1 }));
        _second = AddChild("conv2", new Conv2d(initializer, 64, outputs, kernel: 1));
    }

    public override Tensor Forward(Tensor x)
    {
        using Tensor hidden = _first.Forward(x), active = hidden.Silu();
        return _second.Forward(active);
    }

    public override Shape Trace(ModelTrace trace, Shape input) => trace.Run(_second, trace.Run(_first, input));
}
