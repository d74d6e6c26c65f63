using G3DR.Compute;
using G3DR.Kernels.Catalogue;
using G3DR.Kernels.Pooling;

namespace G3DR.Kernels.Resampling;

/// <summary>
/// One pass of resizing or averaging pictures: batch, rows and columns of the input, channels, rows and columns of the output.
/// </summary>
/// <param name="name">Name of the operation.</param>
/// <param name="rule">The rule for an axis of given input and output lengths.</param>
/// <param name="backward">Whether gradients are carried back.</param>
internal sealed class ResizeWorkload(string name, Func<int, int, IAxisRule> rule, bool backward) : KernelWorkload
{
    private static readonly (string Name, Func<int, int, IAxisRule> Rule)[] s_rules =
    [
        ("resize nearest", (inputs, outputs) => new ResizeAxis(inputs, outputs, Interpolation.Nearest)),
        ("resize linear", (inputs, outputs) => new ResizeAxis(inputs, outputs, Interpolation.Linear)),
        ("resize cubic", (inputs, outputs) => new ResizeAxis(inputs, outputs, Interpolation.Cubic)),
        ("resize cubic antialiased", (inputs, outputs) => new ResizeAxis(inputs, outputs, Interpolation.Cubic) { Antialias = true }),
        ("average pooling", (inputs, outputs) => new AverageAxis(PoolingAxis.Adaptive(inputs, outputs), CountPadding: false, Divisor: null)),
    ];

    /// <summary>Both passes of the rules that differ in their numbers of taps.</summary>
    public static IReadOnlyList<KernelWorkload> All { get; } =
    [
        .. s_rules.Select(entry => new ResizeWorkload(entry.Name, entry.Rule, backward: false)),
        .. s_rules.Select(entry => new ResizeWorkload(entry.Name, entry.Rule, backward: true)),
    ];

    public override string Op => backward ? $"{name} backward" : name;

    public override IReadOnlyList<KernelVariant> Variants =>
    [
        KernelVariant.Plain(c => ResizeKernels.RunPlain(c.Device, Filter(c.Size, 0), Filter(c.Size, 1), c.Size.Axes[3], c.Input(0), c.Output(0))),
        KernelVariant.Simd(c => ResizeKernels.RunVectors(c.Device, Filter(c.Size, 0), Filter(c.Size, 1), c.Size.Axes[3], c.Input(0), c.Output(0))),
    ];

    public override IReadOnlyList<WorkloadSize> TestSizes { get; } =
    [
        new(1, 1, 1, 1, 1, 1), new(2, 5, 7, 3, 10, 14), new(1, 9, 4, 17, 5, 13), new(1, 1, 6, 64, 3, 6), new(2, 16, 16, 1, 28, 28), new(1, 13, 11, 3, 4, 2),
        new(1, 8, 8, 65, 16, 16),
    ];

    public override IReadOnlyList<WorkloadSize> BenchSizes { get; } = [new(1, 64, 64, 256, 128, 128), new(1, 128, 128, 3, 224, 224), new(1, 128, 128, 64, 64, 64)];

    // Weights are rounded to single precision; those of an output's gradient add up to the scale of both axes.
    public override double Tolerance(WorkloadSize size) => 2e-6;

    public override double Flops(WorkloadSize size)
    {
        AxisFilter rows = Filter(size, 0), columns = Filter(size, 1);
        return 2.0 * size.Axes[0] * size.Axes[3] * (((double)rows.Index.Length * columns.Inputs) + ((double)columns.Index.Length * rows.Outputs));
    }

    public override double Bytes(WorkloadSize size) => sizeof(float) * (double)(Length(size, input: true) + Length(size, input: false));

    public override KernelCase Prepare(Accelerator device, WorkloadSize size, ulong seed) =>
        new(device, size, [KernelCase.Draw(Length(size, input: !backward), (-1, 1), seed, 0)], Length(size, input: backward));

    public override IReadOnlyList<double[]> Reference(KernelCase prepared)
    {
        AxisFilter rows = Filter(prepared.Size, 0), columns = Filter(prepared.Size, 1);
        int channels = prepared.Size.Axes[3];
        float[] x = prepared.Inputs[0];
        double[] expected = new double[Length(prepared.Size, input: backward)];
        for (int i = 0; i < expected.Length; i++)
        {
            int pixel = i / channels, column = pixel % columns.Outputs, row = pixel / columns.Outputs % rows.Outputs;
            int picture = pixel / columns.Outputs / rows.Outputs * rows.Inputs;
            for (int ky = rows.Start[row]; ky < rows.Start[row + 1]; ky++)
            {
                for (int kx = columns.Start[column]; kx < columns.Start[column + 1]; kx++)
                {
                    double value = x[((((picture + rows.Index[ky]) * columns.Inputs) + columns.Index[kx]) * channels) + (i % channels)];
                    expected[i] += rows.WeightDouble[ky] * columns.WeightDouble[kx] * value;
                }
            }
        }

        return [expected];
    }

    private static long Length(WorkloadSize size, bool input)
    {
        int[] axes = size.Axes;
        return (long)axes[0] * axes[3] * (input ? (long)axes[1] * axes[2] : (long)axes[4] * axes[5]);
    }

    private AxisFilter Filter(WorkloadSize size, int axis)
    {
        AxisFilter filter = rule(size.Axes[1 + axis], size.Axes[4 + axis]).ToFilter();
        return backward ? filter.Transpose() : filter;
    }
}
