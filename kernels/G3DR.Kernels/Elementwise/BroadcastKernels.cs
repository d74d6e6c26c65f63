using G3DR.Compute;
using G3DR.Compute.Simd;
using G3DR.Kernels.Layout;

namespace G3DR.Kernels.Elementwise;

/// <summary>Steps of one operand along the three axes of a launch.</summary>
/// <param name="X">Along x.</param>
/// <param name="Y">Along y.</param>
/// <param name="Z">Along z.</param>
public readonly record struct Steps3(int X, int Y, int Z)
{
    /// <summary>Offset of an index.</summary>
    public int Offset(Index3D i) => (i.X * X) + (i.Y * Y) + (i.Z * Z);
}

/// <summary>
/// The loops of functions of two or three broadcast operands. Variants: <c>plain</c> and <c>simd</c>; float64 has plain kernels only.
/// The result may be the same memory as an operand that is not repeated.
/// </summary>
/// <typeparam name="TFunction">The function.</typeparam>
public static class BroadcastKernels<TFunction>
    where TFunction : struct, IBroadcastFunction
{
    /// <summary>One block of up to three axes.</summary>
    [Kernel]
    public static void Plain(
        Index3D i, ArrayView<float> a, ArrayView<float> b, ArrayView<float> c, ArrayView<float> y, Steps3 sa, Steps3 sb, Steps3 sc, Steps3 sy) =>
        y[sy.Offset(i)] = TFunction.Evaluate(a[sa.Offset(i)], b[sb.Offset(i)], c[sc.Offset(i)]);

    /// <summary>One block of up to three axes in double precision.</summary>
    [Kernel]
    public static void ReferencePlain(
        Index3D i, ArrayView<double> a, ArrayView<double> b, ArrayView<double> c, ArrayView<double> y, Steps3 sa, Steps3 sb, Steps3 sc, Steps3 sy) =>
        y[sy.Offset(i)] = TFunction.Reference(a[sa.Offset(i)], b[sb.Offset(i)], c[sc.Offset(i)]);

    /// <summary>y = f(a, b, c) by the variant that suits the device; pass b again as c where the function has no third operand.</summary>
    public static void Run(
        Accelerator device, BroadcastLayout layout, ArrayView<float> a, ArrayView<float> b, ArrayView<float> c, ArrayView<float> y)
    {
        RequireLength(layout, y.Length);
        if (Shards.UseVectors(device))
        {
            RunVectors(device, layout, a, b, c, y);
        }
        else
        {
            RunPlain(device, layout, a, b, c, y);
        }
    }

    /// <summary>y = f(a, b, c) in double precision.</summary>
    public static void Run(
        Accelerator device, BroadcastLayout layout, ArrayView<double> a, ArrayView<double> b, ArrayView<double> c, ArrayView<double> y)
    {
        RequireLength(layout, y.Length);
        LaunchBlocks(ReferencePlain, device, layout, a, b, c, y);
    }

    /// <summary>The plain variant.</summary>
    public static void RunPlain(
        Accelerator device, BroadcastLayout layout, ArrayView<float> a, ArrayView<float> b, ArrayView<float> c, ArrayView<float> y) =>
        LaunchBlocks(Plain, device, layout, a, b, c, y);

    /// <summary>The vector variant.</summary>
    public static unsafe void RunVectors(
        Accelerator device, BroadcastLayout layout, ArrayView<float> a, ArrayView<float> b, ArrayView<float> c, ArrayView<float> y) =>
        Shards.RequireCpu(device).Launch(new Loop(layout, a.Pointer, b.Pointer, c.Pointer, y.Pointer), Shards.Count(layout.Length));

    // One launch for each index of the axes before the last three.
    private static void LaunchBlocks<T>(
        Action<Index3D, ArrayView<T>, ArrayView<T>, ArrayView<T>, ArrayView<T>, Steps3, Steps3, Steps3, Steps3> kernel,
        Accelerator device,
        BroadcastLayout layout,
        ArrayView<T> a,
        ArrayView<T> b,
        ArrayView<T> c,
        ArrayView<T> y)
        where T : unmanaged
    {
        int rank = layout.Sizes.Count;
        int SizeOf(int fromEnd) => fromEnd <= rank ? layout.Sizes[rank - fromEnd] : 1;
        var extent = new Index3D(SizeOf(1), SizeOf(2), SizeOf(3));
        if (extent.Size == 0)
        {
            return;
        }

        // The offsets of a block are 32-bit numbers.
        int blockLength = Shards.PlainExtent(extent.Size);
        var block = new Steps3(1, extent.X, extent.X * extent.Y);
        long rowsPerBlock = (long)extent.Y * extent.Z;
        for (long start = 0; start < layout.Length; start += blockLength)
        {
            long row = start / blockLength * rowsPerBlock;
            ArrayView<T> From(ArrayView<T> view, int operand)
            {
                long offset = layout.RowOffset(operand, row);
                return view.SubView(offset, view.Length - offset);
            }

            device.Launch(
                kernel, extent, From(a, 0), From(b, 1), From(c, 2), y.SubView(start, blockLength), Steps(layout, 0), Steps(layout, 1), Steps(layout, 2), block);
        }
    }

    private static Steps3 Steps(BroadcastLayout layout, int operand)
    {
        long[] strides = layout.Strides[operand];
        int StepOf(int fromEnd) => fromEnd <= strides.Length ? checked((int)strides[^fromEnd]) : 0;
        return new(StepOf(1), StepOf(2), StepOf(3));
    }

    private static void RequireLength(BroadcastLayout layout, long length)
    {
        if (layout.Length != length)
        {
            throw new ArgumentException($"The result has {layout.Length} elements, its view {length}.");
        }
    }

    private readonly unsafe struct Loop(BroadcastLayout layout, float* a, float* b, float* c, float* y) : IVectorKernel
    {
        private readonly float* _a = a, _b = b, _c = c, _y = y;

        public void Run<V>(int shard)
            where V : struct, ISimd<V>
        {
            int rowLength = layout.RowLength;
            long i = (long)shard * Shards.Elements;
            long end = Math.Min(layout.Length, i + Shards.Elements);
            bool repeatA = layout.Strides[0][^1] == 0, repeatB = layout.Strides[1][^1] == 0, repeatC = layout.Strides[2][^1] == 0;
            float* buffer = stackalloc float[3 * V.Count];
            while (i < end)
            {
                long row = i / rowLength, column = i % rowLength;
                long count = Math.Min(rowLength - column, end - i);
                float* a = _a + layout.RowOffset(0, row) + (repeatA ? 0 : column);
                float* b = _b + layout.RowOffset(1, row) + (repeatB ? 0 : column);
                float* c = _c + (TFunction.UsesThird ? layout.RowOffset(2, row) + (repeatC ? 0 : column) : 0);
                V fixedA = V.Create(*a), fixedB = V.Create(*b), fixedC = V.Create(*c);
                long k = 0;
                for (; k + V.Count <= count; k += V.Count)
                {
                    V third = !TFunction.UsesThird || repeatC ? fixedC : V.Load(c + k);
                    TFunction.Evaluate(repeatA ? fixedA : V.Load(a + k), repeatB ? fixedB : V.Load(b + k), third).Store(_y + i + k);
                }

                if (k < count)
                {
                    int rest = (int)(count - k);
                    V lastA = repeatA ? fixedA : LoadRest<V>(a + k, buffer, rest);
                    V lastB = repeatB ? fixedB : LoadRest<V>(b + k, buffer + V.Count, rest);
                    V lastC = !TFunction.UsesThird || repeatC ? fixedC : LoadRest<V>(c + k, buffer + (2 * V.Count), rest);
                    TFunction.Evaluate(lastA, lastB, lastC).Store(buffer);
                    VectorTail.Store(buffer, _y + i + k, rest);
                }

                i += count;
            }
        }

        private static V LoadRest<V>(float* source, float* buffer, int rest)
            where V : struct, ISimd<V>
        {
            VectorTail.Load(source, buffer, rest);
            return V.Load(buffer);
        }
    }
}
