using G3DR.Compute;
using G3DR.Kernels.Elementwise;
using G3DR.Kernels.Layout;

namespace G3DR.Kernels.Catalogue;

/// <summary>One pass of a binary elementwise operation. The second operand repeats over every second axis, from the first axis of a size with several.</summary>
/// <typeparam name="TOp">The operation.</typeparam>
internal sealed class BinaryWorkload<TOp>(BinaryPass pass) : KernelWorkload
    where TOp : struct, IBinaryOp
{
    public override string Op => pass switch
    {
        BinaryPass.Forward => TOp.Spec.Name,
        BinaryPass.Left => $"{TOp.Spec.Name} backward left",
        _ => $"{TOp.Spec.Name} backward right",
    };

    public override IReadOnlyList<KernelVariant> Variants => pass switch
    {
        BinaryPass.Forward => Of<ForwardOf<TOp>>(),
        BinaryPass.Left => Of<BackwardLeftOf<TOp>>(),
        _ => Of<BackwardRightOf<TOp>>(),
    };

    public override IReadOnlyList<WorkloadSize> TestSizes { get; } =
        [new(1), new(17), new(1025), new(8197), new(33, 65), new(7, 9, 31), new(3, 2, 5, 7, 3), new(5, Shards.Elements + 3)];

    public override IReadOnlyList<WorkloadSize> BenchSizes { get; } = [new(1 << 22), new(1 << 12, 1 << 10), new(1 << 16, 64)];

    public static IEnumerable<KernelWorkload> Passes()
    {
        yield return new BinaryWorkload<TOp>(BinaryPass.Forward);
        if (TOp.Left == GradientRule.General)
        {
            yield return new BinaryWorkload<TOp>(BinaryPass.Left);
        }

        if (TOp.Right == GradientRule.General)
        {
            yield return new BinaryWorkload<TOp>(BinaryPass.Right);
        }
    }

    public override double Tolerance(WorkloadSize size) => pass == BinaryPass.Forward ? TOp.Spec.ForwardTolerance : TOp.Spec.GradientTolerance;

    public override double Flops(WorkloadSize size) => TOp.Spec.Flops * size.Length;

    public override double Bytes(WorkloadSize size) =>
        sizeof(float) * (((pass == BinaryPass.Forward ? 2.0 : 3.0) * size.Length) + ShapeOfSecond(size).Aggregate(1L, (product, axis) => product * axis));

    public override KernelCase Prepare(Accelerator device, WorkloadSize size, ulong seed)
    {
        float[] a = KernelCase.Draw(size.Length, TOp.Spec.Range, seed, 0);
        float[] b = KernelCase.Draw(ShapeOfSecond(size).Aggregate(1L, (product, axis) => product * axis), TOp.Spec.Range, seed, 1);
        // Comparisons and ties need equal pairs.
        for (int i = 0; i < b.Length; i += 3)
        {
            b[i] = a[i];
        }

        return pass == BinaryPass.Forward
            ? new(device, size, [a, b], size.Length)
            : new(device, size, [a, b, KernelCase.Draw(size.Length, (-1, 1), seed, 2)], size.Length);
    }

    public override IReadOnlyList<double[]> Reference(KernelCase prepared)
    {
        BroadcastLayout layout = LayoutOf(prepared.Size);
        IReadOnlyList<float[]> inputs = prepared.Inputs;
        double[] expected = new double[prepared.Size.Length];
        for (int i = 0; i < expected.Length; i++)
        {
            int row = i / layout.RowLength, column = i % layout.RowLength;
            double a = inputs[0][i], b = inputs[1][layout.RowOffset(1, row) + (layout.Strides[1][^1] * column)];
            expected[i] = pass switch
            {
                BinaryPass.Forward => TOp.Reference(a, b),
                BinaryPass.Left => TOp.ReferenceBackwardLeft(a, b, inputs[2][i]),
                _ => TOp.ReferenceBackwardRight(a, b, inputs[2][i]),
            };
        }

        return [expected];
    }

    private static int[] ShapeOfSecond(WorkloadSize size) =>
        [.. size.Axes.Select((axis, i) => size.Axes.Length > 1 && i % 2 == 0 ? 1 : axis)];

    private static BroadcastLayout LayoutOf(WorkloadSize size) => new(size.Axes, size.Axes, ShapeOfSecond(size), size.Axes);

    private KernelVariant[] Of<TFunction>()
        where TFunction : struct, IBroadcastFunction =>
    [
        KernelVariant.Plain(c => BroadcastKernels<TFunction>.RunPlain(c.Device, LayoutOf(c.Size), c.Input(0), c.Input(1), Third(c), c.Output(0))),
        KernelVariant.Simd(c => BroadcastKernels<TFunction>.RunVectors(c.Device, LayoutOf(c.Size), c.Input(0), c.Input(1), Third(c), c.Output(0))),
    ];

    private ArrayView<float> Third(KernelCase c) => c.Input(pass == BinaryPass.Forward ? 0 : 2);
}

/// <summary>What of a binary operation is run.</summary>
internal enum BinaryPass
{
    /// <summary>The value.</summary>
    Forward,

    /// <summary>The gradient of the first operand.</summary>
    Left,

    /// <summary>The gradient of the second operand, before it is summed over repetitions.</summary>
    Right,
}
