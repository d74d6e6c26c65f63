using G3DR.Compute;
using G3DR.Core.Losses;
using G3DR.Core.Rendering;
using G3DR.Core.Tensors;
using G3DR.Kernels.Rendering;
using G3DR.Tests.Support;

namespace G3DR.Tests.Rendering;

/// <summary>Gradients of every rendering operation against finite differences in double precision.</summary>
public class OpGradientTests
{
    public static TheoryData<int, int> RaysAndSamples => new() { { 1, 1 }, { 1, 17 }, { 17, 1 }, { 3, 5 }, { 1, 1025 }, { 1025, 2 } };

    [SkippableTheory]
    [MemberData(nameof(RaysAndSamples))]
    public void Weights(int rays, int samples)
    {
        Check(device => [Uniform(device, [rays, samples], 0)], x => VolumeMarching.WeightsFromAlpha(x[0]));
        Check(device => [Uniform(device, [rays, samples], 0), Uniform(device, [rays, samples], 1)], x => VolumeMarching.Weights(x[0] * (4.0 / samples), x[1]));
    }

    [SkippableTheory]
    [MemberData(nameof(RaysAndSamples))]
    public void Marching_per_sample(int rays, int samples) => Check(
        device => [Uniform(device, [rays, samples, 3], 0), Normal(device, [rays, samples], 1)],
        x => Everything(VolumeMarching.PerSample(x[0], x[1], Distances(x[0].Accelerator, rays, samples), Full(x[0].Accelerator, rays, 6), whiteBackground: samples % 2 == 0)));

    [SkippableTheory]
    [InlineData(1, 2)]
    [InlineData(17, 3)]
    [InlineData(1, 1025)]
    [InlineData(1025, 2)]
    public void Marching_by_mid_points(int rays, int samples) => Check(
        device => [Uniform(device, [rays, samples, 3], 0), Normal(device, [rays, samples], 1)],
        x => Everything(VolumeMarching.MidPoint(x[0], x[1], Distances(x[0].Accelerator, rays, samples), whiteBackground: rays == 1)));

    [SkippableFact]
    public void Opaque_rays() => Check(
        device => [Tensor.FromArray(device, [1, 1, 0.5, 0, 1, 1, 0.25, 1.0], [2, 4])], x => VolumeMarching.WeightsFromAlpha(x[0]));

    [SkippableTheory]
    [InlineData(1, 2)]
    [InlineData(17, 3)]
    [InlineData(1, 1025)]
    public void Sorting(int rays, int samples) => Check(
        device => [Normal(device, [rays, samples], 0), Normal(device, [rays, samples, 3], 1)],
        x =>
        {
            (Tensor _, Tensor densities, Tensor colors) = RaySampler.SortByDepth(Uniform(x[0].Accelerator, [rays, samples], 2), x[0], x[1]);
            return Flat(densities, colors);
        });

    [SkippableFact]
    public void Sorting_where_one_output_is_not_used() => Check(
        device => [Normal(device, [2, 5], 0), Normal(device, [2, 5, 3], 1)],
        x => RaySampler.SortByDepth(Uniform(x[0].Accelerator, [2, 5], 2), x[0], x[1]).Densities + x[1].Sum([-1]));

    [SkippableTheory]
    [InlineData(1, 1, 1, 1, 1)]
    [InlineData(1, 1, 1, 1, 17)]
    [InlineData(2, 5, 7, 3, 40)]
    [InlineData(1, 3, 2, 17, 25)]
    [InlineData(1, 8, 8, 2, 1025)]
    public void Plane_sampling(int scenes, int height, int width, int channels, int points)
    {
        foreach (PlaneAxes axes in Enum.GetValues<PlaneAxes>())
        {
            // Points reach a fifth beyond the box.
            Check(
                device => [Normal(device, [scenes, 3, height, width, channels], 0)],
                x => Triplane.Features([x[0]], Uniform(x[0].Accelerator, [scenes, points, 3], 1).Affine(2.4, -1.2), axes));
        }
    }

    [SkippableTheory]
    [InlineData(4, 4, 3, 1)]
    [InlineData(17, 13, 3, 5)]
    [InlineData(9, 30, 4, 2)]
    public void Pyramid(int height, int width, int levels, int channels)
    {
        foreach (PyramidKind kind in Enum.GetValues<PyramidKind>())
        {
            Check(
                device => [Normal(device, [1, 3, height, width, channels], 0)],
                x => Triplane.Sample(
                    FeaturePyramid.Build(x[0], kind, levels), Uniform(x[0].Accelerator, [1, 17, 3], 1).Affine(2.4, -1.2), PlaneAxes.Corrected));
        }
    }

    [SkippableTheory]
    [InlineData(1, 1, 1, false)]
    [InlineData(17, 5, 7, false)]
    [InlineData(33, 6, 9, true)]
    public void Decoder(int points, int channels, int hidden, bool usesDirections) => Check(
        device =>
        [
            Normal(device, [points, channels], 0),
            Normal(device, [hidden, channels + (usesDirections ? 3 : 0)], 1), Normal(device, [hidden], 2), Normal(device, [4, hidden], 3), Normal(device, [4], 4),
        ],
        x =>
        {
            var decoder = new TriplaneDecoder(x[1], x[2], x[3], x[4], usesDirections, learningRateMultiplier: 0.7);
            Tensor? directions = usesDirections ? Normal(x[0].Accelerator, [points, 3], 5) : null;
            (Tensor density, Tensor color) = decoder.Decode(x[0], directions);
            return Flat(density, color);
        });

    [SkippableTheory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(5, 3, 17, 9)]
    [InlineData(17, 13, 5, 4)]
    public void Resize(int height, int width, int newHeight, int newWidth) => Check(
        device => [Normal(device, [2, height, width, 3], 0)], x => ImageResize.Bilinear(x[0], newHeight, newWidth));

    [SkippableFact]
    public void Losses_of_pictures_and_rays()
    {
        Check(device => [Normal(device, [2, 5, 7, 3], 0), Normal(device, [2, 5, 7, 3], 1)], x => PictureLosses.L1(x[0], x[1]));
        Check(device => [Normal(device, [2, 5, 7, 3], 0), Normal(device, [2, 5, 7, 3], 1)], x => PictureLosses.L2(x[0], x[1]));
        Check(device => [Normal(device, [2, 5, 7, 1], 0)], x => PictureLosses.TotalVariation(x[0]));
        Check(device => [Uniform(device, [1025], 0)], x => RayLosses.Transparency(x[0]));
        Check(
            device => [Uniform(device, [17, 5], 0).Affine(0.9, 0.1)],
            x => RayLosses.KlDepth(x[0], Distances(x[0].Accelerator, 17, 5), Uniform(x[0].Accelerator, [17, 5], 2), Full(x[0].Accelerator, 17, 5), 0.05));
        Check(
            device => [Uniform(device, [17, 5], 0).Affine(0.9, 0.1)],
            x => SigmaLoss.PerRay(x[0], Normal(x[0].Accelerator, [17, 3], 1), Distances(x[0].Accelerator, 17, 5), Full(x[0].Accelerator, 17, 5), 0.01));
    }

    [SkippableTheory]
    [InlineData(MarchingRule.MidPoint, false)]
    [InlineData(MarchingRule.PerSample, true)]
    public void Whole_renderer(MarchingRule marching, bool usesDirections) => Check(
        device =>
        [
            Normal(device, [1, 3, 9, 7, 3], 0),
            Normal(device, [6, 3 + (usesDirections ? 3 : 0)], 1), Normal(device, [6], 2), Normal(device, [4, 6], 3), Normal(device, [4], 4),
        ],
        x =>
        {
            // Without importance samples: their distances depend on the planes, but by definition carry no gradient.
            RenderSettings profile = marching == MarchingRule.MidPoint ? RenderSettings.Official : RenderSettings.Paper;
            RenderSettings settings = profile with { CoarseSamples = 6, FineSamples = 3, FineSampling = FineSampling.SurfaceGuided, Kernel = null };
            var decoder = new TriplaneDecoder(x[1], x[2], x[3], x[4], usesDirections);
            RayBatch rays = RayBatch.FromBundle(x[0].Accelerator, Camera.Orbit(0.2, 0.1).Rays(4, 3), DType.Float64);
            Tensor surface = Tensor.Full(x[0].Accelerator, [1, 12], 5, DType.Float64);
            RenderResult result = ComposedRenderer.Render(x[0], decoder, rays, settings, surface);
            return Flat(result.Color, result.Depth, result.Opacity, result.Weights);
        });

    /// <summary>The device whose double precision is tested.</summary>
    protected virtual TestDevice Open() => new();

    /// <summary>Most elements of an input that are varied.</summary>
    protected virtual int MostElements => 40;

    private void Check(Func<Accelerator, Tensor[]> inputs, Func<Tensor[], Tensor> f)
    {
        using TestDevice device = Open();
        device.RequireFloat64();
        using var scope = TensorScope.Begin(device);
        GradientCheckResult result = GradientChecker.Check(f, inputs(device), new() { MaxElements = MostElements });
        Assert.True(result.Passed, result.ToString());
        Assert.True(result.Checked > 0);
    }

    private static Tensor Everything(MarchingResult marched) => Flat(marched.Color, marched.Depth, marched.Opacity, marched.Weights);

    private static Tensor Flat(params Tensor[] tensors) => Tensor.Concat([.. tensors.Select(tensor => tensor.Reshape(-1))]);

    private static Tensor Uniform(Accelerator device, Shape shape, uint stream) => Tensor.Uniform(device, shape, 7, stream, DType.Float64);

    private static Tensor Normal(Accelerator device, Shape shape, uint stream) => Tensor.Normal(device, shape, 7, stream, DType.Float64);

    private static Tensor Full(Accelerator device, int rays, double value) => Tensor.Full(device, [rays], value, DType.Float64);

    private static Tensor Distances(Accelerator device, int rays, int samples) =>
        RaySampler.Bins(Full(device, rays, 4), Full(device, rays, 6), Uniform(device, [rays, samples], 9));
}
