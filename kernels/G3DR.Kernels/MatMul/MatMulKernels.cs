using G3DR.Compute;

namespace G3DR.Kernels.MatMul;

/// <summary>
/// Matrix products. Variants: <c>plain</c> (one dot product per item) and <c>simd</c> (register blocks on packed panels, after Goto and van de Geijn,
/// "Anatomy of high-performance matrix multiplication", ACM TOMS 2008); float64 has the plain loop only.
/// </summary>
public static class MatMulKernels
{
    /// <summary>One element of C.</summary>
    [Kernel]
    public static void Plain(Index2D i, ArrayView<float> a, ArrayView<float> b, ArrayView<float> c, MatMulShape shape)
    {
        long rowA = (long)i.Y * shape.RowStepA, columnB = (long)i.X * shape.ColumnStepB;
        float sum = 0f;
        for (int k = 0; k < shape.K; k++)
        {
            sum += a[rowA + ((long)k * shape.ColumnStepA)] * b[columnB + ((long)k * shape.RowStepB)];
        }

        c[((long)i.Y * shape.N) + i.X] = sum;
    }

    /// <summary>C = A B for every product of the batch, by the variant that suits the device.</summary>
    /// <param name="device">Where to run.</param>
    /// <param name="shape">Sizes of one product.</param>
    /// <param name="batch">Where the operands of each product begin.</param>
    /// <param name="a">All matrices A.</param>
    /// <param name="b">All matrices B.</param>
    /// <param name="c">Results, one after another.</param>
    public static void Run(
        Accelerator device, MatMulShape shape, MatMulBatch batch, ArrayView<float> a, ArrayView<float> b, ArrayView<float> c)
    {
        RequireInside(shape, batch, a.Length, b.Length, c.Length);
        if (shape.LengthC == 0 || batch.Count == 0)
        {
            return;
        }

        if (Shards.UseVectors(device))
        {
            RunVectors(device, shape, batch, a, b, c);
        }
        else
        {
            RunPlain(device, shape, batch, a, b, c);
        }
    }

    /// <summary>The plain variant.</summary>
    public static void RunPlain(
        Accelerator device, MatMulShape shape, MatMulBatch batch, ArrayView<float> a, ArrayView<float> b, ArrayView<float> c)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            device.Launch(
                Plain,
                new Index2D(shape.N, shape.M),
                a.SubView(batch.A[i], shape.LengthA),
                b.SubView(batch.B[i], shape.LengthB),
                c.SubView(i * shape.LengthC, shape.LengthC),
                shape);
        }
    }

    /// <summary>The vector variant.</summary>
    public static unsafe void RunVectors(
        Accelerator device, MatMulShape shape, MatMulBatch batch, ArrayView<float> a, ArrayView<float> b, ArrayView<float> c)
    {
        CpuAccelerator cpu = Shards.RequireCpu(device);
        var tiling = MatMulTiling.For(shape, batch.Count);
        cpu.Launch(new PackedMatMul(cpu, shape, batch, tiling, a.Pointer, b.Pointer, c.Pointer), tiling.Tasks);
    }

    /// <summary>The same in double precision.</summary>
    public static void Run(
        Accelerator device, MatMulShape shape, MatMulBatch batch, ArrayView<double> a, ArrayView<double> b, ArrayView<double> c)
    {
        RequireInside(shape, batch, a.Length, b.Length, c.Length);
        Shards.For(
            device,
            (long)batch.Count * shape.M,
            (start, end) =>
            {
                for (long row = start; row < end; row++)
                {
                    int product = (int)(row / shape.M);
                    long first = batch.A[product] + (row % shape.M * shape.RowStepA);
                    for (int x = 0; x < shape.N; x++)
                    {
                        long second = batch.B[product] + ((long)x * shape.ColumnStepB);
                        double sum = 0;
                        for (int k = 0; k < shape.K; k++)
                        {
                            sum += a[first + ((long)k * shape.ColumnStepA)] * b[second + ((long)k * shape.RowStepB)];
                        }

                        c[(row * shape.N) + x] = sum;
                    }
                }
            },
            size: Math.Max(1, Shards.Elements / Math.Max(1, (long)shape.N * shape.K)));
    }

    private static void RequireInside(MatMulShape shape, MatMulBatch batch, long lengthA, long lengthB, long lengthC)
    {
        if (shape.M < 0 || shape.N < 0 || shape.K < 0 || batch.A.Count != batch.B.Count)
        {
            throw new ArgumentException($"Sizes must not be negative and both operands need as many offsets: {shape}, {batch.A.Count} and {batch.B.Count}.");
        }

        for (int i = 0; i < batch.Count; i++)
        {
            if (batch.A[i] < 0 || batch.A[i] > lengthA - shape.LengthA || batch.B[i] < 0 || batch.B[i] > lengthB - shape.LengthB)
            {
                throw new ArgumentException($"Product {i} of the batch reaches outside its operands of {lengthA} and {lengthB} elements.");
            }
        }

        if (lengthC != shape.LengthC * batch.Count)
        {
            throw new ArgumentException($"The results have {shape.LengthC * batch.Count} elements, their view {lengthC}.");
        }
    }
}
