using G3DR.Compute;
using G3DR.Kernels.Catalogue;

namespace G3DR.Kernels.Rendering;

/// <summary>Features of points on three planes, or the gradient of the planes, for (height, width, channels, points); see <see cref="PlaneSampling"/>.</summary>
internal sealed class PlaneSamplingWorkload(bool backward) : KernelWorkload
{
    private const int Planes = 3;

    public override string Op => "plane sampling" + (backward ? " backward" : string.Empty);

    public override IReadOnlyList<KernelVariant> Variants => backward ? [new("sorted", _ => true, RunSorted), KernelVariant.Plain(Run)] : [KernelVariant.Plain(Run)];

    public override IReadOnlyList<WorkloadSize> TestSizes { get; } =
        [new(1, 1, 1, 1), new(5, 7, 3, 17), new(9, 4, 17, 33), new(16, 16, 1, 1025), new(7, 5, 1, 8197), new(3, 2, 40, 5)];

    public override IReadOnlyList<WorkloadSize> BenchSizes { get; } = [new(128, 128, 32, 1 << 14)];

    // Four products per feature; the gradient of a texel sums over all points that touch it.
    public override double Tolerance(WorkloadSize size) => backward ? 1e-6 + (1e-7 * size.Axes[3]) : 2e-6;

    public override double Flops(WorkloadSize size) => 8.0 * Planes * size.Axes[2] * size.Axes[3];

    public override double Bytes(WorkloadSize size) =>
        sizeof(float) * (double)(PlaneLength(size) + FeatureLength(size) + (3L * size.Axes[3]));

    public override KernelCase Prepare(Accelerator device, WorkloadSize size, ulong seed)
    {
        // Some points lie outside of the box.
        float[] points = KernelCase.Draw(3L * size.Axes[3], (-1.2, 1.2), seed, 0);
        return backward
            ? new(device, size, [points, KernelCase.Draw(FeatureLength(size), (-1, 1), seed, 1)], PlaneLength(size))
            : new(device, size, [points, KernelCase.Draw(PlaneLength(size), (-1, 1), seed, 1)], FeatureLength(size));
    }

    public override IReadOnlyList<double[]> Reference(KernelCase prepared)
    {
        // Every texel weighs a point by the product of two triangles, max(0, 1 - distance), written out over all texels.
        PlaneSamplingShape shape = ShapeOf(prepared.Size);
        float[] points = prepared.Inputs[0], operand = prepared.Inputs[1];
        double[] result = new double[backward ? PlaneLength(prepared.Size) : FeatureLength(prepared.Size)];
        (int U, int V)[] axes = [(0, 1), (0, 2), (2, 1)];
        for (int plane = 0; plane < Planes; plane++)
        {
            for (int point = 0; point < shape.Points; point++)
            {
                double x = (((points[(3 * point) + axes[plane].U] + 1.0) * shape.Width) - 1) / 2;
                double y = (((points[(3 * point) + axes[plane].V] + 1.0) * shape.Height) - 1) / 2;
                for (int texel = 0; texel < shape.Width * shape.Height; texel++)
                {
                    double weight = Math.Max(0, 1 - Math.Abs(x - (texel % shape.Width))) * Math.Max(0, 1 - Math.Abs(y - (texel / shape.Width)));
                    for (int c = 0; weight > 0 && c < shape.Channels; c++)
                    {
                        int atPlane = (((plane * shape.Height * shape.Width) + texel) * shape.Channels) + c;
                        int atPoint = (((plane * shape.Points) + point) * shape.Channels) + c;
                        result[backward ? atPlane : atPoint] += weight * operand[backward ? atPoint : atPlane];
                    }
                }
            }
        }

        return [result];
    }

    private static long PlaneLength(WorkloadSize size) => (long)Planes * size.Axes[0] * size.Axes[1] * size.Axes[2];

    private static long FeatureLength(WorkloadSize size) => (long)Planes * size.Axes[2] * size.Axes[3];

    private static PlaneSamplingShape ShapeOf(WorkloadSize size) => new(size.Axes[0], size.Axes[1], size.Axes[2], size.Axes[3], PlaneAxes.Corrected);

    private static void RunSorted(KernelCase c) =>
        PlaneSampling.GradientBySorting(c.Device, c.Output(0), c.Input(0), c.Input(1), ShapeOf(c.Size), 1f);

    private void Run(KernelCase c)
    {
        PlaneSamplingShape shape = ShapeOf(c.Size);
        ArrayView<float> points = c.Input(0), operand = c.Input(1), result = c.Output(0);
        if (backward)
        {
            c.Device.Launch(PlaneSampling.Gradient, new Index1D(Planes * shape.ChannelGroups), result, points, operand, shape, 1f);
        }
        else
        {
            c.Device.Launch(PlaneSampling.Sample, new Index1D(Planes * shape.Points), operand, points, result, shape, 1f);
        }
    }
}
