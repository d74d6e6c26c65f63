using G3DR.Compute;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.Elementwise;

/// <summary>
/// The loops of every unary operation. Variants: <c>plain</c> (one item per index, every device) and <c>simd</c> (vectors, shards on the
/// thread team); float64 has the plain kernels only, as the reference precision. Input and output may be the same memory.
/// </summary>
/// <typeparam name="TOp">The operation.</typeparam>
public static class UnaryKernels<TOp>
    where TOp : struct, IParametricUnaryOp
{
    /// <summary>y[i] = f(x[i]).</summary>
    [Kernel]
    public static void ForwardPlain(Index1D i, ArrayView<float> x, ArrayView<float> y, float a, float b) => y[i] = TOp.Forward(x[i], a, b);

    /// <summary>dx[i] = g[i] f'(x[i]).</summary>
    [Kernel]
    public static void BackwardPlain(Index1D i, ArrayView<float> x, ArrayView<float> y, ArrayView<float> g, ArrayView<float> dx, float a, float b) =>
        dx[i] = TOp.Backward(x[i], y[i], g[i], a, b);

    /// <summary>y[i] = f(x[i]) in double precision.</summary>
    [Kernel]
    public static void ReferencePlain(Index1D i, ArrayView<double> x, ArrayView<double> y, double a, double b) => y[i] = TOp.Reference(x[i], a, b);

    /// <summary>dx[i] = g[i] f'(x[i]) in double precision.</summary>
    [Kernel]
    public static void ReferenceBackwardPlain(
        Index1D i, ArrayView<double> x, ArrayView<double> y, ArrayView<double> g, ArrayView<double> dx, double a, double b) =>
        dx[i] = TOp.ReferenceBackward(x[i], y[i], g[i], a, b);

    /// <summary>y = f(x) by the variant that suits the device.</summary>
    public static void Forward(Accelerator device, ArrayView<float> x, ArrayView<float> y, float a, float b)
    {
        RequireLengths(x.Length, y.Length);
        if (Shards.UseVectors(device))
        {
            ForwardVectors(device, x, y, a, b);
        }
        else
        {
            device.Launch(ForwardPlain, Shards.PlainExtent(x.Length), x, y, a, b);
        }
    }

    /// <summary>dx = g f'(x) by the variant that suits the device.</summary>
    public static void Backward(
        Accelerator device, ArrayView<float> x, ArrayView<float> y, ArrayView<float> g, ArrayView<float> dx, float a, float b)
    {
        RequireLengths(x.Length, y.Length);
        RequireLengths(g.Length, dx.Length);
        RequireLengths(x.Length, g.Length);
        if (Shards.UseVectors(device))
        {
            BackwardVectors(device, x, y, g, dx, a, b);
        }
        else
        {
            device.Launch(BackwardPlain, Shards.PlainExtent(x.Length), x, y, g, dx, a, b);
        }
    }

    /// <summary>y = f(x) in double precision.</summary>
    public static void Forward(Accelerator device, ArrayView<double> x, ArrayView<double> y, double a, double b)
    {
        RequireLengths(x.Length, y.Length);
        device.Launch(ReferencePlain, Shards.PlainExtent(x.Length), x, y, a, b);
    }

    /// <summary>dx = g f'(x) in double precision.</summary>
    public static void Backward(
        Accelerator device, ArrayView<double> x, ArrayView<double> y, ArrayView<double> g, ArrayView<double> dx, double a, double b)
    {
        RequireLengths(x.Length, y.Length);
        RequireLengths(g.Length, dx.Length);
        RequireLengths(x.Length, g.Length);
        device.Launch(ReferenceBackwardPlain, Shards.PlainExtent(x.Length), x, y, g, dx, a, b);
    }

    /// <summary>The vector variant of the forward pass.</summary>
    public static unsafe void ForwardVectors(Accelerator device, ArrayView<float> x, ArrayView<float> y, float a, float b) =>
        Shards.RequireCpu(device).Launch(new ForwardLoop(x.Pointer, y.Pointer, x.Length, a, b), Shards.Count(x.Length));

    /// <summary>The vector variant of the backward pass.</summary>
    public static unsafe void BackwardVectors(
        Accelerator device, ArrayView<float> x, ArrayView<float> y, ArrayView<float> g, ArrayView<float> dx, float a, float b) =>
        Shards.RequireCpu(device).Launch(
            new BackwardLoop(x.Pointer, y.Pointer, g.Pointer, dx.Pointer, x.Length, a, b), Shards.Count(x.Length));

    private static void RequireLengths(long expected, long actual)
    {
        if (expected != actual)
        {
            throw new ArgumentException($"{TOp.Spec.Name} works element by element, but got views of {expected} and {actual} elements.");
        }
    }

    private readonly unsafe struct ForwardLoop(float* x, float* y, long length, float a, float b) : IVectorKernel
    {
        private readonly float* _x = x, _y = y;

        public void Run<V>(int shard)
            where V : struct, ISimd<V>
        {
            long i = (long)shard * Shards.Elements;
            long end = Math.Min(length, i + Shards.Elements);
            V first = V.Create(a), second = V.Create(b);
            for (; i + V.Count <= end; i += V.Count)
            {
                TOp.Forward(V.Load(_x + i), first, second).Store(_y + i);
            }

            if (i < end)
            {
                // The rest goes through a full vector too, so that an element's value does not depend on its position.
                float* buffer = stackalloc float[V.Count];
                int rest = (int)(end - i);
                VectorTail.Load(_x + i, buffer, rest);
                TOp.Forward(V.Load(buffer), first, second).Store(buffer);
                VectorTail.Store(buffer, _y + i, rest);
            }
        }
    }

    private readonly unsafe struct BackwardLoop(float* x, float* y, float* g, float* dx, long length, float a, float b) : IVectorKernel
    {
        private readonly float* _x = x, _y = y, _g = g, _dx = dx;

        public void Run<V>(int shard)
            where V : struct, ISimd<V>
        {
            long i = (long)shard * Shards.Elements;
            long end = Math.Min(length, i + Shards.Elements);
            V first = V.Create(a), second = V.Create(b);
            for (; i + V.Count <= end; i += V.Count)
            {
                TOp.Backward(V.Load(_x + i), V.Load(_y + i), V.Load(_g + i), first, second).Store(_dx + i);
            }

            if (i < end)
            {
                float* buffer = stackalloc float[3 * V.Count];
                int rest = (int)(end - i);
                VectorTail.Load(_x + i, buffer, rest);
                VectorTail.Load(_y + i, buffer + V.Count, rest);
                VectorTail.Load(_g + i, buffer + (2 * V.Count), rest);
                TOp.Backward(V.Load(buffer), V.Load(buffer + V.Count), V.Load(buffer + (2 * V.Count)), first, second).Store(buffer);
                VectorTail.Store(buffer, _dx + i, rest);
            }
        }
    }
}
