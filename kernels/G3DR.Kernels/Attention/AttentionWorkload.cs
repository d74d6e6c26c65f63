using G3DR.Compute;
using G3DR.Kernels.Catalogue;

namespace G3DR.Kernels.Attention;

/// <summary>
/// One pass of attention: (batch, queries, keys, heads, channels of queries, channels of values, options). Options: 1 causal, 2 with a mask for each sequence
/// and head, 4 with a mask for all; 8 queries, keys and values are one packed tensor.
/// </summary>
internal sealed class AttentionWorkload(bool backward) : KernelWorkload
{
    private const int Causal = 1, MaskForEach = 2, MaskForAll = 4, Packed = 8;

    public override string Op => backward ? "attention backward" : "attention";

    public override IReadOnlyList<KernelVariant> Variants => backward
        ?
        [
            KernelVariant.Plain(c => Backward(c, AttentionKernels.BackwardPlain)),
            KernelVariant.Simd(c => Backward(c, AttentionKernels.BackwardVectors)),
            KernelVariant.Grouped("tiled", c => Backward(c, AttentionTiles.Backward)),
        ]
        :
        [
            KernelVariant.Plain(c => Forward(c, AttentionKernels.ForwardPlain)),
            KernelVariant.Simd(c => Forward(c, AttentionKernels.ForwardVectors)),
            KernelVariant.Grouped("tiled", c => Forward(c, AttentionTiles.Forward)),
        ];

    public override IReadOnlyList<WorkloadSize> TestSizes { get; } =
    [
        new(1, 1, 1, 1, 1, 1, 0), new(2, 17, 33, 3, 5, 7, 0), new(1, 131, 67, 2, 40, 40, 0), new(1, 65, 65, 2, 64, 64, Packed),
        new(2, 70, 70, 1, 32, 32, Packed | Causal), new(1, 20, 50, 2, 6, 3, Causal), new(1, 50, 20, 2, 6, 3, Causal),
        new(2, 33, 45, 2, 16, 9, MaskForEach), new(2, 45, 33, 2, 9, 16, MaskForAll), new(1, 40, 40, 1, 17, 17, Packed | MaskForEach | Causal),
        new(1, 35, 600, 1, 19, 21, 0), new(1, 3, 5, 1, 260, 300, 0), new(1, 300, 200, 1, 12, 12, Causal),
    ];

    public override IReadOnlyList<WorkloadSize> EmulatorSizes { get; } =
    [
        new(1, 1, 1, 1, 1, 1, 0), new(1, 33, 40, 1, 17, 20, MaskForAll), new(1, 34, 34, 2, 5, 5, Packed | Causal), new(1, 5, 3, 1, 70, 3, MaskForEach),
        new(1, 3, 5, 1, 3, 66, 0),
    ];

    // The U-Net's, and transformer encoders of 224 and 518 pixels.
    public override IReadOnlyList<WorkloadSize> BenchSizes { get; } =
    [
        new(1, 256, 256, 4, 32, 32, Packed), new(1, 197, 197, 12, 64, 64, Packed), new(1, 1370, 1370, 6, 64, 64, Packed),
    ];

    // Products of up to a few hundred terms below 1, exponentials of scores with their rounding errors, weights that sum to 1.
    public override double Tolerance(WorkloadSize size) => 4e-6;

    public override double Flops(WorkloadSize size)
    {
        AttentionShape shape = ShapeOf(size);
        double pairs = (double)shape.Products * shape.Rows * shape.Keys;
        return pairs * (backward ? (6.0 * shape.Depth) + (4.0 * shape.ValueDepth) : 2.0 * (shape.Depth + shape.ValueDepth));
    }

    public override double Bytes(WorkloadSize size)
    {
        AttentionShape shape = ShapeOf(size);
        double queries = (double)shape.Rows * (shape.Depth + shape.ValueDepth), keys = (double)shape.Keys * (shape.Depth + shape.ValueDepth);
        return sizeof(float) * shape.Products * (queries + keys) * (backward ? 2 : 1);
    }

    public override KernelCase Prepare(Accelerator device, WorkloadSize size, ulong seed)
    {
        AttentionShape shape = ShapeOf(size);
        float[][] inputs = IsPacked(size)
            ? [KernelCase.Draw((long)shape.Batch * shape.Rows * shape.QueryStep, (-2, 2), seed, 0)]
            :
            [
                KernelCase.Draw((long)shape.Batch * shape.Rows * shape.QueryStep, (-2, 2), seed, 0),
                KernelCase.Draw((long)shape.Batch * shape.Keys * shape.KeyStep, (-2, 2), seed, 1),
                KernelCase.Draw((long)shape.Batch * shape.Keys * shape.ValueStep, (-2, 2), seed, 2),
            ];
        float[] mask = DrawMask(shape, size, seed);
        long results = (long)shape.Batch * shape.Rows * shape.ResultStep, rows = (long)shape.Products * shape.Rows;
        if (!backward)
        {
            return new(device, size, [.. inputs, mask], results, rows);
        }

        var naive = new AttentionReference(shape, Scale(shape), Operands(inputs, shape), mask);
        float[][] saved = [Array.ConvertAll(naive.Results, x => (float)x), Array.ConvertAll(naive.LogSums, x => (float)x)];
        return new(
            device, size, [.. inputs, mask, .. saved, KernelCase.Draw(results, (-1, 1), seed, 3)], [.. inputs.Select(input => (long)input.Length)]);
    }

    public override IReadOnlyList<double[]> Reference(KernelCase prepared)
    {
        AttentionShape shape = ShapeOf(prepared.Size);
        int count = IsPacked(prepared.Size) ? 1 : 3;
        float[][] inputs = [.. prepared.Inputs.Take(count)];
        var naive = new AttentionReference(shape, Scale(shape), Operands(inputs, shape), prepared.Inputs[count]);
        if (!backward)
        {
            return [naive.Results, naive.LogSums];
        }

        double[][] gradients = [.. inputs.Select(input => new double[input.Length])];
        naive.Backward(prepared.Inputs[count + 3], Operands(gradients, shape));
        return gradients;
    }

    private static void Forward(
        KernelCase c, Action<Accelerator, AttentionShape, double, AttentionInputs<float>, AttentionResult<float>> run)
    {
        AttentionShape shape = ShapeOf(c.Size);
        run(c.Device, shape, Scale(shape), Inputs(c, shape), new(c.Output(0), c.Output(1)));
    }

    private static void Backward(
        KernelCase c,
        Action<Accelerator, AttentionShape, double, AttentionInputs<float>, AttentionResult<float>, ArrayView<float>, AttentionGradients<float>> run)
    {
        AttentionShape shape = ShapeOf(c.Size);
        int saved = IsPacked(c.Size) ? 2 : 4;
        ArrayView<float>[] gradients = Views(c.Output, shape, c.Size);
        run(
            c.Device, shape, Scale(shape), Inputs(c, shape), new(c.Input(saved), c.Input(saved + 1)), c.Input(saved + 2),
            new(gradients[0], gradients[1], gradients[2]));
    }

    private static AttentionInputs<float> Inputs(KernelCase c, AttentionShape shape)
    {
        ArrayView<float>[] views = Views(c.Input, shape, c.Size);
        return new(views[0], views[1], views[2], c.Input(IsPacked(c.Size) ? 1 : 3));
    }

    private static ArrayView<float>[] Views(Func<int, ArrayView<float>> tensor, AttentionShape shape, WorkloadSize size)
    {
        if (!IsPacked(size))
        {
            return [tensor(0), tensor(1), tensor(2)];
        }

        ArrayView<float> all = tensor(0);
        int channels = shape.Heads * shape.Depth;
        return [all, all.SubView(channels, all.Length - channels), all.SubView(2 * channels, all.Length - (2 * channels))];
    }

    private static ArraySegment<T>[] Operands<T>(T[][] tensors, AttentionShape shape)
    {
        int channels = shape.Heads * shape.Depth;
        return tensors.Length == 3
            ? [tensors[0], tensors[1], tensors[2]]
            : [tensors[0], new(tensors[0], channels, tensors[0].Length - channels), new(tensors[0], 2 * channels, tensors[0].Length - (2 * channels))];
    }

    // Some keys hidden; never all of a query's, for which the logarithm of the sum would be infinite and no number to compare.
    private static float[] DrawMask(AttentionShape shape, WorkloadSize size, ulong seed)
    {
        int masks = (Options(size) & MaskForEach) != 0 ? shape.Products : (Options(size) & MaskForAll) != 0 ? 1 : 0;
        float[] mask = KernelCase.Draw((long)masks * shape.Rows * shape.Keys, (-2, 2), seed, 4);
        for (int i = 0; i < mask.Length; i++)
        {
            mask[i] = i % shape.Keys > 0 && mask[i] < -1 ? float.NegativeInfinity : mask[i];
        }

        return mask;
    }

    private static int Options(WorkloadSize size) => size.Axes[6];

    private static bool IsPacked(WorkloadSize size) => (Options(size) & Packed) != 0;

    private static double Scale(AttentionShape shape) => 1 / Math.Sqrt(shape.Depth);

    private static AttentionShape ShapeOf(WorkloadSize size)
    {
        int rows = size.Axes[1], keys = size.Axes[2], heads = size.Axes[3], depth = size.Axes[4], options = Options(size);
        var shape = new AttentionShape(size.Axes[0], heads, rows, keys, depth, size.Axes[5]) { Causal = options & Causal };
        if ((options & (MaskForEach | MaskForAll)) != 0)
        {
            long perHead = (options & MaskForEach) != 0 ? (long)rows * keys : 0;
            shape = shape with { MaskRowStep = keys, MaskHeadStep = perHead, MaskBatchStep = perHead * heads };
        }

        int step = 3 * heads * depth;
        return IsPacked(size) ? shape with { QueryStep = step, KeyStep = step, ValueStep = step } : shape;
    }
}
