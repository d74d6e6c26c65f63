using G3DR.Core.Networks;
using G3DR.Core.Tensors;
using G3DR.Core.Verification;
using G3DR.Core.Weights;
using G3DR.Tests.Support;

namespace G3DR.Tests.Networks;

public class RcanTests
{
    public static TheoryData<string> Configurations => TestDevice.Configurations;

    internal static RcanOptions Small { get; } = new() { Groups = 2, Blocks = 2, Features = 8, Reduction = 4 };

    [SkippableTheory]
    [MemberData(nameof(Configurations))]
    public void Small_networks_give_the_reference_on_every_device(string configuration)
    {
        using TestDevice device = TestDevice.Create(configuration);
        int paths = device.HasFloat64 ? 2 : 1;

        // Stages, output, the gradient to the picture, and gradients of all or of three parameters.
        Assert.Equal(paths * (5 + 2 + 44), PretrainedFiles.Verify(device, "rcan_small_x2").Checks.Count);
        Assert.Equal(paths * (1 + 2 + 3), PretrainedFiles.Verify(device, "rcan_small_x3").Checks.Count);
        Assert.Equal(paths * (1 + 2 + 3), PretrainedFiles.Verify(device, "rcan_small_x4").Checks.Count);
    }

    [Fact]
    public void The_published_size_gives_the_reference()
    {
        using var device = new TestDevice();
        FileVerification file = PretrainedFiles.Verify(device, "rcan_full_x2");
        Assert.Equal(6 + 2 + 3, file.Checks.Count);
        Assert.All(file.Checks, check => Assert.Equal(VerificationPath.Composed, check.Path));
    }

    [Fact]
    public void Names_and_shapes_are_those_of_the_published_file()
    {
        using var device = new TestDevice();
        using var network = new Rcan(Initializer.Empty(device));
        PretrainedFiles.AssertNames("rcan_x2", network);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(8)]
    public void Sizes_are_read_off_the_tensors(int scale)
    {
        RcanOptions options = Small with { Scale = scale, Groups = 3, Reduction = 2 };
        using var device = new TestDevice();
        using var folder = new TemporaryFolder();
        using (var network = new Rcan(Initializer.Random(device), options))
        {
            network.Save(folder.PathOf("rcan.safetensors"));
        }

        Assert.Equal($"RCAN x{scale}", Assert.Single(NetworkLoader.Identify(folder.PathOf("rcan.safetensors"))).Value.Description);
        using Rcan loaded = NetworkLoader.Load<Rcan>(folder.PathOf("rcan.safetensors"), device);
        Assert.Equal(options, loaded.Options);
        using Tensor x = Tensor.Uniform(device, [1, 5, 4, 3], seed: 1);
        using Tensor y = loaded.Forward(x);
        Assert.Equal(new Shape([1, 5 * scale, 4 * scale, 3]), y.Shape);
        Assert.Equal(y.Shape, ModelReport.Of(loaded, x.Shape).Modules[0].Output);
    }

    [Fact]
    public void A_file_with_groups_of_different_lengths_is_refused()
    {
        using var device = new TestDevice();
        using var folder = new TemporaryFolder();
        using var network = new Rcan(Initializer.Random(device), Small);
        PretrainedFiles.Save(network, folder.PathOf("short.safetensors"), name => !name.StartsWith("body.1.body.1.", StringComparison.Ordinal));
        Assert.Contains("body.1.body.1.", Assert.Throws<WeightLoadException>(() => NetworkLoader.Load<Rcan>(folder.PathOf("short.safetensors"), device)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_but_the_result_stays_after_inference()
    {
        using var device = new TestDevice();
        using var network = new Rcan(Initializer.Random(device), Small);
        using Tensor x = Tensor.Uniform(device, [1, 8, 8, 3], seed: 1);
        using IDisposable constant = device.Accelerator.NoGrad();
        long before = device.Accelerator.Memory.BytesInUse;
        using Tensor y = network.Forward(x);
        Assert.Equal(y.Length * sizeof(float), device.Accelerator.Memory.BytesInUse - before);
    }

    [Fact]
    public void The_colour_shifts_are_stored_but_not_trained()
    {
        using var device = new TestDevice();
        using var network = new Rcan(Initializer.Random(device), Small);
        Assert.Equal(["sub_mean.weight", "sub_mean.bias", "add_mean.weight", "add_mean.bias"], network.Buffers.Keys);
        Assert.Equal([1, 0, 0, 0, 1, 0, 0, 0, 1], network.Buffers["sub_mean.weight"].ToSingles());
        Assert.Equal([-255f * 0.4488f, -255f * 0.4371f, -255f * 0.4040f], network.Buffers["sub_mean.bias"].ToSingles());
        Assert.Equal(network.Buffers["sub_mean.bias"].ToSingles().Select(value => -value), network.Buffers["add_mean.bias"].ToSingles());
    }

    [Fact]
    public void Wrong_inputs_and_sizes_are_refused()
    {
        using var device = new TestDevice();
        using var network = new Rcan(Initializer.Random(device), Small);
        using Tensor wrong = Tensor.Zeros(device, [1, 4, 4, 4]);
        Assert.Contains("(N, H, W, 3)", Assert.Throws<ArgumentException>(() => network.Forward(wrong)).Message, StringComparison.Ordinal);
        foreach (RcanOptions impossible in (RcanOptions[])[Small with { Scale = 5 }, Small with { Groups = 0 }, Small with { Reduction = 3 }, Small with { Features = 0 }])
        {
            Assert.Throws<ArgumentException>(impossible.Validate);
        }
    }
}
