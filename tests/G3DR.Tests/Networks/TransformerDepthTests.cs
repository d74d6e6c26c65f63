using G3DR.Compute;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;
using G3DR.Core.Verification;
using G3DR.Tests.Support;

namespace G3DR.Tests.Networks;

public class TransformerDepthTests
{
    public static TheoryData<string> Configurations => TestDevice.Configurations;

    public static TheoryData<string> Kinds => [DepthAnything.Kind.Name, DptLarge.Kind.Name, DptHybrid.Kind.Name];

    [SkippableTheory]
    [MemberData(nameof(Configurations))]
    public void A_small_network_gives_the_reference_on_every_device(string configuration)
    {
        using TestDevice device = TestDevice.Create(configuration);
        foreach (string name in (string[])["depth_anything_tiny_56x98", "depth_anything_tiny_70x70"])
        {
            FileVerification file = PretrainedFiles.Verify(device, name);
            Assert.Equal(10, file.Checks.Count(check => check.Path == VerificationPath.Composed));
            Assert.Equal(device.HasFloat64 ? 10 : 0, file.Checks.Count(check => check.Path == VerificationPath.Float64));
        }
    }

    [Theory]
    [InlineData("depth_anything_v2_vits_154x210", 11)]
    [InlineData("depth_anything_v2_vits_224x224", 11)]
    [InlineData("midas_dpt_large_192x256", 8)]
    [InlineData("midas_dpt_hybrid_192x256", 9)]
    public void Networks_in_full_size_give_the_reference(string name, int outputs)
    {
        using var device = new TestDevice();
        Assert.Equal(outputs, PretrainedFiles.Verify(device, name).Checks.Count);
    }

    [Theory]
    [InlineData("depth_anything_v2_vits", "depth-anything", "small", "pretrained.mask_token")]
    [InlineData("depth_anything_v2_vitb", "depth-anything", "base", "pretrained.mask_token")]
    [InlineData("depth_anything_v2_vitl", "depth-anything", "large", "pretrained.mask_token")]
    [InlineData("midas_dpt_large", "dpt-large", "official", "pretrained.model.norm.", "pretrained.model.head.")]
    [InlineData("midas_dpt_hybrid", "dpt-hybrid", "official", "pretrained.model.norm.", "pretrained.model.head.")]
    public void Names_and_shapes_are_those_of_the_published_files(string listing, string kind, string size, params string[] unused)
    {
        using var device = new TestDevice();
        OrderedDictionary<string, long[]> published = PretrainedFiles.Published(listing);
        using Module network = NetworkKind.Find(kind).Create(Initializer.Empty(device), size);
        Assert.Equal(PretrainedFiles.Describe(published, unused), PretrainedFiles.Describe(network));
        RequireRecognised(device, published, network);
    }

    [Theory]
    [InlineData("depth_anything_v2_vits", "small")]
    [InlineData("depth_anything_v2_vitb", "base")]
    [InlineData("depth_anything_v2_vitl", "large")]
    public void Files_of_Hugging_Face_are_recognised(string listing, string size)
    {
        using var device = new TestDevice();
        OrderedDictionary<string, long[]> published = PretrainedFiles.Published(listing, "huggingface");
        using Module network = DepthAnything.Kind.Create(Initializer.Empty(device), size);
        NetworkMatch match = RequireRecognised(device, published, network);
        Assert.Contains("Hugging Face", match.Description, StringComparison.Ordinal);

        // Queries, keys and values are joined; every other tensor keeps its shape under its new name.
        OrderedDictionary<string, long[]> renamed = new(StringComparer.Ordinal);
        foreach ((string name, long[] shape) in published)
        {
            string to = match.Options.NameMap!.Apply(name);
            renamed[to] = renamed.TryGetValue(to, out long[]? rows) ? [rows[0] + shape[0], .. rows[1..]] : shape;
        }

        Assert.Equal(PretrainedFiles.Describe(renamed, match.Options.Ignore), PretrainedFiles.Describe(network));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Traced_shapes_are_those_of_the_network(string kind)
    {
        using var device = new TestDevice();
        using var network = (Layer)Tiny(device, kind);
        using Tensor x = Picture(device, kind, DType.Float32);
        using IDisposable constant = device.Accelerator.NoGrad();
        var report = ModelReport.Of(network, x.Shape);
        HashSet<string> seen = [];
        using Tensor map = ((IDepthNetwork)network).Estimate(x, (name, output) =>
        {
            if (report.Modules.FirstOrDefault(row => row.Name.EndsWith($"scratch.{name}", StringComparison.Ordinal)) is { } row)
            {
                Assert.Equal(row.Output, output.Shape);
                seen.Add(name);
            }
        });
        Assert.Superset(new HashSet<string>(["layer1_rn", "layer4_rn", "refinenet1", "refinenet4"]), seen);
        Assert.Equal(map.Shape, report.Modules[0].Output);
        Assert.Equal([x.Shape[0], x.Shape[1], x.Shape[2]], map.Shape.ToArray());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Nothing_but_the_map_stays_after_inference_and_every_part_is_told(string kind)
    {
        using var device = new TestDevice();
        using Module network = Tiny(device, kind);
        using Tensor x = Picture(device, kind, DType.Float32);
        using IDisposable constant = device.Accelerator.NoGrad();
        long before = device.Accelerator.Memory.BytesInUse;
        int told = 0;
        var depth = (IDepthNetwork)network;
        using (Tensor map = depth.Estimate(x, (_, _) => told++))
        using (Tensor alike = Tensor.Zeros(device, map.Shape))
        {
            Assert.All(map.ToSingles(), value => Assert.True(value >= 0));
            long both = device.Accelerator.Memory.BytesInUse - before;
            alike.Dispose();
            Assert.Equal(both, 2 * (device.Accelerator.Memory.BytesInUse - before));
        }

        Assert.Equal(before, device.Accelerator.Memory.BytesInUse);
        Assert.Equal(depth.Parts, told);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Gradients_reach_the_picture_and_not_the_frozen_parameters(string kind)
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        using Module network = Tiny(device, kind, DType.Float64);
        network.Freeze();

        // The last ReLU would cut off what an untrained network has to say.
        const double bias = 10;
        network.Parameters.Values.Last().CopyFrom([bias]);
        Tensor x = Picture(device, kind, DType.Float64), direction = Tensor.Normal(device, x.Shape, seed: 5, dtype: DType.Float64);
        x.RequiresGrad = true;
        Tensor Sum(Tensor picture) => (((IDepthNetwork)network).Estimate(picture) - bias).Sum();
        Tensor gradient = Autograd.Gradients([Sum(x)], [Tensor.Ones(device, [], DType.Float64)], [x])[0];
        double along = (gradient * direction).Sum().Item();

        // Central differences; so short a step crosses hardly any kink of a ReLU.
        const double step = 1e-6;
        using IDisposable constant = device.Accelerator.NoGrad();
        double difference = (Sum(x + (direction * step)).Item() - Sum(x - (direction * step)).Item()) / (2 * step);
        Assert.NotEqual(0, along);
        Assert.InRange((difference - along) / along, -1e-4, 1e-4);
        Assert.All(network.Parameters.Values, parameter => Assert.Null(parameter.Grad));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Pictures_of_other_shapes_are_refused(string kind)
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        using Module network = Tiny(device, kind);
        foreach (Shape shape in (Shape[])[[1, 57, 70, 3], [1, 64, 70, 4], [64, 64, 3], [0, 56, 56, 3]])
        {
            Assert.Contains("multiples of", Assert.Throws<ArgumentException>(() => ((IDepthNetwork)network).Estimate(Tensor.Zeros(device, shape))).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused()
    {
        using var device = new TestDevice();
        foreach (DepthAnythingOptions wrong in (DepthAnythingOptions[])
        [
            DepthAnythingOptions.Tiny with { Heads = 3 },
            DepthAnythingOptions.Tiny with { Taps = [0, 1, 2, 4] },
            DepthAnythingOptions.Tiny with { Taps = [0, 2, 1, 3] },
            DepthAnythingOptions.Tiny with { Channels = [8, 16, 24] },
            DepthAnythingOptions.Tiny with { Features = 15 },
            DepthAnythingOptions.Tiny with { Grid = 0 },
            DepthAnythingOptions.Tiny with { LargestDepth = 0 },
        ])
        {
            Assert.Throws<ArgumentException>(() => Initializer.Empty(device).Build(made => new DepthAnything(made, wrong)));
        }

        Assert.Throws<ArgumentException>(() => Initializer.Empty(device).Build(made => new DptLarge(made, new() { Taps = [5, 11, 17, 24] })));
        Assert.Throws<ArgumentException>(() => Initializer.Empty(device).Build(made => new DptHybrid(made, new() { Heads = 5 })));
    }

    private static NetworkMatch RequireRecognised(Accelerator device, OrderedDictionary<string, long[]> published, Module network)
    {
        KeyValuePair<NetworkKind, NetworkMatch> found = Assert.Single(NetworkLoader.Identify(new NetworkFile("memory", published)));
        Assert.Equal(network.GetType(), found.Key.Module);
        using Module recognised = found.Value.Create(Initializer.Empty(device));
        Assert.Equal(PretrainedFiles.Describe(network), PretrainedFiles.Describe(recognised));
        return found.Value;
    }

    private static Module Tiny(Accelerator device, string kind, DType dtype = DType.Float32)
    {
        Module network = NetworkKind.Find(kind).Create(Initializer.Random(device, seed: 2, dtype), "tiny");
        network.Eval();
        return network;
    }

    // Two pictures that are not square, of sides that the network takes.
    private static Tensor Picture(Accelerator device, string kind, DType dtype)
    {
        int patch = kind == DepthAnything.Kind.Name ? 14 : 16;
        return Tensor.Normal(device, [2, 3 * patch, 5 * patch, 3], seed: 4, dtype: dtype);
    }
}
