using G3DR.Compute;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.Optimizers;

/// <summary>
/// One fused Adam step in place. Variants: <c>plain</c> and <c>simd</c>; float64 has the plain kernel only. Coefficients are float32 in both.
/// </summary>
public static class AdamKernels
{
    /// <summary>One parameter.</summary>
    [Kernel]
    public static void Plain(
        Index1D i, ArrayView<float> p, ArrayView<float> g, ArrayView<float> m, ArrayView<float> v, float rate, float beta1, float beta2, AdamScales scales)
    {
        float gradient = g[i];
        float first = m[i] + ((1f - beta1) * (gradient - m[i]));
        float second = (beta2 * v[i]) + ((1f - beta2) * gradient * gradient);
        m[i] = first;
        v[i] = second;
        p[i] = (scales.Keep * p[i]) - (rate * first / ((XMath.Sqrt(second) * scales.Unbias) + scales.Epsilon));
    }

    /// <summary>One parameter in double precision.</summary>
    [Kernel]
    public static void ReferencePlain(
        Index1D i, ArrayView<double> p, ArrayView<double> g, ArrayView<double> m, ArrayView<double> v, AdamStep step)
    {
        double gradient = g[i];
        double first = m[i] + ((1 - step.Beta1) * (gradient - m[i]));
        double second = (step.Beta2 * v[i]) + ((1 - step.Beta2) * gradient * gradient);
        m[i] = first;
        v[i] = second;
        p[i] = (step.Keep * p[i]) - (step.Rate * first / ((XMath.Sqrt(second) * step.Unbias) + step.Epsilon));
    }

    /// <summary>Updates parameters and both moments by the variant that suits the device.</summary>
    /// <param name="device">Where to run.</param>
    /// <param name="p">Parameters.</param>
    /// <param name="g">Gradients.</param>
    /// <param name="m">First moments.</param>
    /// <param name="v">Second moments.</param>
    /// <param name="step">Numbers of the step.</param>
    public static void Run(Accelerator device, ArrayView<float> p, ArrayView<float> g, ArrayView<float> m, ArrayView<float> v, AdamStep step)
    {
        RequireLengths(p.Length, g.Length, m.Length, v.Length);
        if (Shards.UseVectors(device))
        {
            RunVectors(device, p, g, m, v, step);
        }
        else
        {
            RunPlain(device, p, g, m, v, step);
        }
    }

    /// <summary>The plain variant.</summary>
    public static void RunPlain(
        Accelerator device, ArrayView<float> p, ArrayView<float> g, ArrayView<float> m, ArrayView<float> v, AdamStep step) => device.Launch(
            Plain, Shards.PlainExtent(p.Length), p, g, m, v, (float)step.Rate, (float)step.Beta1, (float)step.Beta2, AdamScales.Of(step));

    /// <summary>The vector variant.</summary>
    public static unsafe void RunVectors(
        Accelerator device, ArrayView<float> p, ArrayView<float> g, ArrayView<float> m, ArrayView<float> v, AdamStep step) =>
        Shards.RequireCpu(device).Launch(new Loop(p.Pointer, g.Pointer, m.Pointer, v.Pointer, p.Length, step), Shards.Count(p.Length));

    /// <summary>The same in double precision.</summary>
    public static void Run(Accelerator device, ArrayView<double> p, ArrayView<double> g, ArrayView<double> m, ArrayView<double> v, AdamStep step)
    {
        RequireLengths(p.Length, g.Length, m.Length, v.Length);
        device.Launch(ReferencePlain, Shards.PlainExtent(p.Length), p, g, m, v, step);
    }

    private static void RequireLengths(long p, long g, long m, long v)
    {
        if (p != g || p != m || p != v)
        {
            throw new ArgumentException($"Adam needs as many gradients and moments as parameters, got {p} parameters, {g} gradients, {m} and {v} moments.");
        }
    }

    private readonly unsafe struct Loop(float* p, float* g, float* m, float* v, long length, AdamStep step) : IVectorKernel
    {
        private readonly float* _p = p, _g = g, _m = m, _v = v;

        public void Run<V>(int shard)
            where V : struct, ISimd<V>
        {
            var vectors = new Vectors<V>(step);
            long i = (long)shard * Shards.Elements;
            long end = Math.Min(length, i + Shards.Elements);
            for (; i + V.Count <= end; i += V.Count)
            {
                vectors.Update(_p + i, _g + i, _m + i, _v + i);
            }

            int rest = (int)(end - i);
            if (rest > 0)
            {
                float* buffer = stackalloc float[4 * V.Count];
                float* p = buffer, g = p + V.Count, m = g + V.Count, v = m + V.Count;
                VectorTail.Load(_p + i, p, rest);
                VectorTail.Load(_g + i, g, rest);
                VectorTail.Load(_m + i, m, rest);
                VectorTail.Load(_v + i, v, rest);
                vectors.Update(p, g, m, v);
                VectorTail.Store(p, _p + i, rest);
                VectorTail.Store(m, _m + i, rest);
                VectorTail.Store(v, _v + i, rest);
            }
        }
    }

    private readonly unsafe struct Vectors<V>(AdamStep step)
        where V : struct, ISimd<V>
    {
        private readonly V _rate = V.Create((float)step.Rate), _beta2 = V.Create((float)step.Beta2), _unbias = V.Create((float)step.Unbias);
        private readonly V _epsilon = V.Create((float)step.Epsilon), _keep = V.Create((float)step.Keep);
        private readonly V _gain1 = V.Create(1f - (float)step.Beta1), _gain2 = V.Create(1f - (float)step.Beta2);

        public void Update(float* p, float* g, float* m, float* v)
        {
            V gradient = V.Load(g);
            V first = V.Load(m);
            first = V.MultiplyAdd(_gain1, gradient - first, first);
            V second = V.MultiplyAdd(_gain2 * gradient, gradient, _beta2 * V.Load(v));
            first.Store(m);
            second.Store(v);
            V change = _rate * first / V.MultiplyAdd(V.Sqrt(second), _unbias, _epsilon);
            V.MultiplyAdd(_keep, V.Load(p), -change).Store(p);
        }
    }
}

/// <summary>The scales of a step, in single precision.</summary>
/// <param name="Unbias">1 / sqrt(1 - beta2^t).</param>
/// <param name="Epsilon">Added to the root.</param>
/// <param name="Keep">Factor of the parameter.</param>
public readonly record struct AdamScales(float Unbias, float Epsilon, float Keep)
{
    /// <summary>The scales of a step.</summary>
    public static AdamScales Of(AdamStep step) => new((float)step.Unbias, (float)step.Epsilon, (float)step.Keep);
}
