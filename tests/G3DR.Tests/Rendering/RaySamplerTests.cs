using G3DR.Core.Rendering;
using G3DR.Core.Tensors;
using G3DR.Kernels.Rendering;
using G3DR.Tests.Support;

namespace G3DR.Tests.Rendering;

/// <summary>Closed-form values, edges and hostile input of the samplers, planes and decoder.</summary>
public class RaySamplerTests
{
    [Fact]
    public void Limits_of_rays_along_an_axis()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor origins = Tensor.FromArray(device, [-5f, 0, 0, 0, 0, 0, -5, 2, 0], [3, 3]);
        Tensor directions = Tensor.FromArray(device, [1f, 0, 0, 0, -1, 0, 1, 0, 0], [3, 3]);
        (Tensor near, Tensor far) = RaySampler.BoxLimits(origins, directions, boxSize: 2);

        // Through the middle: 4 to 6; from inside downwards: -1 to 1; past the box: a miss.
        Assert.Equal([4f, -1, -1], near.ToSingles());
        Assert.Equal([6f, 1, -2], far.ToSingles());

        // The miss gets the smallest near, -1, and as far the largest near, 4.
        (near, far) = RaySampler.RepairMisses(near, far);
        Assert.Equal([4f, -1, -1], near.ToSingles());
        Assert.Equal([6f, 1, 4], far.ToSingles());
    }

    [Fact]
    public void Limits_that_are_not_numbers_count_as_misses()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);

        // On the side of the box and parallel to it the slab test is 0 x infinity.
        Tensor origins = Tensor.FromArray(device, [-5f, 1, 0, -5, 0, 0, float.NaN, 0, 0], [3, 3]);
        Tensor directions = Tensor.FromArray(device, [1f, 0, 0, 1, 0, 0, 1, 0, 0], [3, 3]);
        (Tensor near, Tensor far) = RaySampler.BoxLimits(origins, directions);
        (near, far) = RaySampler.RepairMisses(near, far);
        Assert.Equal([4f, 4, 4], near.ToSingles());
        Assert.Equal([4f, 6, 4], far.ToSingles());
    }

    [Fact]
    public void Distances_by_rule()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor near = Tensor.Full(device, [1], 4), far = Tensor.Full(device, [1], 6), half = Tensor.Full(device, [1, 3], 0.5);
        Assert.Equal([4.5f, 5.5f, 6.5f], RaySampler.Stratified(near, far, half).ToSingles());

        // Bins of length 2/3: 4 + (s + 3/8) 2/3.
        Assert.Equal([4.25f, 59f / 12, 67f / 12], RaySampler.Bins(near, far, Tensor.Full(device, [1, 3], 0.375)).ToSingles(), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal([4.95f, 5f, 5.05f], RaySampler.AroundSurface(Tensor.Full(device, [1], 5), 3).ToSingles(), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal([4.95f], RaySampler.AroundSurface(Tensor.Full(device, [1], 5), 1).ToSingles(), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal([0f, 0.25f, 0.5f, 0.75f, 1f], RaySampler.EvenNumbers(device, [1, 5]).ToSingles());

        // In inverse distance: 1/4, 5/24, 1/6 without noise.
        Assert.Equal([4f, 4.8f, 6f], RaySampler.Disparity(near, far, Tensor.Zeros(device, [1, 3])).ToSingles(), (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Fact]
    public void All_the_weight_in_one_bin_draws_from_that_bin()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor edges = Tensor.FromArray(device, [0.0, 1, 2, 3, 4], [1, 5]), weights = Tensor.FromArray(device, [0.0, 0, 1e6, 0], [1, 4]);
        double[] draws = RaySampler.FromDistribution(edges, weights, Tensor.FromArray(device, [0.1, 0.5, 0.9], [1, 3])).ToDoubles();
        Assert.Equal([2.1, 2.5, 2.9], draws, (a, b) => Math.Abs(a - b) < 1e-8);
    }

    [Fact]
    public void Sorting_is_stable_and_a_permutation_whatever_the_distances_are()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor t = Tensor.FromArray(device, [float.NaN, 2, 1, float.PositiveInfinity, 2, float.NaN, float.NegativeInfinity], [1, 7]);
        Tensor number = Tensor.FromArray(device, [0f, 1, 2, 3, 4, 5, 6], [1, 7]);
        (_, Tensor sorted, Tensor colors) = RaySampler.SortByDepth(t, number, number.Reshape(1, 7, 1));
        Assert.Equal([6f, 2, 1, 4, 3, 0, 5], sorted.ToSingles());
        Assert.Equal(sorted.ToSingles(), colors.ToSingles());
    }

    [Fact]
    public void Points_outside_of_the_box_or_of_all_numbers_read_zero()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor planes = Tensor.Ones(device, [1, 3, 4, 4, 2]);
        Tensor points = Tensor.FromArray(
            device, [float.NaN, float.NaN, float.NaN, float.PositiveInfinity, 0, float.NegativeInfinity, 1e30f, -1e30f, 1e30f, 3, 3, 3], [1, 4, 3]);
        planes.RequiresGrad = true;
        Tensor features = Triplane.Features([planes], points, PlaneAxes.Corrected);
        Assert.All(features.ToSingles(), f => Assert.Equal(0f, f));
        Tensor gradient = Autograd.Gradients([features], [Tensor.Ones(device, features.Shape)], [planes])[0];
        Assert.All(gradient.ToSingles(), g => Assert.Equal(0f, g));
    }

    [Fact]
    public void Planes_read_their_axes()
    {
        // Each plane holds its column number (u) in channel 0 and its row number (v) in channel 1; texel i of 4 is centred at -0.75 + i / 2.
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        float[] texels = [.. Enumerable.Range(0, 3 * 16).SelectMany(i => new[] { (float)(i % 4), i / 4 % 4 })];
        Tensor planes = Tensor.FromArray(device, texels, [1, 3, 4, 4, 2]), point = Tensor.FromArray(device, [-0.25f, 0.25f, 0.75f], [1, 1, 3]);
        Assert.Equal([1f, 2, 1, 3, 3, 1], Triplane.Features([planes], point, PlaneAxes.Official).ToSingles());
        Assert.Equal([1f, 2, 1, 3, 3, 2], Triplane.Features([planes], point, PlaneAxes.Corrected).ToSingles());
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor Zeros(params int[] shape) => Tensor.Zeros(device, shape);
        void Refuses(string words, Action call) =>
            Assert.Contains(words, Assert.ThrowsAny<ArgumentException>(call).Message, StringComparison.Ordinal);

        Refuses("(..., 3)", () => RaySampler.BoxLimits(Zeros(4, 2), Zeros(4, 2)));
        Refuses("directions", () => RaySampler.BoxLimits(Zeros(4, 3), Zeros(3, 3)));
        Refuses("side of the box", () => RaySampler.BoxLimits(Zeros(4, 3), Zeros(4, 3), boxSize: 0));
        Refuses("near", () => RaySampler.Stratified(Zeros(3), Zeros(4), Zeros(4, 5)));
        Refuses("at least 2", () => RaySampler.Disparity(Zeros(4), Zeros(4), Zeros(4, 1)));
        Refuses("one element", () => RaySampler.Bins(Zeros(4), Zeros(4), Zeros(4, 0)));
        Refuses("at least 4", () => RaySampler.Importance(Zeros(2, 3), Zeros(2, 2), Zeros(2, 5)));
        Refuses("(..., S - 1)", () => RaySampler.Importance(Zeros(2, 6), Zeros(2, 6), Zeros(2, 5)));
        Refuses("one row per ray", () => RaySampler.Importance(Zeros(2, 6), Zeros(2, 5), Zeros(3, 5)));
        Refuses("(..., B + 1)", () => RaySampler.FromDistribution(Zeros(2, 6), Zeros(2, 6), Zeros(2, 5)));
        Refuses("colours", () => RaySampler.SortByDepth(Zeros(2, 6), Zeros(2, 6), Zeros(2, 5, 3)));
        Refuses("(N, R, S)", () => RaySampler.Points(Zeros(2, 3), Zeros(2, 3), Zeros(2, 6)));
        Refuses("at least one level", () => Triplane.Features([], Zeros(1, 4, 3), PlaneAxes.Official));
        Refuses("same number", () => Triplane.Features([Zeros(1, 3, 4, 4, 2), Zeros(1, 3, 2, 2, 3)], Zeros(1, 4, 3), PlaneAxes.Official));
        Refuses("points", () => Triplane.Features([Zeros(1, 3, 4, 4, 2)], Zeros(2, 4, 3), PlaneAxes.Official));
        Refuses("3 pyramid levels", () => FeaturePyramid.Build(Zeros(1, 3, 3, 9, 2), PyramidKind.Cascade, 3));
        Refuses("40 pyramid levels", () => FeaturePyramid.Build(Zeros(1, 3, 3, 9, 2), PyramidKind.Direct, 40));
        Refuses("at least 2 samples", () => VolumeMarching.MidPoint(Zeros(2, 1, 3), Zeros(2, 1), Zeros(2, 1)));
        Refuses("3 channels", () => VolumeMarching.MidPoint(Zeros(2, 5, 4), Zeros(2, 5), Zeros(2, 5)));
        Refuses("surface depth", () => VolumeMarching.MidPoint(Zeros(2, 5, 3), Zeros(2, 5), Zeros(2, 5), kernel: DepthKernel.Official));
        Refuses("net.0.bias", () => _ = new TriplaneDecoder(Zeros(5, 4), Zeros(4), Zeros(4, 5), Zeros(4)));
        Refuses("net.2.weight", () => _ = new TriplaneDecoder(Zeros(5, 4), Zeros(5), Zeros(3, 5), Zeros(4)));
        Refuses("more than 3 inputs", () => _ = new TriplaneDecoder(Zeros(5, 3), Zeros(5), Zeros(4, 5), Zeros(4), usesDirections: true));
        using TriplaneDecoder decoder = TriplaneDecoder.Create(device, channels: 4);
        Refuses("(..., 4)", () => decoder.Decode(Zeros(2, 5)));
        Refuses("does not read directions", () => decoder.Decode(Zeros(2, 4), Zeros(2, 3)));
        using TriplaneDecoder directed = TriplaneDecoder.Create(device, channels: 4, usesDirections: true);
        Refuses("needs the directions", () => directed.Decode(Zeros(2, 4)));
    }
}
