using FsCheck;
using FsCheck.Fluent;
using G3DR.Core.Tensors;
using G3DR.Tests.Support;

namespace G3DR.Tests.Tensors;

/// <summary>Broadcasting against its definition: element by element with explicit indices.</summary>
public class BroadcastingTests
{
    // A full shape of up to five axes, and for each operand which axes it has with length 1 and how many leading axes it lacks.
    private static Gen<(int[] Full, int[] Left, int[] Right)> Shapes =>
        from rank in Gen.Choose(1, 5)
        from full in Gen.Choose(1, 5).ArrayOf(rank)
        from left in Gen.Elements(true, false).ArrayOf(rank)
        from right in Gen.Elements(true, false).ArrayOf(rank)
        from cutLeft in Gen.Choose(0, rank)
        from cutRight in Gen.Choose(0, rank)
        select (full, Operand(full, left, cutLeft), Operand(full, right, cutRight));

    [SkippableTheory]
    [MemberData(nameof(TestDevice.Configurations), MemberType = typeof(TestDevice))]
    public void Values_are_those_of_the_definition(string configuration)
    {
        using var device = TestDevice.Create(configuration);
        Prop.ForAll(Shapes.ToArbitrary(), shapes =>
        {
            using var scope = TensorScope.Begin(device);
            Tensor a = Tensor.Normal(device, shapes.Left, 1), b = Tensor.Normal(device, shapes.Right, 2);
            Tensor difference = a - b;
            float[] x = a.ToSingles(), y = b.ToSingles(), z = difference.ToSingles();
            for (int i = 0; i < z.Length; i++)
            {
                Assert.Equal(x[IndexOf(i, difference.Shape, a.Shape)] - y[IndexOf(i, difference.Shape, b.Shape)], z[i]);
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Gradients_are_sums_over_the_repetitions() => Prop.ForAll(Shapes.ToArbitrary(), shapes =>
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Tensor a = Tensor.Normal(device, shapes.Left, 1), b = Tensor.Normal(device, shapes.Right, 2);
        a.RequiresGrad = true;
        Tensor product = a * b;
        Tensor g = Tensor.Normal(device, product.Shape, 3);
        product.Backward(g);
        double[] expected = new double[a.Length], magnitude = new double[a.Length];
        float[] cotangent = g.ToSingles(), y = b.ToSingles();
        for (int i = 0; i < cotangent.Length; i++)
        {
            double term = (double)cotangent[i] * y[IndexOf(i, product.Shape, b.Shape)];
            expected[IndexOf(i, product.Shape, a.Shape)] += term;
            magnitude[IndexOf(i, product.Shape, a.Shape)] += Math.Abs(term);
        }

        float[] actual = a.Grad!.ToSingles();
        for (int i = 0; i < actual.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], (1e-6 * magnitude[i]) + 1e-12);
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Shapes_that_do_not_fit_are_named()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        var error = Assert.Throws<ArgumentException>(() => Tensor.Ones(device, [2, 3]) * Tensor.Ones(device, [2]));
        Assert.Contains("mul: shapes (2, 3) and (2) do not fit", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Empty_tensors_broadcast_to_empty_ones()
    {
        using var device = new TestDevice();
        using var scope = TensorScope.Begin(device);
        Assert.Equal([0, 3], (Tensor.Ones(device, [0, 3]) + Tensor.Ones(device, [3])).Shape);
        Assert.Equal([0f, 0f, 0f], Tensor.Ones(device, [0, 3]).Sum([0]).ToSingles());
    }

    private static int[] Operand(int[] full, bool[] repeats, int cut) => [.. full.Select((size, axis) => repeats[axis] ? 1 : size).Skip(cut)];

    private static int IndexOf(int flat, Shape full, Shape operand)
    {
        long[] strides = operand.DenseStrides();
        long index = 0;
        for (int fromEnd = 1; fromEnd <= full.Rank; fromEnd++)
        {
            int position = flat % full[^fromEnd];
            flat /= full[^fromEnd];
            if (fromEnd <= operand.Rank && operand[^fromEnd] != 1)
            {
                index += position * strides[^fromEnd];
            }
        }

        return (int)index;
    }
}
