using G3DR.Compute;
using G3DR.Core.Losses;
using G3DR.Core.Networks;
using G3DR.Core.Rendering;
using G3DR.Core.Tensors;
using G3DR.Core.Training;
using G3DR.Core.Weights;
using G3DR.Kernels.Rendering;
using G3DR.Tests.Support;

namespace G3DR.Tests.Docs;

/// <summary>The examples of docs/coming-from-pytorch.md.</summary>
public class PyTorchExamples
{
    [Fact]
    public void Gradients_flow_to_leaves()
    {
        using var device = new TestDevice();
        using var outer = TensorScope.Begin(device);
        float[] gradient = Gradient(device);
        Assert.Equal(6, gradient.Length);
        Assert.Contains(gradient, g => g != 0);
    }

    [Fact]
    public void A_training_loop_lowers_the_loss_and_leaks_nothing()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor x = Tensor.Normal(device, [16, 3], seed: 1), target = x.MatMul(Tensor.Ones(device, [3, 2])), w = Tensor.Zeros(device, [3, 2]);
        w.RequiresGrad = true;
        double before = PictureLosses.L2(x.MatMul(w), target).Item();
        Train(device, x, w, target);
        Assert.True(PictureLosses.L2(x.MatMul(w), target).Item() < before / 100);
    }

    [Fact]
    public void A_function_keeps_only_its_result()
    {
        using var device = new TestDevice();
        using var outer = TensorScope.Begin(device);
        Tensor x = Tensor.Normal(device, [4, 100], seed: 1);
        int before = device.Accelerator.Memory.BuffersInUse;
        using (device.Accelerator.NoGrad())
        {
            Tensor y = Normalise(x);
            Assert.Equal(before + 1, device.Accelerator.Memory.BuffersInUse);
            Assert.Equal(1, y.Square().Mean().Item(), 1e-5);
        }
    }

    [Fact]
    public void Planes_are_sampled_in_their_own_layout()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor nchw = Tensor.Normal(device, [3, 8, 32, 32], seed: 3);
        Assert.Equal(new Shape(1, 100, 8), Sample(device, nchw).Shape);
    }

    [Fact]
    public void Weights_are_saved_and_loaded()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        using var folder = new TemporaryFolder();
        Tensor w = Tensor.Normal(device, [3, 2], seed: 1);
        Assert.Equal(w.ToSingles(), SaveAndLoad(device, w, Path.Combine(folder.Path, "w.safetensors")).ToSingles());
    }

    [Fact]
    public void A_state_dictionary_is_loaded_into_a_module()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        using var folder = new TemporaryFolder();
        string path = folder.PathOf("net.safetensors");
        Tensor picture = Tensor.Normal(device, [2, 8, 8, 3], seed: 1), weight = Tensor.Normal(device, [16, 3, 3, 3], seed: 2), last = Tensor.Normal(device, [3, 16, 1, 1], seed: 3);
        var writer = new SafetensorsWriter();
        foreach ((string name, Tensor tensor) in (ReadOnlySpan<(string, Tensor)>)
        [
            ("0.weight", weight), ("0.bias", Tensor.Zeros(device, [16])), ("1.weight", Tensor.Ones(device, [16])), ("1.bias", Tensor.Zeros(device, [16])),
            ("3.weight", last), ("3.bias", Tensor.Zeros(device, [3])),
        ])
        {
            writer.Add(name, [.. tensor.Shape.Select(size => (long)size)], tensor.ToSingles());
        }

        writer.Save(path);
        Tensor hidden = Functional.GroupNorm(Functional.Conv2d(picture, weight, options: new() { Padding = 1 }), groups: 4).Silu();
        Assert.Equal(Functional.Conv2d(hidden, last).ToSingles(), Load(Initializer.Empty(device), picture, path));
    }

    private static float[] Load(Initializer initializer, Tensor picture, string path)
    {
        using var net = new Sequential(
            new Conv2d(initializer, 3, 16, kernel: 3, new() { Padding = 1 }),       // nn.Conv2d(3, 16, 3, padding=1)
            new GroupNorm(initializer, groups: 4, channels: 16),                    // nn.GroupNorm(4, 16)
            new FunctionLayer(x => x.Silu()),                                       // nn.SiLU()
            new Conv2d(initializer, 16, 3, kernel: 1));
        net.Load(path);                                                             // net.load_state_dict(torch.load(path))
        Tensor y = net.Forward(picture);                                            // (N, H, W, 3), not (N, 3, H, W)
        return y.ToSingles();
    }

    private static float[] Gradient(Accelerator device)
    {
        using TensorScope scope = TensorScope.Begin(device);                  // owns every tensor made from here on
        Tensor x = Tensor.Normal(device, [4, 3], seed: 1);                    // torch.randn(4, 3)
        Tensor w = Tensor.Normal(device, [3, 2], seed: 2);
        w.RequiresGrad = true;                                                // w.requires_grad_()
        Tensor loss = (x.MatMul(w).Softplus() - 1).Square().Mean();
        loss.Backward();
        float[] gradient = w.Grad!.ToSingles();                               // w.grad.numpy()
        return gradient;
    }

    private static void Train(Accelerator device, Tensor x, Tensor w, Tensor target)
    {
        using var adam = new Adam([new("w", w)], new AdamOptions { LearningRate = 0.1 });
        for (int step = 0; step < 200; step++)
        {
            using TensorScope scope = TensorScope.Begin(device);
            PictureLosses.L2(x.MatMul(w), target).Backward();
            adam.Step();
            adam.ClearGradients();
        }
    }

    private static Tensor Normalise(Tensor x)
    {
        using TensorScope scope = TensorScope.Begin(x.Accelerator);
        Tensor centred = x - x.Mean([-1], keepDims: true);
        return scope.Keep(centred / centred.Square().Mean([-1], keepDims: true).Sqrt());
    }

    private static Tensor Sample(Accelerator device, Tensor nchw)
    {
        Tensor planes = nchw.Permute(0, 2, 3, 1).Reshape(1, 3, 32, 32, 8);                          // (3, C, H, W) to (N, 3, H, W, C)
        Tensor points = (Tensor.Uniform(device, [1, 100, 3], seed: 4) * 2) - 1;                     // (N, M, 3) in the box
        IReadOnlyList<Tensor> levels = FeaturePyramid.Build(planes, PyramidKind.Cascade, levels: 3);
        Tensor features = Triplane.Sample(levels, points, PlaneAxes.Corrected);                     // (N, M, C)
        return features;
    }

    private static Tensor SaveAndLoad(Accelerator device, Tensor w, string path)
    {
        var writer = new SafetensorsWriter();
        writer.Add("w", [3, 2], w.ToSingles());
        writer.Save(path);

        using SafetensorsFile file = SafetensorsFile.Open(path);
        Tensor again = Tensor.FromArray(device, file["w"].ReadSingles(), [3, 2]);
        return again;
    }
}
