using FsCheck;
using FsCheck.Fluent;
using G3DR.Core.Rendering;
using G3DR.Core.Tensors;
using G3DR.Tests.Support;

namespace G3DR.Tests.Rendering;

/// <summary>What must hold for any rays, whatever the samples are.</summary>
public class MarchingPropertyTests
{
    [Theory]
    [InlineData(DType.Float32)]
    [InlineData(DType.Float64)]
    public void Weights_are_not_negative_and_sum_to_at_most_one(DType dtype) => Prop.ForAll(RayCase.WithIntervals, c =>
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);

        // The released rule adds 1e-10 per interval to the light that passes; sums round.
        double most = 1 + (dtype == DType.Float32 ? 1e-6 : 1e-9);
        return Both(c, device, dtype).All(marched =>
            marched.Weights.ToDoubles().All(w => w >= 0) && marched.Opacity.ToDoubles().All(o => o >= 0 && o <= most));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Light_that_passes_never_grows() => Prop.ForAll(RayCase.Any, c =>
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        double[] weights = VolumeMarching.Weights(c.Uniform(device, [c.Rays, c.Samples], 2) * 5, c.Uniform(device, [c.Rays, c.Samples], 3)).ToDoubles();
        double[] thickness = (c.Uniform(device, [c.Rays, c.Samples], 2) * 5 * c.Uniform(device, [c.Rays, c.Samples], 3)).ToDoubles();
        for (int ray = 0; ray < c.Rays; ray++)
        {
            double passed = 1, optical = 0;
            for (int s = 0; s < c.Samples; s++)
            {
                // Transmittance as what the weights leave over, and as what the optical thickness says.
                passed -= weights[(ray * c.Samples) + s];
                optical += thickness[(ray * c.Samples) + s];
                if (weights[(ray * c.Samples) + s] < 0 || Math.Abs(passed - Math.Exp(-optical)) > 1e-12)
                {
                    return false;
                }
            }
        }

        return true;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Depth_lies_between_the_first_and_the_last_sample() => Prop.ForAll(RayCase.WithIntervals, c =>
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        return Both(c, device, DType.Float64).All(marched =>
        {
            double[] depth = marched.Depth.ToDoubles(), opacity = marched.Opacity.ToDoubles(), centers = marched.Centers.ToDoubles();
            int perRay = centers.Length / depth.Length;
            return Enumerable.Range(0, depth.Length).All(ray =>
            {
                // Without the 0.001 that keeps empty rays finite.
                double mean = depth[ray] * (opacity[ray] + VolumeMarching.DepthEpsilon) / opacity[ray];
                return mean >= centers[ray * perRay] - 1e-9 && mean <= centers[(ray * perRay) + perRay - 1] + 1e-9;
            });
        });
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Splitting_a_stretch_of_constant_density_changes_nothing() => Prop.ForAll(RayCase.WithIntervals, c =>
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor t = c.Distances(device);

        // Per sample: the stretch behind sample s is cut in two, both with the sample's density and colour.
        Tensor density = c.Normal(device, t.Shape, 2), color = c.Uniform(device, [c.Rays, c.Samples, 3], 3);
        Tensor far = Tensor.Full(device, [c.Rays], 6.5, DType.Float64);
        int cut = c.Seed % c.Samples;
        Tensor end = Tensor.Concat([t, far.Reshape(c.Rays, 1)], 1).Slice(1, cut + 1, 1);
        Tensor extra = (t.Slice(1, cut, 1) * 0.3) + (end * 0.7);
        Tensor With(Tensor x, Tensor inserted) => Tensor.Concat([x.Slice(1, 0, cut + 1), inserted, x.Slice(1, cut + 1, c.Samples - cut - 1)], 1);
        MarchingResult whole = VolumeMarching.PerSample(color, density, t, far);
        MarchingResult split = VolumeMarching.PerSample(With(color, color.Slice(1, cut, 1)), With(density, density.Slice(1, cut, 1)), With(t, extra), far);
        bool perSample = Near(whole.Color, split.Color, 1e-12) && Near(whole.Opacity, split.Opacity, 1e-12);

        // Mid-point: density and colour constant along the ray.
        Tensor flatDensity = Tensor.Ones(device, t.Shape, DType.Float64) * 1.5, flatColor = Tensor.Ones(device, color.Shape, DType.Float64) * 0.4;
        int interval = c.Seed % (c.Samples - 1);
        Tensor middle = (t.Slice(1, interval, 1) * 0.3) + (t.Slice(1, interval + 1, 1) * 0.7);
        Tensor cutDistances = Tensor.Concat([t.Slice(1, 0, interval + 1), middle, t.Slice(1, interval + 1, c.Samples - interval - 1)], 1);
        MarchingResult official = VolumeMarching.MidPoint(flatColor, flatDensity, t);
        MarchingResult cutOfficial = VolumeMarching.MidPoint(
            Tensor.Concat([flatColor, flatColor.Slice(1, 0, 1)], 1), Tensor.Concat([flatDensity, flatDensity.Slice(1, 0, 1)], 1), cutDistances);

        // Each interval adds 1e-10 to the light that passes.
        return perSample && Near(official.Color, cutOfficial.Color, 1e-8) && Near(official.Opacity, cutOfficial.Opacity, 1e-8);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void White_background_fills_what_rays_leave_open() => Prop.ForAll(RayCase.WithIntervals, c =>
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor t = c.Distances(device), density = c.Normal(device, t.Shape, 2), color = c.Uniform(device, [c.Rays, c.Samples, 3], 3);
        MarchingResult black = VolumeMarching.MidPoint(color, density, t), white = VolumeMarching.MidPoint(color, density, t, whiteBackground: true);
        Tensor open = (1 - black.Opacity).Reshape(c.Rays, 1);
        return Near(white.Color, black.Color + (open * 2), 1e-12) && Near(white.Depth, black.Depth, 0);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Importance_samples_stay_within_the_coarse_ones_and_sorting_sorts() => Prop.ForAll(RayCase.WithIntervals, c =>
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        int samples = c.Samples + 2;
        Tensor near = Tensor.Full(device, [c.Rays], 4), far = Tensor.Full(device, [c.Rays], 6);
        Tensor t = RaySampler.Stratified(near, far, c.Uniform(device, [c.Rays, samples], 0, DType.Float32));
        Tensor weights = c.Uniform(device, [c.Rays, samples - 1], 1, DType.Float32);
        Tensor fine = RaySampler.Importance(t, weights, c.Uniform(device, [c.Rays, 7], 2, DType.Float32));
        Tensor all = Tensor.Concat([t, fine], -1);
        (Tensor sorted, Tensor values, _) = RaySampler.SortByDepth(all, all, all.Reshape(c.Rays, samples + 7, 1));
        double[] coarse = t.ToDoubles(), drawn = fine.ToDoubles(), order = sorted.ToDoubles();
        return Enumerable.Range(0, drawn.Length).All(i => drawn[i] >= coarse[i / 7 * samples] && drawn[i] <= coarse[(i / 7 * samples) + samples - 1])
            && Enumerable.Range(0, order.Length).All(i => i % (samples + 7) == 0 || order[i] >= order[i - 1])
            && order.SequenceEqual(values.ToDoubles())
            && order.Order().SequenceEqual(all.ToDoubles().Order());
    }).QuickCheckThrowOnFailure();

    private static MarchingResult[] Both(RayCase c, TestDevice device, DType dtype)
    {
        Tensor t = c.Distances(device, dtype), density = c.Normal(device, t.Shape, 2, dtype) * 5;
        Tensor color = c.Uniform(device, [c.Rays, c.Samples, 3], 3, dtype), far = Tensor.Full(device, [c.Rays], 6.5, dtype);
        return [VolumeMarching.MidPoint(color, density, t), VolumeMarching.PerSample(color, density, t, far)];
    }

    private static bool Near(Tensor a, Tensor b, double tolerance) =>
        a.ToDoubles().Zip(b.ToDoubles()).All(pair => Math.Abs(pair.First - pair.Second) <= tolerance);
}
