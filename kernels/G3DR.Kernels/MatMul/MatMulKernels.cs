using System.Numerics;
using G3DR.Compute;

namespace G3DR.Kernels.MatMul;

/// <summary>
/// Matrix products. Variants: <c>plain</c> (one dot product per item); <c>simd</c> (register blocks on packed panels, after Goto and van de Geijn,
/// "Anatomy of high-performance matrix multiplication", ACM TOMS 2008); for devices with shared memory <c>tiled</c> (<see cref="MatMulTiles"/>) and
/// <c>dot</c> (<see cref="MatMulDots"/>), chosen by the sizes; float64 has the plain one only. The order of every sum depends on the sizes alone.
/// </summary>
public static partial class MatMulKernels
{
    /// <summary>One element of C.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="i">Number of the element, counted from the first product of the grid.</param>
    /// <param name="a">All matrices A.</param>
    /// <param name="b">All matrices B.</param>
    /// <param name="c">Results (products, M, N).</param>
    /// <param name="offsets">First elements of all A, then of all B; empty if they are evenly spaced.</param>
    /// <param name="shape">Sizes of one product.</param>
    /// <param name="grid">Where the products lie.</param>
    [Kernel]
    public static void Plain<T>(
        Index1D i, ArrayView<T> a, ArrayView<T> b, ArrayView<T> c, ArrayView<long> offsets, MatMulShape shape, MatMulGrid grid)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int length = shape.M * shape.N;
        int product = grid.FirstProduct + (i.X / length), element = i.X % length;
        long rowA = (long)(element / shape.N) * shape.RowStepA, columnB = (long)(element % shape.N) * shape.ColumnStepB;
        rowA += offsets.Length == 0 ? product * grid.StepA : offsets[product];
        columnB += offsets.Length == 0 ? product * grid.StepB : offsets[grid.Products + product];
        T sum = T.Zero;
        for (int k = 0; k < shape.K; k++)
        {
            sum += a[rowA + ((long)k * shape.ColumnStepA)] * b[columnB + ((long)k * shape.RowStepB)];
        }

        c[(product * shape.LengthC) + element] = sum;
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
        else if (device is CpuAccelerator)
        {
            RunPlain(device, shape, batch, a, b, c);
        }
        else
        {
            RunGroups(device, shape, batch, a, b, c);
        }
    }

    /// <summary>The plain variant.</summary>
    public static void RunPlain<T>(Accelerator device, MatMulShape shape, MatMulBatch batch, ArrayView<T> a, ArrayView<T> b, ArrayView<T> c)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (shape.LengthC == 0)
        {
            return;
        }

        // As many products at a time as a launch can count elements.
        using var places = new DeviceBatch(device, batch);
        int products = (int)Math.Clamp(int.MaxValue / shape.LengthC, 1, int.MaxValue);
        for (int first = 0; first < batch.Count; first += products)
        {
            long elements = shape.LengthC * Math.Min(products, batch.Count - first);
            var grid = new MatMulGrid(1, shape.K, batch.Count, first, places.StepA, places.StepB);
            device.Launch(Plain, Shards.PlainExtent(elements), a, b, c, places.Offsets, shape, grid);
        }
    }

    /// <summary>The vector variant.</summary>
    public static unsafe void RunVectors(
        Accelerator device, MatMulShape shape, MatMulBatch batch, ArrayView<float> a, ArrayView<float> b, ArrayView<float> c)
    {
        CpuAccelerator cpu = Shards.RequireCpu(device);
        if (batch.Count == 1 && !shape.TransposeA && shape.K > 0)
        {
            RunLinearVectors(
                cpu, shape, a.SubView(batch.A[0], shape.LengthA), b.SubView(batch.B[0], shape.LengthB), default, default, c.SubView(0, shape.LengthC));
            return;
        }

        var tiling = MatMulTiling.For(shape, batch.Count);
        cpu.Launch(new PackedMatMul(cpu, shape, batch, tiling, a.Pointer, b.Pointer, c.Pointer), tiling.Tasks);
    }

    /// <summary>The same in double precision.</summary>
    public static void Run(
        Accelerator device, MatMulShape shape, MatMulBatch batch, ArrayView<double> a, ArrayView<double> b, ArrayView<double> c)
    {
        RequireInside(shape, batch, a.Length, b.Length, c.Length);
        RunPlain(device, shape, batch, a, b, c);
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
