using G3DR.Compute;
using G3DR.Kernels.MatMul;

namespace G3DR.Kernels.Catalogue;

/// <summary>A matrix product (M, N, K).</summary>
internal sealed class MatMulWorkload(bool transposeA, bool transposeB) : KernelWorkload
{
    public override string Op => "matmul " + (transposeA ? "T" : "N") + (transposeB ? "T" : "N");

    private delegate void Implementation(
        Accelerator device, MatMulShape shape, MatMulBatch batch, ArrayView<float> a, ArrayView<float> b, ArrayView<float> c);

    public override IReadOnlyList<KernelVariant> Variants =>
    [
        KernelVariant.Plain(With(MatMulKernels.RunPlain)),
        KernelVariant.Simd(With(MatMulKernels.RunVectors)),
        KernelVariant.Grouped("dot", With(MatMulKernels.RunDots)),
        KernelVariant.Grouped("tiled", With(MatMulKernels.RunTiles)),
    ];

    public override IReadOnlyList<WorkloadSize> TestSizes { get; } =
    [
        new(1, 1, 1), new(17, 17, 17), new(1, 1025, 3), new(1025, 1, 5), new(3, 5, 1025), new(14, 32, 256),
        new(29, 67, 257), new(257, 131, 33), new(15, 1100, 20), new(1, 3, 8197), new(8197, 2, 3),

        // A few rows with many columns; more columns than rows: sums in several pieces, and rows in several blocks.
        new(2, 131, 70), new(4, 700, 9), new(9, 67, 1100), new(230, 250, 1030),
    ];

    // One tile and several, full and cut on either side; sums of one part and of several.
    public override IReadOnlyList<WorkloadSize> EmulatorSizes { get; } =
        [new(1, 1, 1), new(17, 17, 17), new(65, 3, 19), new(3, 65, 16), new(64, 64, 32), new(2, 1, 8197), new(5, 3, 1025)];

    public override IReadOnlyList<WorkloadSize> BenchSizes { get; } = [new(1024, 1024, 1024), new(65536, 64, 64), new(256, 2048, 512)];

    // K roundings, each half a unit in the last place of a running sum that is itself a random walk of K steps below 1: the spread of the error
    // is about 1e-8 K, far below the worst case of 6e-8 K times the sum of magnitudes.
    public override double Tolerance(WorkloadSize size) => 6e-8 * Math.Max(8, size.Axes[2]);

    public override double Flops(WorkloadSize size) => 2.0 * size.Length;

    public override double Bytes(WorkloadSize size)
    {
        MatMulShape shape = ShapeOf(size);
        return sizeof(float) * (double)(shape.LengthA + shape.LengthB + shape.LengthC);
    }

    public override KernelCase Prepare(Accelerator device, WorkloadSize size, ulong seed)
    {
        MatMulShape shape = ShapeOf(size);
        return new(
            device, size, [KernelCase.Draw(shape.LengthA, (-1, 1), seed, 0), KernelCase.Draw(shape.LengthB, (-1, 1), seed, 1)], shape.LengthC);
    }

    public override IReadOnlyList<double[]> Reference(KernelCase prepared)
    {
        MatMulShape shape = ShapeOf(prepared.Size);
        float[] a = prepared.Inputs[0], b = prepared.Inputs[1];
        double[] expected = new double[shape.LengthC];
        for (int y = 0; y < shape.M; y++)
        {
            for (int x = 0; x < shape.N; x++)
            {
                double sum = 0;
                for (int k = 0; k < shape.K; k++)
                {
                    sum += (double)a[(y * shape.RowStepA) + (k * shape.ColumnStepA)] * b[(k * shape.RowStepB) + (x * shape.ColumnStepB)];
                }

                expected[(y * shape.N) + x] = sum;
            }
        }

        return [expected];
    }

    private Action<KernelCase> With(Implementation run) =>
        c => run(c.Device, ShapeOf(c.Size), MatMulBatch.Single, c.Input(0), c.Input(1), c.Output(0));

    private MatMulShape ShapeOf(WorkloadSize size) => new(size.Axes[0], size.Axes[1], size.Axes[2], transposeA, transposeB);
}
