using G3DR.Compute;
using G3DR.Kernels.Catalogue;

namespace G3DR.Kernels.Rendering;

/// <summary>Weights of the samples of a ray, or their gradient, for (rays, samples); see <see cref="RayWeights"/>.</summary>
internal sealed class RayWeightWorkload(bool fromAlpha, bool backward) : KernelWorkload
{
    public override string Op => (fromAlpha ? "ray weights from alpha" : "ray weights from thickness") + (backward ? " backward" : string.Empty);

    public override IReadOnlyList<KernelVariant> Variants => [KernelVariant.Plain(Run)];

    public override IReadOnlyList<WorkloadSize> TestSizes { get; } = [new(1, 1), new(17, 1), new(1, 17), new(33, 64), new(1025, 7), new(8197, 2)];

    public override IReadOnlyList<WorkloadSize> BenchSizes { get; } = [new(1 << 14, 64)];

    // Products and sums of at most a hundred factors near 1.
    public override double Tolerance(WorkloadSize size) => 1e-7 * (8 + size.Axes[1]);

    public override double Flops(WorkloadSize size) => (fromAlpha ? 4.0 : 30.0) * (backward ? 2 : 1) * size.Length;

    public override double Bytes(WorkloadSize size) => sizeof(float) * (backward ? fromAlpha ? 3.0 : 4.0 : 2.0) * size.Length;

    public override KernelCase Prepare(Accelerator device, WorkloadSize size, ulong seed)
    {
        float[] x = KernelCase.Draw(size.Length, (0, 1), seed, 0);
        if (!backward)
        {
            return new(device, size, [x], size.Length);
        }

        // The gradient reads the weights that the forward pass gave, rounded as it would give them.
        float[] weights = Array.ConvertAll(Weights(x, size), w => (float)w);
        return new(device, size, [x, weights, KernelCase.Draw(size.Length, (-1, 1), seed, 1)], size.Length);
    }

    public override IReadOnlyList<double[]> Reference(KernelCase prepared)
    {
        if (!backward)
        {
            return [Weights(prepared.Inputs[0], prepared.Size)];
        }

        // The gradient by its definition, sum over j of g_j dw_j / dx_i, with the derivative of each weight written out.
        int samples = prepared.Size.Axes[1];
        float[] x = prepared.Inputs[0], g = prepared.Inputs[2];
        double[] weights = Weights(x, prepared.Size), gradient = new double[x.Length];
        for (int i = 0; i < gradient.Length; i++)
        {
            int first = i / samples * samples;
            double sum = g[i] * PassedBefore(x, first, i) * (fromAlpha ? 1 : Math.Exp(-x[i]));
            for (int j = i + 1; j < first + samples; j++)
            {
                double derivative = fromAlpha ? -x[j] * PassedBefore(x, first, j, without: i) : -weights[j];
                sum += g[j] * derivative;
            }

            gradient[i] = sum;
        }

        return [gradient];
    }

    private void Run(KernelCase c)
    {
        var rays = new Index1D(c.Size.Axes[0]);
        int samples = c.Size.Axes[1];
        ArrayView<float> x = c.Input(0), y = c.Output(0);
        switch (fromAlpha, backward)
        {
            case (true, false):
                c.Device.Launch(RayWeights.FromAlpha, rays, x, y, samples);
                break;
            case (true, true):
                c.Device.Launch(RayWeights.FromAlphaGradient, rays, x, c.Input(2), y, samples);
                break;
            case (false, false):
                c.Device.Launch(RayWeights.FromThickness, rays, x, y, samples);
                break;
            default:
                c.Device.Launch(RayWeights.FromThicknessGradient, rays, x, c.Input(1), c.Input(2), y, samples);
                break;
        }
    }

    private double[] Weights(float[] x, WorkloadSize size)
    {
        int samples = size.Axes[1];
        double[] weights = new double[x.Length];
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = (fromAlpha ? x[i] : 1 - Math.Exp(-x[i])) * PassedBefore(x, i / samples * samples, i);
        }

        return weights;
    }

    // Light that passes the samples from first up to, not including, sample.
    private double PassedBefore(float[] x, int first, int sample, int without = -1)
    {
        double passed = 1;
        for (int k = first; k < sample; k++)
        {
            if (k != without)
            {
                passed *= fromAlpha ? 1 - (double)x[k] + RayWeights.TransmittanceOffset : Math.Exp(-x[k]);
            }
        }

        return passed;
    }
}
