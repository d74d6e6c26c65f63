using G3DR.Compute;
using G3DR.Kernels.Elementwise;
using G3DR.Kernels.Normalization;

namespace G3DR.Kernels.Catalogue;

/// <summary>
/// One pass of group normalisation with weight, bias, modulation, SiLU and, forward, a residual: (batch, positions, channels, groups). Forward also gives the
/// statistics, backward all gradients.
/// </summary>
internal sealed class GroupNormWorkload(bool backward) : KernelWorkload
{
    private const float Epsilon = 1e-5f;

    public override string Op => backward ? "group_norm backward" : "group_norm";

    public override IReadOnlyList<KernelVariant> Variants => backward
        ? [KernelVariant.Plain(c => RunBackward(c, vectors: false)), KernelVariant.Simd(c => RunBackward(c, vectors: true))]
        :
        [
            KernelVariant.Plain(c =>
            {
                GroupNormKernels.StatisticsPlain(c.Device, ShapeOf(c.Size), c.Input(0), c.Output(1));
                GroupNormKernels.ApplyPlain(c.Device, ShapeOf(c.Size), c.Input(0), c.Output(1), Affine(c), Activation.Silu, c.Input(4), c.Output(0));
            }),
            KernelVariant.Simd(c =>
            {
                GroupNormKernels.StatisticsVectors(c.Device, ShapeOf(c.Size), c.Input(0), c.Output(1));
                GroupNormKernels.ApplyVectors(c.Device, ShapeOf(c.Size), c.Input(0), c.Output(1), Affine(c), Activation.Silu, c.Input(4), c.Output(0));
            }),
            KernelVariant.Grouped("grouped", c =>
            {
                GroupNormKernels.StatisticsGroups(c.Device, ShapeOf(c.Size), c.Input(0), c.Output(1));
                GroupNormKernels.ApplyPlain(c.Device, ShapeOf(c.Size), c.Input(0), c.Output(1), Affine(c), Activation.Silu, c.Input(4), c.Output(0));
            }),
        ];

    // One position and one channel; channels that fill no vector, instance normalisation, one group; several shards with a part of one; two samples.
    public override IReadOnlyList<WorkloadSize> TestSizes { get; } =
    [
        new(1, 1, 1, 1), new(2, 1030, 1, 1), new(2, 35, 3, 3), new(1, 259, 17, 17), new(2, 64, 17, 1), new(2, 700, 64, 8), new(1, 300, 128, 8), new(1, 70, 1024, 8),
        new(2, 40, 33, 11),
    ];

    public override IReadOnlyList<WorkloadSize> EmulatorSizes { get; } = [new(1, 1, 1, 1), new(2, 35, 3, 3), new(1, 150, 16, 2), new(2, 70, 17, 1)];

    public override IReadOnlyList<WorkloadSize> BenchSizes { get; } =
        [new(1, 128 * 128, 128, 8), new(1, 128 * 128, 256, 8), new(1, 64 * 64, 256, 8), new(1, 16 * 16, 1024, 8)];

    // Sums of a piece of a channel have a running sum of 64 terms or more; the gradients are sums of them, with factors of up to 2.
    public override double Tolerance(WorkloadSize size) => backward ? 3e-5 : 5e-6;

    public override double Flops(WorkloadSize size) => (backward ? 45.0 : 22.0) * ShapeOf(size).Length;

    // Forward x, residual and y; backward x, g and dx. What is read twice because it does not fit a cache is not needed by the problem.
    public override double Bytes(WorkloadSize size) => 3.0 * sizeof(float) * ShapeOf(size).Length;

    public override KernelCase Prepare(Accelerator device, WorkloadSize size, ulong seed)
    {
        GroupNormShape shape = ShapeOf(size);
        float[] x = KernelCase.Draw(shape.Length, (-1, 2), seed, 0), weight = KernelCase.Draw(shape.Channels, (0.5, 1.5), seed, 1);
        float[] bias = KernelCase.Draw(shape.Channels, (-0.5, 0.5), seed, 2);
        float[] scaleShift = KernelCase.Draw(2L * shape.Batch * shape.Channels, (-0.5, 0.5), seed, 3);
        float[] last = KernelCase.Draw(shape.Length, (-1, 1), seed, 4);
        if (!backward)
        {
            return new(device, size, [x, weight, bias, scaleShift, last], shape.Length, 2L * shape.Batch * shape.Groups);
        }

        float[] statistics = [.. Statistics(shape, x).Select(value => (float)value)];
        return new(device, size, [x, weight, bias, scaleShift, last, statistics], shape.Length, shape.Channels, shape.Channels, scaleShift.Length);
    }

    public override IReadOnlyList<double[]> Reference(KernelCase prepared)
    {
        GroupNormShape shape = ShapeOf(prepared.Size);
        IReadOnlyList<float[]> inputs = prepared.Inputs;
        double[] statistics = backward ? [.. inputs[5].Select(value => (double)value)] : Statistics(shape, inputs[0]);
        return backward ? ReferenceBackward(shape, inputs, statistics) : [ReferenceForward(shape, inputs, statistics), statistics];
    }

    private static GroupNormShape ShapeOf(WorkloadSize size) => new(size.Axes[0], size.Axes[1], size.Axes[2], size.Axes[3], Epsilon);

    private static GroupNormAffine<float> Affine(KernelCase c) => new(c.Input(1), c.Input(2), c.Input(3));

    private static void RunBackward(KernelCase c, bool vectors) => GroupNormKernels.Backward(
        c.Device,
        ShapeOf(c.Size),
        c.Input(0),
        c.Input(5),
        Affine(c),
        Activation.Silu,
        c.Input(4),
        new(c.Output(0), new(c.Output(1), c.Output(2), c.Output(3))),
        constantStatistics: false,
        vectors);

    private static double[] Statistics(GroupNormShape shape, float[] x)
    {
        double[] statistics = new double[2 * shape.Batch * shape.Groups];
        for (int i = 0; i < shape.Batch * shape.Groups; i++)
        {
            double[] group = [.. Group(shape, i).Select(at => (double)x[at])];
            statistics[2 * i] = group.Average();
            statistics[(2 * i) + 1] = group.Average(value => Math.Pow(value - statistics[2 * i], 2));
        }

        return statistics;
    }

    // Elements of a group of all samples.
    private static IEnumerable<int> Group(GroupNormShape shape, int group)
    {
        int first = (group / shape.Groups * shape.Positions * shape.Channels) + (group % shape.Groups * shape.GroupChannels);
        return Enumerable.Range(0, shape.Positions).SelectMany(position => Enumerable.Range(first + (position * shape.Channels), shape.GroupChannels));
    }

    private static double[] ReferenceForward(GroupNormShape shape, IReadOnlyList<float[]> inputs, double[] statistics) =>
        [.. Enumerable.Range(0, inputs[0].Length).Select(at => Silu.Reference(Element.At(shape, inputs, statistics, at).Value) + inputs[4][at])];

    private static IReadOnlyList<double[]> ReferenceBackward(GroupNormShape shape, IReadOnlyList<float[]> inputs, double[] statistics)
    {
        double[] dx = new double[inputs[0].Length], weight = new double[shape.Channels], bias = new double[shape.Channels];
        double[] scaleShift = new double[inputs[3].Length];
        for (int group = 0; group < shape.Batch * shape.Groups; group++)
        {
            double sum = 0, product = 0;
            foreach (int at in Group(shape, group))
            {
                Element e = Element.At(shape, inputs, statistics, at);
                int channel = at % shape.Channels, modulation = (group / shape.Groups * 2 * shape.Channels) + channel;
                double g = Silu.ReferenceBackward(e.Value, 0, inputs[4][at]);
                weight[channel] += g * e.Factor * e.Normalized;
                bias[channel] += g * e.Factor;
                scaleShift[modulation] += g * ((e.Normalized * inputs[1][channel]) + inputs[2][channel]);
                scaleShift[modulation + shape.Channels] += g;
                dx[at] = g * e.Factor * inputs[1][channel];
                sum += dx[at];
                product += dx[at] * e.Normalized;
            }

            foreach (int at in Group(shape, group))
            {
                Element e = Element.At(shape, inputs, statistics, at);
                dx[at] = e.InverseDeviation * (dx[at] - (sum / shape.GroupLength) - (e.Normalized * product / shape.GroupLength));
            }
        }

        return [dx, weight, bias, scaleShift];
    }

    // An element on its way: normalised, the factor of its modulation, and what the activation gets.
    private readonly record struct Element(double InverseDeviation, double Normalized, double Factor, double Value)
    {
        public static Element At(GroupNormShape shape, IReadOnlyList<float[]> inputs, double[] statistics, int at)
        {
            int channel = at % shape.Channels, sample = at / shape.Channels / shape.Positions;
            int from = 2 * ((sample * shape.Groups) + (channel / shape.GroupChannels)), modulation = (sample * 2 * shape.Channels) + channel;
            double inverse = 1 / Math.Sqrt(statistics[from + 1] + Epsilon), normalized = (inputs[0][at] - statistics[from]) * inverse;
            double factor = 1.0 + inputs[3][modulation];
            return new(inverse, normalized, factor, (((normalized * inputs[1][channel]) + inputs[2][channel]) * factor) + inputs[3][modulation + shape.Channels]);
        }
    }
}
