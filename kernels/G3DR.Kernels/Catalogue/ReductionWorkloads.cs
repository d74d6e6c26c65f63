using G3DR.Compute;
using G3DR.Kernels.Reductions;

namespace G3DR.Kernels.Catalogue;

/// <summary>A reduction over the middle axis of (outer, count, inner).</summary>
/// <typeparam name="TOp">What is folded.</typeparam>
internal sealed class ReduceWorkload<TOp> : KernelWorkload
    where TOp : struct, IReduceOp
{
    public override string Op => TOp.Name;

    public override IReadOnlyList<KernelVariant> Variants { get; } =
    [
        KernelVariant.Plain(c => ReduceKernels<TOp>.RunPlain(c.Device, c.Input(0), c.Output(0), c.Size.Axes[1], c.Size.Axes[2])),
        KernelVariant.Simd(c => ReduceKernels<TOp>.RunVectors(c.Device, c.Input(0), c.Output(0), c.Size.Axes[1], c.Size.Axes[2])),
        KernelVariant.Grouped("grouped", c => ReduceKernels<TOp>.RunGroups(c.Device, c.Input(0), c.Output(0), c.Size.Axes[1], c.Size.Axes[2])),
    ];

    public override IReadOnlyList<WorkloadSize> TestSizes { get; } =
    [
        new(1, 1, 1), new(1, 17, 1), new(1, 1025, 1), new(1, 8197, 1), new(3, 40001, 1), new(513, 7, 1),
        new(1, 1025, 5), new(3, 600, 33), new(65, 3, 17), new(1, 1, 8197),
    ];

    // One lane per item, rows that do not fill a group, one and two passes, columns of one and two passes.
    public override IReadOnlyList<WorkloadSize> EmulatorSizes { get; } =
        [new(1, 1, 1), new(1, 17, 1), new(19, 65, 1), new(1, 1025, 1), new(2, 8197, 1), new(3, 7, 5), new(2, 300, 3)];

    public override IReadOnlyList<WorkloadSize> BenchSizes { get; } = [new(1, 1 << 22, 1), new(1 << 14, 256, 1), new(1, 1 << 16, 64)];

    // As for products: the plain variant has one running sum of all terms, each at most 1.
    public override double Tolerance(WorkloadSize size) => 1.2e-7 * Math.Max(8, size.Axes[1]);

    public override double Flops(WorkloadSize size) => size.Length;

    public override double Bytes(WorkloadSize size) => sizeof(float) * (double)(size.Length + ((long)size.Axes[0] * size.Axes[2]));

    public override KernelCase Prepare(Accelerator device, WorkloadSize size, ulong seed) =>
        new(device, size, [KernelCase.Draw(size.Length, (-1, 1), seed, 0)], (long)size.Axes[0] * size.Axes[2]);

    public override IReadOnlyList<double[]> Reference(KernelCase prepared)
    {
        int count = prepared.Size.Axes[1], inner = prepared.Size.Axes[2];
        double[] expected = new double[prepared.Size.Axes[0] * inner];
        for (int i = 0; i < expected.Length; i++)
        {
            double value = TOp.Identity;
            for (int k = 0; k < count; k++)
            {
                value = TOp.Combine(value, prepared.Inputs[0][(((i / inner * count) + k) * inner) + (i % inner)]);
            }

            expected[i] = value;
        }

        return [expected];
    }
}

/// <summary>One pass of softmax or its logarithm over rows: (rows, count).</summary>
internal sealed class SoftmaxWorkload(bool logarithm, bool backward) : KernelWorkload
{
    public override string Op => (logarithm ? "log_softmax" : "softmax") + (backward ? " backward" : string.Empty);

    public override IReadOnlyList<KernelVariant> Variants => backward
        ?
        [
            KernelVariant.Plain(c => c.Device.Launch(
                SoftmaxKernels.BackwardPlain, new Index1D(c.Size.Axes[0]), c.Input(0), c.Input(1), c.Output(0), c.Size.Axes[1], logarithm ? 1 : 0)),
            KernelVariant.Simd(c => SoftmaxKernels.BackwardVectors(c.Device, c.Input(0), c.Input(1), c.Output(0), c.Size.Axes[1], logarithm)),
            KernelVariant.Grouped(
                "grouped", c => SoftmaxKernels.BackwardGroups(c.Device, c.Input(0), c.Input(1), c.Output(0), c.Size.Axes[1], logarithm)),
        ]
        :
        [
            KernelVariant.Plain(c => c.Device.Launch(
                SoftmaxKernels.ForwardPlain, new Index1D(c.Size.Axes[0]), c.Input(0), c.Output(0), c.Size.Axes[1], logarithm ? 1 : 0)),
            KernelVariant.Simd(c => SoftmaxKernels.ForwardVectors(c.Device, c.Input(0), c.Output(0), c.Size.Axes[1], logarithm)),
            KernelVariant.Grouped("grouped", c => SoftmaxKernels.ForwardGroups(c.Device, c.Input(0), c.Output(0), c.Size.Axes[1], logarithm)),
        ];

    public override IReadOnlyList<WorkloadSize> TestSizes { get; } = [new(1, 1), new(3, 17), new(5, 1025), new(2, 8197), new(129, 3), new(33, 65)];

    public override IReadOnlyList<WorkloadSize> EmulatorSizes { get; } = [new(1, 1), new(3, 17), new(17, 3), new(5, 65), new(2, 1025)];

    public override IReadOnlyList<WorkloadSize> BenchSizes { get; } = [new(4096, 1024), new(65536, 64)];

    public override double Tolerance(WorkloadSize size) => 3e-6;

    public override double Flops(WorkloadSize size) => (backward ? 4.0 : 14.0) * size.Length;

    public override double Bytes(WorkloadSize size) => sizeof(float) * (backward ? 3.0 : 2.0) * size.Length;

    public override KernelCase Prepare(Accelerator device, WorkloadSize size, ulong seed)
    {
        float[] x = KernelCase.Draw(size.Length, (-12, 12), seed, 0);
        if (!backward)
        {
            return new(device, size, [x], size.Length);
        }

        float[] y = [.. Forward(x, size.Axes[1]).Select(value => (float)value)];
        return new(device, size, [y, KernelCase.Draw(size.Length, (-1, 1), seed, 1)], size.Length);
    }

    public override IReadOnlyList<double[]> Reference(KernelCase prepared)
    {
        int count = prepared.Size.Axes[1];
        if (!backward)
        {
            return [Forward(prepared.Inputs[0], count)];
        }

        float[] y = prepared.Inputs[0], g = prepared.Inputs[1];
        double[] expected = new double[y.Length];
        for (int start = 0; start < y.Length; start += count)
        {
            double sum = 0;
            for (int k = start; k < start + count; k++)
            {
                sum += logarithm ? g[k] : (double)g[k] * y[k];
            }

            for (int k = start; k < start + count; k++)
            {
                expected[k] = logarithm ? g[k] - (Math.Exp(y[k]) * sum) : y[k] * (g[k] - sum);
            }
        }

        return [expected];
    }

    private double[] Forward(float[] x, int count)
    {
        double[] y = new double[x.Length];
        for (int start = 0; start < x.Length; start += count)
        {
            double sum = 0;
            for (int k = start; k < start + count; k++)
            {
                sum += Math.Exp(x[k]);
            }

            for (int k = start; k < start + count; k++)
            {
                y[k] = logarithm ? x[k] - Math.Log(sum) : Math.Exp(x[k]) / sum;
            }
        }

        return y;
    }
}
