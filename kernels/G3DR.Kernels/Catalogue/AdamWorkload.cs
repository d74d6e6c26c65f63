using G3DR.Compute;
using G3DR.Kernels.Optimizers;

namespace G3DR.Kernels.Catalogue;

/// <summary>One Adam step with decay. The outputs are parameters and moments after the step, updated in place from copies of the inputs.</summary>
internal sealed class AdamWorkload : KernelWorkload
{
    private static readonly AdamStep s_step = AdamStep.At(step: 3, learningRate: 0.01, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.05);

    public override string Op => "adam";

    public override IReadOnlyList<KernelVariant> Variants { get; } = [KernelVariant.Plain(c => Run(c, simd: false)), KernelVariant.Simd(c => Run(c, simd: true))];

    public override IReadOnlyList<WorkloadSize> TestSizes { get; } = [new(1), new(17), new(1025), new(8197), new(Shards.Elements + 3)];

    public override IReadOnlyList<WorkloadSize> BenchSizes { get; } = [new(1 << 22)];

    public override double Tolerance(WorkloadSize size) => 1e-6;

    public override double Flops(WorkloadSize size) => 14.0 * size.Length;

    public override double Bytes(WorkloadSize size) => 7.0 * sizeof(float) * size.Length;

    public override KernelCase Prepare(Accelerator device, WorkloadSize size, ulong seed) => new(
        device,
        size,
        [
            KernelCase.Draw(size.Length, (-1, 1), seed, 0), KernelCase.Draw(size.Length, (-1, 1), seed, 1),
            KernelCase.Draw(size.Length, (-0.5, 0.5), seed, 2), KernelCase.Draw(size.Length, (0.01, 1), seed, 3),
        ],
        size.Length,
        size.Length,
        size.Length);

    public override IReadOnlyList<double[]> Reference(KernelCase prepared)
    {
        double[] p = [.. prepared.Inputs[0].Select(x => (double)x)], m = new double[p.Length], v = new double[p.Length];
        for (int i = 0; i < p.Length; i++)
        {
            double g = prepared.Inputs[1][i];
            m[i] = (s_step.Beta1 * prepared.Inputs[2][i]) + ((1 - s_step.Beta1) * g);
            v[i] = (s_step.Beta2 * prepared.Inputs[3][i]) + ((1 - s_step.Beta2) * g * g);
            p[i] = (s_step.Keep * p[i]) - (s_step.Rate * m[i] / ((Math.Sqrt(v[i]) * s_step.Unbias) + s_step.Epsilon));
        }

        return [p, m, v];
    }

    private static void Run(KernelCase c, bool simd)
    {
        c.Device.Copy(c.Input(0), c.Output(0));
        c.Device.Copy(c.Input(2), c.Output(1));
        c.Device.Copy(c.Input(3), c.Output(2));
        if (simd)
        {
            AdamKernels.RunVectors(c.Device, c.Output(0), c.Input(1), c.Output(1), c.Output(2), s_step);
        }
        else
        {
            AdamKernels.RunPlain(c.Device, c.Output(0), c.Input(1), c.Output(1), c.Output(2), s_step);
        }
    }
}
