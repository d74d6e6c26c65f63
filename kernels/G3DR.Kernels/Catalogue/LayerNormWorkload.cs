using G3DR.Compute;
using G3DR.Kernels.Normalization;

namespace G3DR.Kernels.Catalogue;

/// <summary>One pass of layer normalisation with weight and bias over rows: (rows, count). Forward also gives the statistics, backward all gradients.</summary>
internal sealed class LayerNormWorkload(bool backward) : KernelWorkload
{
    private const double Epsilon = 1e-5;

    public override string Op => backward ? "layer_norm backward" : "layer_norm";

    public override IReadOnlyList<KernelVariant> Variants => backward
        ?
        [
            KernelVariant.Plain(c =>
            {
                RowNormalization.ParameterGradientsPlain(c.Device, c.Input(0), c.Input(3), c.Input(2), Count(c), c.Output(1), c.Output(2));
                RowNormalization.InputGradientPlain(c.Device, c.Input(0), c.Input(3), c.Input(1), c.Input(2), Count(c), c.Output(0));
            }),
            KernelVariant.Simd(c => RowNormalization.BackwardVectors(
                c.Device, c.Input(0), c.Input(3), c.Input(1), c.Input(2), Count(c), c.Output(0), c.Output(1), c.Output(2))),
            KernelVariant.Grouped("grouped", c =>
            {
                RowNormalization.ParameterGradientsPlain(c.Device, c.Input(0), c.Input(3), c.Input(2), Count(c), c.Output(1), c.Output(2));
                RowNormalization.InputGradientGroups(c.Device, c.Input(0), c.Input(3), c.Input(1), c.Input(2), Count(c), c.Output(0));
            }),
        ]
        :
        [
            KernelVariant.Plain(c => RowNormalization.ForwardPlain(
                c.Device, c.Input(0), c.Input(1), c.Input(2), Count(c), Epsilon, c.Output(1), c.Output(0))),
            KernelVariant.Simd(c => RowNormalization.ForwardVectors(
                c.Device, c.Input(0), c.Input(1), c.Input(2), Count(c), Epsilon, c.Output(1), c.Output(0))),
            KernelVariant.Grouped("grouped", c => RowNormalization.ForwardGroups(
                c.Device, c.Input(0), c.Input(1), c.Input(2), Count(c), Epsilon, c.Output(1), c.Output(0))),
        ];

    public override IReadOnlyList<WorkloadSize> TestSizes { get; } =
        [new(1, 1), new(3, 17), new(700, 64), new(5, 1025), new(2, 8197), new(129, 33), new(70, 1024)];

    public override IReadOnlyList<WorkloadSize> EmulatorSizes { get; } = [new(1, 1), new(3, 17), new(17, 33), new(5, 65), new(2, 1025)];

    // The channel norm and the widest weights of the released network, and rows of a transformer.
    public override IReadOnlyList<WorkloadSize> BenchSizes { get; } = [new(128 * 128, 128), new(1024, 13824), new(2048, 768)];

    // The plain variant has running sums over a row. Backward, the gradients of the parameters are running sums over up to 256 rows, of terms of up to 1.7 that mostly
    // cancel: as in group normalisation, what is left has the rounding of numbers some ten times as large.
    public override double Tolerance(WorkloadSize size) => Math.Max(backward ? 3e-5 : 5e-6, 2e-8 * size.Axes[1]);

    public override double Flops(WorkloadSize size) => (backward ? 14.0 : 9.0) * size.Length;

    public override double Bytes(WorkloadSize size) => sizeof(float) * (backward ? 3.0 : 2.0) * size.Length;

    public override KernelCase Prepare(Accelerator device, WorkloadSize size, ulong seed)
    {
        int rows = size.Axes[0], count = size.Axes[1];
        float[] x = KernelCase.Draw(size.Length, (-1, 2), seed, 0), weight = KernelCase.Draw(count, (0.5, 1.5), seed, 1);
        if (!backward)
        {
            return new(device, size, [x, weight, KernelCase.Draw(count, (-0.5, 0.5), seed, 2)], size.Length, 2L * rows);
        }

        float[] statistics = [.. Statistics(x, count).Select(value => (float)value)];
        return new(device, size, [x, weight, KernelCase.Draw(size.Length, (-1, 1), seed, 2), statistics], size.Length, count, count);
    }

    public override IReadOnlyList<double[]> Reference(KernelCase prepared)
    {
        int count = prepared.Size.Axes[1];
        float[] x = prepared.Inputs[0], weight = prepared.Inputs[1];
        if (!backward)
        {
            double[] statistics = Statistics(x, count);
            return [[.. x.Select((_, at) => (Normalized(x, statistics, at, count) * weight[at % count]) + prepared.Inputs[2][at % count])], statistics];
        }

        float[] g = prepared.Inputs[2];
        double[] given = [.. prepared.Inputs[3].Select(value => (double)value)];
        double[] dx = new double[x.Length], weightGradient = new double[count], biasGradient = new double[count];
        for (int start = 0; start < x.Length; start += count)
        {
            double sum = 0, product = 0;
            for (int at = start; at < start + count; at++)
            {
                double normalized = Normalized(x, given, at, count), gradient = (double)g[at] * weight[at - start];
                sum += gradient;
                product += gradient * normalized;
                weightGradient[at - start] += g[at] * normalized;
                biasGradient[at - start] += g[at];
            }

            for (int at = start; at < start + count; at++)
            {
                double gradient = (double)g[at] * weight[at - start];
                dx[at] = given[(2 * (start / count)) + 1] * (gradient - (sum / count) - (Normalized(x, given, at, count) * product / count));
            }
        }

        return [dx, weightGradient, biasGradient];
    }

    private static int Count(KernelCase c) => c.Size.Axes[1];

    private static double Normalized(float[] x, double[] statistics, int at, int count) =>
        (x[at] - statistics[2 * (at / count)]) * statistics[(2 * (at / count)) + 1];

    private static double[] Statistics(float[] x, int count)
    {
        double[] statistics = new double[2 * (x.Length / count)];
        for (int start = 0, row = 0; start < x.Length; start += count, row++)
        {
            double mean = x.Skip(start).Take(count).Average(value => (double)value);
            statistics[2 * row] = mean;
            statistics[(2 * row) + 1] = 1 / Math.Sqrt(x.Skip(start).Take(count).Average(value => (value - mean) * (value - mean)) + Epsilon);
        }

        return statistics;
    }
}
