using G3DR.Core.Rendering;
using G3DR.Core.Tensors;
using G3DR.Kernels.Catalogue;
using G3DR.Kernels.Rendering;

namespace G3DR.Core.Diagnostics.Workloads;

/// <summary>The coarser levels of tri-planes, for sizes (texels per side, channels).</summary>
internal sealed class PyramidWorkload(bool backward) : TensorWorkload("pyramid", backward)
{
    private const int Levels = 3;

    /// <inheritdoc/>
    public override IReadOnlyList<WorkloadSize> TestSizes { get; } = [new(4, 1), new(13, 5), new(32, 16)];

    /// <inheritdoc/>
    public override IReadOnlyList<WorkloadSize> BenchSizes { get; } = [new(128, 64)];

    /// <inheritdoc/>
    public override double Tolerance(WorkloadSize size) => 1e-6;

    // Level l has 2^(l+1) taps along each of two axes.
    /// <inheritdoc/>
    public override double Flops(WorkloadSize size) => Planes(size) * ((4.0 / 2 * 2) + (4.0 / 4 * 2) + (8.0 / 4 * 2) + (8.0 / 16 * 2));

    /// <inheritdoc/>
    public override double Bytes(WorkloadSize size) => sizeof(float) * Planes(size) * (1 + (1 / 4.0) + (1 / 16.0));

    /// <inheritdoc/>
    protected override IReadOnlyList<TensorInput> Draw(WorkloadSize size, ulong seed)
    {
        int side = size.Axes[0];
        Shape shape = [1, 3, side, side, size.Axes[1]];
        return [new(KernelCase.Draw(shape.Length, (-1, 1), seed, 0), shape, HasGradient: true)];
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Tensor> Compose(IReadOnlyList<Tensor> inputs, WorkloadSize size) =>
        [.. FeaturePyramid.Build(inputs[0], PyramidKind.Direct, Levels).Skip(1)];

    private static double Planes(WorkloadSize size) => 3.0 * size.Axes[0] * size.Axes[0] * size.Axes[1];
}

/// <summary>Features of points on three levels of tri-planes, mean over the planes, for sizes (texels per side, channels, points).</summary>
internal sealed class TriplaneWorkload(bool backward) : TensorWorkload("triplane sampling", backward)
{
    private const int Levels = 3;

    /// <inheritdoc/>
    public override IReadOnlyList<WorkloadSize> TestSizes { get; } = [new(4, 1, 1), new(8, 5, 17), new(16, 33, 1025)];

    /// <inheritdoc/>
    public override IReadOnlyList<WorkloadSize> BenchSizes { get; } = [new(128, 64, 1 << 16)];

    // A rounding of a position moves a feature by the width of the plane in texels times half a unit in the last place of 1, on each level.
    /// <inheritdoc/>
    public override double Tolerance(WorkloadSize size) => 1e-6 * Math.Max(8, size.Axes[0]);

    /// <inheritdoc/>
    public override double Flops(WorkloadSize size) => 2.0 * 4 * 3 * Levels * size.Axes[1] * size.Axes[2];

    /// <inheritdoc/>
    public override double Bytes(WorkloadSize size) =>
        sizeof(float) * ((3.0 * size.Axes[0] * size.Axes[0] * size.Axes[1] * (1 + (1 / 4.0) + (1 / 16.0))) + ((3.0 + size.Axes[1]) * size.Axes[2]));

    /// <inheritdoc/>
    protected override IReadOnlyList<TensorInput> Draw(WorkloadSize size, ulong seed)
    {
        int side = size.Axes[0], channels = size.Axes[1], points = size.Axes[2];
        var inputs = new List<TensorInput> { new(KernelCase.Draw(3L * points, (-1.1, 1.1), seed, 0), [1, points, 3]) };
        for (int level = 0; level < Levels; level++)
        {
            Shape shape = [1, 3, side >> level, side >> level, channels];
            inputs.Add(new(KernelCase.Draw(shape.Length, (-1, 1), seed, (uint)level + 1), shape, HasGradient: true));
        }

        return inputs;
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Tensor> Compose(IReadOnlyList<Tensor> inputs, WorkloadSize size) =>
        [Triplane.Sample([.. inputs.Skip(1)], inputs[0], PlaneAxes.Official)];
}

/// <summary>The decoder of points, for sizes (points, channels, hidden units).</summary>
internal sealed class DecoderWorkload(bool backward) : TensorWorkload("decoder", backward)
{
    /// <inheritdoc/>
    public override IReadOnlyList<WorkloadSize> TestSizes { get; } = [new(1, 1, 1), new(17, 5, 9), new(1025, 64, 64)];

    /// <inheritdoc/>
    public override IReadOnlyList<WorkloadSize> BenchSizes { get; } = [new(1 << 16, 64, 64)];

    // The gradients of weights are sums over the points.
    /// <inheritdoc/>
    public override double Tolerance(WorkloadSize size) => IsBackward ? 1e-6 * Math.Max(8, Math.Sqrt(size.Axes[0])) : 5e-6;

    /// <inheritdoc/>
    public override double Flops(WorkloadSize size)
    {
        double products = 2.0 * size.Axes[0] * size.Axes[2] * (size.Axes[1] + 4);
        return IsBackward ? 2 * products : products;
    }

    /// <inheritdoc/>
    public override double Bytes(WorkloadSize size) => sizeof(float) * (double)size.Axes[0] * ((IsBackward ? 2 : 1) * (size.Axes[1] + 4));

    /// <inheritdoc/>
    protected override IReadOnlyList<TensorInput> Draw(WorkloadSize size, ulong seed)
    {
        (int points, int channels, int hidden) = (size.Axes[0], size.Axes[1], size.Axes[2]);
        Shape[] shapes = [[1, points, channels], [hidden, channels], [hidden], [4, hidden], [4]];
        return [.. shapes.Select((shape, i) => new TensorInput(KernelCase.Draw(shape.Length, (-1.7, 1.7), seed, (uint)i), shape, HasGradient: true))];
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Tensor> Compose(IReadOnlyList<Tensor> inputs, WorkloadSize size)
    {
        (Tensor density, Tensor color) = new TriplaneDecoder(inputs[1], inputs[2], inputs[3], inputs[4]).Decode(inputs[0]);
        return [density, color];
    }
}
