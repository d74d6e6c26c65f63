using G3DR.Compute.Memory;
using G3DR.Kernels.Catalogue;
using G3DR.Kernels.MatMul;
using G3DR.Tests.Support;

namespace G3DR.Tests.Kernels;

/// <summary>Products by groups: batches, the choice of a way by the sizes, repeatability and values that are not finite.</summary>
public class MatMulGroupTests
{
    // Small, narrow along either axis with either layout, and tiles, with whole and with cut sums.
    public static TheoryData<int, int, int, bool, bool> Shapes => new()
    {
        { 5, 7, 9, false, false }, { 1, 37, 100, false, true }, { 37, 2, 100, false, false }, { 3, 37, 600, true, false },
        { 20, 18, 20, true, true }, { 66, 5, 9, true, false }, { 7, 9, 530, false, true }, { 3, 2, 0, false, false },
    };

    /// <summary>The device that runs the groups.</summary>
    protected virtual string Configuration => TestDevice.Emulator;

    [SkippableTheory]
    [MemberData(nameof(Shapes))]
    public void Products_of_a_batch_take_their_own_operands(int m, int n, int k, bool transposeA, bool transposeB)
    {
        var shape = new MatMulShape(m, n, k, transposeA, transposeB);
        long a = shape.LengthA, b = shape.LengthB;
        MatMulBatch[] batches = [new([0, a], [0, b]), new([0, a, 0], [b, b, b]), new([0, a, 2 * a], [0, 0, 0])];
        foreach (MatMulBatch batch in batches)
        {
            (float[] plain, float[] grouped) = RunBoth(shape, batch, Draw(3 * a, 0), Draw(3 * b, 1));
            Assert.Equal(batch.Count * shape.LengthC, grouped.Length);
            for (int i = 0; i < plain.Length; i++)
            {
                // Both sums are within half of this of the exact one: see the tolerance of the catalogue.
                Assert.Equal(plain[i], grouped[i], 1.2e-7 * Math.Max(8, k));
            }
        }
    }

    [SkippableFact]
    public void Sums_have_one_order()
    {
        var shape = new MatMulShape(5, 7, 1025);
        float[] a = Draw(shape.LengthA, 0), b = Draw(shape.LengthB, 1);
        Assert.Equal(RunBoth(shape, MatMulBatch.Single, a, b).Grouped, RunBoth(shape, MatMulBatch.Single, a, b).Grouped);
    }

    [SkippableFact]
    public void Values_that_are_not_finite_stay_in_their_row_and_column()
    {
        var shape = new MatMulShape(18, 19, 21);
        float[] a = Draw(shape.LengthA, 0), b = Draw(shape.LengthB, 1);
        a[(17 * shape.K) + 20] = float.NaN;
        b[(20 * shape.N) + 18] = float.PositiveInfinity;
        float[] c = RunBoth(shape, MatMulBatch.Single, a, b).Grouped;
        for (int i = 0; i < c.Length; i++)
        {
            Assert.Equal(i / shape.N == 17 || i % shape.N == 18, !float.IsFinite(c[i]));
        }
    }

    [SkippableFact]
    public void Operands_outside_their_memory_are_refused()
    {
        using var device = new TestDevice();
        using MemoryBuffer<float> x = device.Accelerator.Allocate<float>(6);
        var shape = new MatMulShape(2, 2, 3);
        var error = Assert.Throws<ArgumentException>(
            () => MatMulKernels.Run(device, shape, new([1], [0]), x.View, x.View, x.View.SubView(0, 4)));
        Assert.Contains("Product 0", error.Message, StringComparison.Ordinal);
    }

    private static float[] Draw(long count, uint stream) => KernelCase.Draw(count, (-1, 1), 3, stream);

    private (float[] Plain, float[] Grouped) RunBoth(MatMulShape shape, MatMulBatch batch, float[] a, float[] b)
    {
        using var device = TestDevice.Create(Configuration);
        using MemoryBuffer<float> deviceA = device.Accelerator.Allocate<float>(a.Length), deviceB = device.Accelerator.Allocate<float>(b.Length);
        using MemoryBuffer<float> c = device.Accelerator.Allocate<float>(batch.Count * shape.LengthC);
        deviceA.CopyFrom(a);
        deviceB.CopyFrom(b);
        float[] plain = new float[c.Length], grouped = new float[c.Length];
        MatMulKernels.RunPlain(device, shape, batch, deviceA.View, deviceB.View, c.View);
        c.CopyTo(plain);
        c.CopyFrom(Enumerable.Repeat(float.NaN, grouped.Length).ToArray());
        MatMulKernels.RunGroups(device, shape, batch, deviceA.View, deviceB.View, c.View);
        c.CopyTo(grouped);
        return (plain, grouped);
    }
}
