using G3DR.Core.Rendering;
using G3DR.Core.Tensors;
using G3DR.Kernels.Catalogue;

namespace G3DR.Core.Diagnostics.Workloads;

/// <summary>
/// The whole renderer of the official profile from the canonical camera, depth kernel on, for sizes (rays per side, texels per side, channels,
/// coarse samples, fine samples): once fused, once as a composition of small operations.
/// </summary>
internal sealed class RenderWorkload(bool backward) : TensorWorkload("render", backward)
{
    /// <summary>Distance of the surface that the depth kernel is centred at.</summary>
    public const double SurfaceDepth = 5;

    /// <inheritdoc/>
    public override IReadOnlyList<KernelVariant> Variants =>
        [Variant("composed", Compose), Variant("fused", (inputs, size) => Render(inputs, size, fused: true))];

    /// <inheritdoc/>
    public override IReadOnlyList<WorkloadSize> TestSizes { get; } = [new(5, 16, 8, 6, 5), new(16, 32, 64, 32, 32)];

    /// <inheritdoc/>
    public override IReadOnlyList<WorkloadSize> BenchSizes { get; } = [new(32, 128, 64, 32, 32)];

    // A texel is 1/64 wide and its values are random: a rounding of a distance near 5 moves a feature by 5e-7 x 64, and the sum over the rays that
    // see a texel or a weight collects such errors.
    /// <inheritdoc/>
    public override double Tolerance(WorkloadSize size) => IsBackward ? 5e-3 : 1e-3;

    /// <summary>
    /// Operations of the definition: per sample three planes of L levels with four corners, and the decoder's two products. A backward pass counts
    /// twice its forward pass. The fused renderer needs fewer, so its rate is a rate of useful work.
    /// </summary>
    public static double NominalFlops(double rays, int channels, int hidden, int levels, int samples) =>
        rays * samples * ((2.0 * 4 * 3 * levels * channels) + (2.0 * channels * hidden) + (2.0 * hidden * 4));

    /// <inheritdoc/>
    public override double Flops(WorkloadSize size)
    {
        (int side, _, int channels, int coarse, int fine) = Sizes(size);
        double forward = NominalFlops((double)side * side, channels, channels, RenderSettings.Official.Levels, coarse + fine);
        return IsBackward ? 2 * forward : forward;
    }

    /// <inheritdoc/>
    public override double Bytes(WorkloadSize size)
    {
        (int side, int texels, int channels, int coarse, int fine) = Sizes(size);
        double planes = 3.0 * texels * texels * channels, rays = (double)side * side * (7 + coarse + fine + 5);
        return sizeof(float) * (IsBackward ? (2 * planes) + rays : planes + rays);
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<TensorInput> Draw(WorkloadSize size, ulong seed)
    {
        (int side, int texels, int channels, int coarse, int fine) = Sizes(size);
        RayBundle rays = RayBundle.FromCameras([Camera.Canonical], side, side);
        int count = side * side;
        return
        [
            Uniform([1, 3, texels, texels, channels], 1.7, seed, 0), Uniform([channels, channels], 1.7, seed, 1), Uniform([channels], 0.2, seed, 2),
            Uniform([4, channels], 1.7, seed, 3), Uniform([4], 0.2, seed, 4),
            new(rays.Origins, [1, count, 3]), new(rays.Directions, [1, count, 3]),
            new(KernelCase.Draw((long)count * coarse, (0, 1), seed, 5), [1, count, coarse]),
            new(KernelCase.Draw((long)count * fine, (0, 1), seed, 6), [1, count, fine]),
        ];
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Tensor> Compose(IReadOnlyList<Tensor> inputs, WorkloadSize size) => Render(inputs, size, fused: false);

    private static IReadOnlyList<Tensor> Render(IReadOnlyList<Tensor> inputs, WorkloadSize size, bool fused)
    {
        (_, _, _, int coarse, int fine) = Sizes(size);
        RenderSettings settings = RenderSettings.Official with { CoarseSamples = coarse, FineSamples = fine };
        var decoder = new TriplaneDecoder(inputs[1], inputs[2], inputs[3], inputs[4]);
        var rays = new RayBatch(inputs[5], inputs[6]);
        var random = new RenderRandomness { CoarseNoise = inputs[7], FineNoise = inputs[8] };
        Tensor surface = Tensor.Full(inputs[0].Accelerator, [1, inputs[5].Shape[1]], SurfaceDepth, inputs[0].DType);
        RenderResult result = fused
            ? TriplaneRenderer.Render(inputs[0], decoder, rays, settings, surface, random)
            : ComposedRenderer.Render(inputs[0], decoder, rays, settings, surface, random);
        return [result.Color, result.Depth, result.Opacity];
    }

    private static TensorInput Uniform(Shape shape, double reach, ulong seed, uint stream) =>
        new(KernelCase.Draw(shape.Length, (-reach, reach), seed, stream), shape, HasGradient: true);

    private static (int Side, int Texels, int Channels, int Coarse, int Fine) Sizes(WorkloadSize size) =>
        (size.Axes[0], size.Axes[1], size.Axes[2], size.Axes[3], size.Axes[4]);
}
