using G3DR.Compute;
using G3DR.Kernels.Catalogue;

namespace G3DR.Kernels.Pooling;

/// <summary>One pass of max pooling: batch, rows, columns, channels, size of the window, stride, padding, dilation.</summary>
internal sealed class MaxPoolingWorkload(bool backward) : KernelWorkload
{
    public override string Op => backward ? "max pooling backward" : "max pooling";

    public override IReadOnlyList<KernelVariant> Variants => backward
        ?
        [
            KernelVariant.Plain(c => c.Device.Launch(
                MaxPoolingKernels.BackwardPlain, Shards.PlainExtent(InputLength(c.Size)), c.Input(0), c.Input(1), c.Output(0), Rows(c.Size), Columns(c.Size), Channels(c.Size))),
            KernelVariant.Simd(c => MaxPoolingKernels.BackwardVectors(c.Device, Rows(c.Size), Columns(c.Size), Channels(c.Size), c.Input(0), c.Input(1), c.Output(0))),
        ]
        :
        [
            KernelVariant.Plain(c => c.Device.Launch(
                MaxPoolingKernels.ForwardPlain, Shards.PlainExtent(OutputLength(c.Size)), c.Input(0), c.Output(0), c.Output(1), Rows(c.Size), Columns(c.Size), Channels(c.Size))),
            KernelVariant.Simd(c => MaxPoolingKernels.ForwardVectors(c.Device, Rows(c.Size), Columns(c.Size), Channels(c.Size), c.Input(0), c.Output(0), c.Output(1))),
        ];

    public override IReadOnlyList<WorkloadSize> TestSizes { get; } =
    [
        new(1, 1, 1, 1, 1, 1, 0, 1), new(2, 7, 9, 3, 3, 2, 1, 1), new(1, 8, 8, 17, 2, 2, 0, 1), new(1, 9, 10, 64, 3, 2, 0, 1), new(1, 11, 9, 5, 3, 1, 1, 2),
        new(1, 5, 7, 33, 2, 3, 1, 1),
    ];

    public override IReadOnlyList<WorkloadSize> BenchSizes { get; } = [new(1, 128, 128, 64, 2, 2, 0, 1), new(1, 112, 112, 64, 3, 2, 1, 1)];

    public override double Tolerance(WorkloadSize size) => backward ? 1e-6 : 0;

    public override double Flops(WorkloadSize size) => (double)OutputLength(size) * size.Axes[4] * size.Axes[4];

    public override double Bytes(WorkloadSize size) => sizeof(float) * (InputLength(size) + (2.0 * OutputLength(size)));

    public override KernelCase Prepare(Accelerator device, WorkloadSize size, ulong seed)
    {
        // Few different values, so that windows hold equal ones.
        float[] x = [.. KernelCase.Draw(InputLength(size), (-4, 4), seed, 0).Select(value => MathF.Round(value))];
        long outputs = OutputLength(size);
        if (!backward)
        {
            return new(device, size, [x], outputs, outputs);
        }

        float[] places = [.. Forward(size, x).Places.Select(place => (float)place)];
        return new(device, size, [places, KernelCase.Draw(outputs, (-1, 1), seed, 1)], x.Length);
    }

    public override IReadOnlyList<double[]> Reference(KernelCase prepared)
    {
        WorkloadSize size = prepared.Size;
        if (!backward)
        {
            (double[] largest, double[] places) = Forward(size, prepared.Inputs[0]);
            return [largest, places];
        }

        double[] dx = new double[InputLength(size)];
        for (int output = 0; output < prepared.Inputs[1].Length; output++)
        {
            (int down, int along) = Math.DivRem((int)prepared.Inputs[0][output], size.Axes[4]);
            dx[InputAt(size, output, down, along)] += prepared.Inputs[1][output];
        }

        return [dx];
    }

    private static (double[] Largest, double[] Places) Forward(WorkloadSize size, float[] x)
    {
        int kernel = size.Axes[4];
        double[] largest = new double[OutputLength(size)], places = new double[largest.Length];
        for (int output = 0; output < largest.Length; output++)
        {
            (largest[output], places[output]) = (double.NegativeInfinity, -1);
            for (int place = 0; place < kernel * kernel; place++)
            {
                long at = InputAt(size, output, place / kernel, place % kernel);
                if (at >= 0 && x[at] > largest[output])
                {
                    (largest[output], places[output]) = (x[at], place);
                }
            }
        }

        return (largest, places);
    }

    // Element of the input at a place in the window of an output, or -1 outside.
    private static long InputAt(WorkloadSize size, int output, int down, int along)
    {
        int[] axes = size.Axes;
        int channel = output % axes[3], pixel = output / axes[3], outputColumns = Columns(size).Outputs, outputRows = Rows(size).Outputs;
        int row = (pixel / outputColumns % outputRows * axes[5]) - axes[6] + (down * axes[7]), column = (pixel % outputColumns * axes[5]) - axes[6] + (along * axes[7]);
        bool inside = row >= 0 && row < axes[1] && column >= 0 && column < axes[2];
        return inside ? ((((((long)(pixel / outputColumns / outputRows) * axes[1]) + row) * axes[2]) + column) * axes[3]) + channel : -1;
    }

    private static PoolingAxis Rows(WorkloadSize size) => Axis(size, size.Axes[1]);

    private static PoolingAxis Columns(WorkloadSize size) => Axis(size, size.Axes[2]);

    private static PoolingAxis Axis(WorkloadSize size, int inputs)
    {
        int kernel = size.Axes[4], stride = size.Axes[5], padding = size.Axes[6], dilation = size.Axes[7];
        return new(inputs, PoolingAxis.CountWindows(inputs, kernel, stride, padding, dilation, ceiling: false), kernel, stride, padding, dilation);
    }

    private static int Channels(WorkloadSize size) => size.Axes[3];

    private static long InputLength(WorkloadSize size) => (long)size.Axes[0] * size.Axes[1] * size.Axes[2] * size.Axes[3];

    private static long OutputLength(WorkloadSize size) => (long)size.Axes[0] * Rows(size).Outputs * Columns(size).Outputs * size.Axes[3];
}
