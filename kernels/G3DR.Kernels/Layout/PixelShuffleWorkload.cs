using G3DR.Compute;
using G3DR.Kernels.Catalogue;

namespace G3DR.Kernels.Layout;

/// <summary>One direction of a pixel shuffle: batch, rows and columns of the deep side, channels of the wide side, factor.</summary>
internal sealed class PixelShuffleWorkload(bool toDeep) : KernelWorkload
{
    public override string Op => toDeep ? "pixel_unshuffle" : "pixel_shuffle";

    public override IReadOnlyList<KernelVariant> Variants =>
    [
        KernelVariant.Plain(c => PixelShuffleKernels.RunPlain(c.Device, ShapeOf(c.Size), Wide(c), Deep(c), toDeep)),
        KernelVariant.Simd(c => PixelShuffleKernels.RunVectors(c.Device, ShapeOf(c.Size), Wide(c), Deep(c), toDeep)),
    ];

    public override IReadOnlyList<WorkloadSize> TestSizes { get; } =
        [new(1, 1, 1, 1, 1), new(2, 3, 5, 1, 2), new(1, 7, 3, 3, 2), new(1, 5, 4, 17, 3), new(2, 4, 4, 64, 2), new(1, 2, 3, 5, 4)];

    public override IReadOnlyList<WorkloadSize> BenchSizes { get; } = [new(1, 64, 64, 128, 2), new(1, 16, 16, 512, 2)];

    public override double Tolerance(WorkloadSize size) => 0;

    public override double Flops(WorkloadSize size) => 0;

    public override double Bytes(WorkloadSize size) => 2.0 * sizeof(float) * ShapeOf(size).Length;

    public override KernelCase Prepare(Accelerator device, WorkloadSize size, ulong seed)
    {
        long length = ShapeOf(size).Length;
        return new(device, size, [KernelCase.Draw(length, (-1, 1), seed, 0)], length);
    }

    public override IReadOnlyList<double[]> Reference(KernelCase prepared)
    {
        (int batch, int height, int width, int channels, int factor) = ShapeOf(prepared.Size);
        float[] x = prepared.Inputs[0];
        double[] expected = new double[x.Length];
        int deep = 0;
        for (int pixel = 0; pixel < batch * height * width; pixel++)
        {
            (int row, int column) = Math.DivRem(pixel, width);
            for (int k = 0; k < channels * factor * factor; k++, deep++)
            {
                int c = k / (factor * factor), p = k / factor % factor, q = k % factor;
                int wide = (((((row * factor) + p) * width * factor) + (column * factor) + q) * channels) + c;
                expected[toDeep ? deep : wide] = x[toDeep ? wide : deep];
            }
        }

        return [expected];
    }

    private static PixelShuffleShape ShapeOf(WorkloadSize size) => new(size.Axes[0], size.Axes[1], size.Axes[2], size.Axes[3], size.Axes[4]);

    private ArrayView<float> Wide(KernelCase c) => toDeep ? c.Input(0) : c.Output(0);

    private ArrayView<float> Deep(KernelCase c) => toDeep ? c.Output(0) : c.Input(0);
}
