using G3DR.Core.Networks;
using G3DR.Core.Tensors;
using G3DR.Core.Weights;
using G3DR.Tests.Support;

namespace G3DR.Tests.Networks;

public class FidInceptionTests
{
    [Fact]
    public void The_network_gives_the_reference()
    {
        using var device = new TestDevice();
        Assert.Equal(11 + 3, PretrainedFiles.Verify(device, "fid_inception").Checks.Count);
    }

    [Fact]
    public void Names_and_shapes_are_those_of_the_published_file()
    {
        using var device = new TestDevice();
        using var network = new FidInception(Initializer.Empty(device));
        PretrainedFiles.AssertNames("fid_inception", network);
        ModelReport report = ModelReport.Of(network, [1, 299, 299, 3]);
        Assert.Equal(new Shape([1, FidInception.FeatureCount]), report.Modules[0].Output);

        // 5.7 billion multiplications, as Szegedy et al. and many since count them.
        Assert.InRange(report.Flops, 11.3e9, 11.6e9);
    }

    // The published file has none; the network needs none in inference.
    [Fact]
    public void Counts_of_batches_may_be_missing_in_a_file_but_nothing_else()
    {
        using var device = new TestDevice();
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("inception.safetensors");
        using (var network = new FidInception(Initializer.Random(device, seed: 2)))
        {
            PretrainedFiles.Save(network, path, name => !name.EndsWith("num_batches_tracked", StringComparison.Ordinal));
            using FidInception loaded = NetworkLoader.Load<FidInception>(path, device);
            Assert.Equal(network.State["fc.bias"].ToSingles(), loaded.State["fc.bias"].ToSingles());
            Assert.Equal(0, loaded.State["Mixed_7c.branch1x1.bn.num_batches_tracked"].Item());
            PretrainedFiles.Save(network, path, name => name != "fc.bias");
        }

        Assert.Contains("fc.bias", Assert.Throws<WeightLoadException>(() => NetworkLoader.Load<FidInception>(path, device)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Gradients_reach_the_picture_and_no_frozen_parameter()
    {
        using var device = new TestDevice();
        using var network = new FidInception(Initializer.Random(device, seed: 1));
        network.Eval();
        network.Freeze();
        using var scope = TensorScope.Begin(device);
        Tensor x = Tensor.Uniform(device, [1, 40, 30, 3], seed: 4);
        x.RequiresGrad = true;
        network.Forward(x).Sum().Backward();
        Assert.Contains(x.Grad!.ToSingles(), value => value != 0);
        Assert.All(network.Parameters.Values, parameter => Assert.Null(parameter.Grad));
    }

    [Fact]
    public void Wrong_inputs_are_refused()
    {
        using var device = new TestDevice();
        using var network = new FidInception(Initializer.Empty(device));
        using Tensor wrong = Tensor.Zeros(device, [1, 8, 8, 1]);
        Assert.Contains("(N, H, W, 3)", Assert.Throws<ArgumentException>(() => network.Forward(wrong)).Message, StringComparison.Ordinal);
    }
}
