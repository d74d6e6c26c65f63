using G3DR.Compute;
using G3DR.Kernels.Catalogue;

namespace G3DR.Kernels.Attention;

/// <summary>One pass of linear attention: (batch, length, heads, channels of a head).</summary>
internal sealed class LinearAttentionWorkload(bool backward) : KernelWorkload
{
    public override string Op => backward ? "linear attention backward" : "linear attention";

    public override IReadOnlyList<KernelVariant> Variants => backward
        ? [KernelVariant.Plain(c => Backward(c, LinearAttentionKernels.BackwardPlain)), KernelVariant.Simd(c => Backward(c, LinearAttentionKernels.BackwardVectors))]
        : [KernelVariant.Plain(c => Forward(c, LinearAttentionKernels.ForwardPlain)), KernelVariant.Simd(c => Forward(c, LinearAttentionKernels.ForwardVectors))];

    public override IReadOnlyList<WorkloadSize> TestSizes { get; } =
        [new(1, 1, 1, 1), new(2, 17, 3, 5), new(1, 65, 4, 32), new(2, 513, 2, 33), new(1, 1100, 1, 7), new(1, 33, 2, 64)];

    // The largest of the official U-Net.
    public override IReadOnlyList<WorkloadSize> BenchSizes { get; } = [new(1, 16384, 4, 32)];

    // Sums over all positions of terms whose weights sum to 1; gradients of keys and values are small, those of the queries of order 1.
    public override double Tolerance(WorkloadSize size) => 2e-6;

    public override double Flops(WorkloadSize size)
    {
        LinearAttentionShape shape = ShapeOf(size);
        return (backward ? 8.0 : 4.0) * shape.Batch * shape.Length * shape.Channels * shape.Depth;
    }

    // Keys, values and queries are read and results written; backward all inputs and the gradient of the results are read and all gradients written.
    public override double Bytes(WorkloadSize size)
    {
        LinearAttentionShape shape = ShapeOf(size);
        return (backward ? 7.0 : 4.0) * sizeof(float) * shape.Batch * shape.Length * shape.Channels;
    }

    public override KernelCase Prepare(Accelerator device, WorkloadSize size, ulong seed)
    {
        LinearAttentionShape shape = ShapeOf(size);
        long positions = (long)shape.Batch * shape.Length;
        float[] qkv = KernelCase.Draw(positions * shape.Step, (-3, 3), seed, 0);
        if (!backward)
        {
            return new(device, size, [qkv], positions * shape.Channels, shape.StatisticsLength, shape.ContextLength);
        }

        var reference = new LinearAttentionReference(shape, qkv);
        float[][] saved = [Array.ConvertAll(reference.Statistics, x => (float)x), Array.ConvertAll(reference.Contexts, x => (float)x)];
        return new(device, size, [qkv, .. saved, KernelCase.Draw(positions * shape.Channels, (-1, 1), seed, 1)], qkv.Length);
    }

    public override IReadOnlyList<double[]> Reference(KernelCase prepared)
    {
        var reference = new LinearAttentionReference(ShapeOf(prepared.Size), prepared.Inputs[0]);
        return backward ? [reference.Backward(prepared.Inputs[3])] : [reference.Results(), reference.Statistics, reference.Contexts];
    }

    private static void Forward(
        KernelCase c, Action<Accelerator, LinearAttentionShape, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>> run) =>
        run(c.Device, ShapeOf(c.Size), c.Input(0), c.Output(1), c.Output(2), c.Output(0));

    private static void Backward(
        KernelCase c,
        Action<Accelerator, LinearAttentionShape, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>> run) =>
        run(c.Device, ShapeOf(c.Size), c.Input(0), c.Input(1), c.Input(2), c.Input(3), c.Output(0));

    private static LinearAttentionShape ShapeOf(WorkloadSize size) => new(size.Axes[0], size.Axes[1], size.Axes[2], size.Axes[3]);
}
