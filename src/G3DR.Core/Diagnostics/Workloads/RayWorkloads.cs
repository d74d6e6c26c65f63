using G3DR.Core.Rendering;
using G3DR.Core.Tensors;
using G3DR.Kernels.Catalogue;

namespace G3DR.Core.Diagnostics.Workloads;

/// <summary>Mid-point marching with the depth kernel, for sizes (rays, samples).</summary>
internal sealed class MarchingWorkload(bool backward) : TensorWorkload("marching", backward)
{
    /// <inheritdoc/>
    public override IReadOnlyList<WorkloadSize> TestSizes { get; } = [new(1, 2), new(17, 9), new(33, 64)];

    /// <inheritdoc/>
    public override IReadOnlyList<WorkloadSize> BenchSizes { get; } = [new(1 << 14, 64)];

    /// <inheritdoc/>
    public override double Tolerance(WorkloadSize size) => 2e-5;

    /// <inheritdoc/>
    public override double Flops(WorkloadSize size) => (IsBackward ? 80.0 : 40.0) * size.Length;

    /// <inheritdoc/>
    public override double Bytes(WorkloadSize size) => sizeof(float) * (IsBackward ? 9.0 : 5.0) * size.Length;

    /// <inheritdoc/>
    protected override IReadOnlyList<TensorInput> Draw(WorkloadSize size, ulong seed)
    {
        int rays = size.Axes[0], samples = size.Axes[1];
        return
        [
            new(RisingDistances(rays, samples, seed, 0), [1, rays, samples]),
            new(KernelCase.Draw(size.Length, (-2, 6), seed, 1), [1, rays, samples], HasGradient: true),
            new(KernelCase.Draw(3 * size.Length, (0, 1), seed, 2), [1, rays, samples, 3], HasGradient: true),
        ];
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Tensor> Compose(IReadOnlyList<Tensor> inputs, WorkloadSize size)
    {
        Tensor surface = Tensor.Full(inputs[0].Accelerator, [1, size.Axes[0]], RenderWorkload.SurfaceDepth, inputs[0].DType);
        MarchingResult result = VolumeMarching.MidPoint(inputs[2], inputs[1], inputs[0], kernel: DepthKernel.Official, surface: surface);
        return [result.Color, result.Depth, result.Opacity];
    }

    /// <summary>One distance in each of equal parts of [4, 6].</summary>
    internal static float[] RisingDistances(int rays, int samples, ulong seed, uint stream)
    {
        float[] values = KernelCase.Draw((long)rays * samples, (0, 1), seed, stream);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = 4 + (2 * ((i % samples) + values[i]) / samples);
        }

        return values;
    }
}

/// <summary>Importance distances from interval weights, for sizes (rays, coarse samples, draws).</summary>
internal sealed class ImportanceWorkload() : TensorWorkload("importance sampling", backward: false)
{
    /// <inheritdoc/>
    public override IReadOnlyList<WorkloadSize> TestSizes { get; } = [new(1, 4, 1), new(17, 9, 5), new(33, 32, 32)];

    /// <inheritdoc/>
    public override IReadOnlyList<WorkloadSize> BenchSizes { get; } = [new(1 << 14, 32, 32)];

    /// <inheritdoc/>
    public override double Tolerance(WorkloadSize size) => 1e-5;

    // Blur, sum and division per interval; the search and the interpolation per draw.
    /// <inheritdoc/>
    public override double Flops(WorkloadSize size) => size.Axes[0] * ((7.0 * size.Axes[1]) + (size.Axes[2] * (6 + Math.Log2(size.Axes[1]))));

    /// <inheritdoc/>
    public override double Bytes(WorkloadSize size) => sizeof(float) * (double)size.Axes[0] * ((2 * size.Axes[1]) + (2 * size.Axes[2]));

    /// <inheritdoc/>
    protected override IReadOnlyList<TensorInput> Draw(WorkloadSize size, ulong seed)
    {
        (int rays, int samples, int draws) = (size.Axes[0], size.Axes[1], size.Axes[2]);
        return
        [
            new(MarchingWorkload.RisingDistances(rays, samples, seed, 0), [1, rays, samples]),
            new(KernelCase.Draw((long)rays * (samples - 1), (0, 0.1), seed, 1), [1, rays, samples - 1]),
            new(KernelCase.Draw((long)rays * draws, (0, 1), seed, 2), [1, rays, draws]),
        ];
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<Tensor> Compose(IReadOnlyList<Tensor> inputs, WorkloadSize size) =>
        [RaySampler.Importance(inputs[0], inputs[1], inputs[2])];
}
