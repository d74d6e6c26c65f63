using G3DR.Compute;
using G3DR.Core.Networks;
using G3DR.Core.Tensors;
using G3DR.Tests.Support;

namespace G3DR.Tests.Networks;

public class LpipsTests
{
    private static readonly Shape s_shape = [2, 33, 40, 3];

    [Fact]
    public void Distances_are_0_for_equal_pictures_symmetric_and_the_sum_of_their_levels()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        using Lpips lpips = Small(device);
        (Tensor a, Tensor b) = Pictures(device);
        Assert.All(lpips.Distance(a, a).ToSingles(), distance => Assert.Equal(0, distance));
        float[] there = lpips.Distance(a, b).ToSingles(), back = lpips.Distance(b, a).ToSingles();
        Assert.Equal(there, back);
        Assert.All(there, distance => Assert.True(distance > 0));
        IReadOnlyList<Tensor> levels = lpips.PerLevel(a, b);
        Assert.Equal(7, levels.Count);
        for (int n = 0; n < 2; n++)
        {
            Assert.Equal(levels.Sum(level => (double)level.ToSingles()[n]), there[n], 1e-5);
        }
    }

    [Fact]
    public void Weights_of_levels_scale_them_and_leave_out_those_with_0()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        using Lpips lpips = Small(device);
        (Tensor a, Tensor b) = Pictures(device);
        float[][] levels = [.. lpips.PerLevel(a, b).Select(level => level.ToSingles())];
        Assert.Equal([0, 0, 0, 0, 0, 1, 1], lpips.LastLevels(2));
        float[] last = lpips.Distance(a, b, lpips.LastLevels(2)).ToSingles();
        Assert.Equal(levels[5][0] + levels[6][0], last[0], 1e-6);
        List<string> told = [];
        float[] weighted = lpips.Distance(a, b, [0, 3, 0, 0, 0, 0, 0], (name, _) => told.Add(name)).ToSingles();
        Assert.Equal(3 * levels[1][1], weighted[1], 1e-6);
        Assert.Equal(["features_in0.0", "features_in0.1", "features_in1.0", "features_in1.1", "per_layer.1"], told);
        foreach (double[] wrong in (double[][])[[1], [0, 0, 0, 0, 0, 0, 0], [1, 1, 1, double.NaN, 1, 1, 1]])
        {
            Assert.Contains("7 finite weights", Assert.Throws<ArgumentException>(() => lpips.Distance(a, b, wrong)).Message, StringComparison.Ordinal);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => lpips.LastLevels(8));
        Assert.Throws<ArgumentException>(() => lpips.Distance(a, b.Slice(1, 0, 30)));
    }

    [Fact]
    public void A_picture_described_once_gives_the_same_distances_and_gradients()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        using Lpips lpips = Small(device);
        (Tensor a, Tensor b) = Pictures(device);
        a.RequiresGrad = true;
        using PerceptualFeatures described = lpips.Describe(b);
        Tensor direct = lpips.Distance(a, b), indirect = lpips.Distance(lpips.Describe(a), described);
        Assert.Equal(direct.ToSingles(), indirect.ToSingles());
        float[] Gradient(Tensor distance) => Autograd.Gradients([distance.Sum()], [Tensor.Ones(device, [])], [a])[0].ToSingles();
        float[] gradient = Gradient(direct);
        Assert.Equal(gradient, Gradient(indirect));
        Assert.Contains(gradient, value => value != 0);
        using PerceptualFeatures part = lpips.Describe(b, lpips.LastLevels(1));
        Assert.Contains("level 0", Assert.Throws<ArgumentException>(() => lpips.Distance(described, part)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_all_channels_are_0_the_gradient_is_0()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        using Lpips lpips = Small(device);

        // One picture is dark enough for every unit of the first level to be off.
        Tensor weight = lpips.State["features.0.weight"], bias = lpips.State["features.0.bias"];
        weight.CopyFrom(Enumerable.Repeat(0.1f, (int)weight.Length).ToArray());
        bias.CopyFrom(Enumerable.Repeat(0f, (int)bias.Length).ToArray());
        Tensor dark = Tensor.Full(device, s_shape, -1), bright = Tensor.Full(device, s_shape, 1);
        dark.RequiresGrad = true;
        bright.RequiresGrad = true;
        Tensor distance = lpips.Distance(dark, bright, [1, 0, 0, 0, 0, 0, 0]);
        Tensor[] gradients = Autograd.Gradients([distance], [Tensor.Ones(device, distance.Shape)], [dark, bright]);
        Assert.All(distance.ToSingles(), value => Assert.True(value > 0));
        Assert.All(gradients[0].ToSingles(), value => Assert.Equal(0, value));
        Assert.All(gradients[1].ToSingles(), value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Without_recording_only_the_features_of_a_level_stay()
    {
        using var device = new TestDevice();
        using var lpips = new Lpips(Initializer.Random(device, seed: 5), PerceptualBackbone.SqueezeNet);
        using IDisposable constant = ((Accelerator)device).NoGrad();
        using Tensor picture = Tensor.Uniform(device, [1, 129, 129, 3], seed: 1);
        long before = ((Accelerator)device).Memory.BytesInUse;
        using (PerceptualFeatures last = lpips.Describe(picture, lpips.LastLevels(1)))
        {
            // 512 channels of 8 x 8 pixels.
            Assert.Equal(before + (4 * 512 * 8 * 8), ((Accelerator)device).Memory.BytesInUse);
        }

        Assert.Equal(before, ((Accelerator)device).Memory.BytesInUse);
    }

    internal static Lpips Small(Accelerator device)
    {
        var lpips = new Lpips(Initializer.Random(device, seed: 5), PerceptualBackbone.SqueezeNet, heads: false);
        lpips.Freeze();
        return lpips;
    }

    private static (Tensor A, Tensor B) Pictures(Accelerator device) =>
        (Tensor.Uniform(device, s_shape, seed: 1).Affine(2, -1), Tensor.Uniform(device, s_shape, seed: 2).Affine(2, -1));
}
