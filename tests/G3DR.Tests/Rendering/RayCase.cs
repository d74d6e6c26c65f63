using FsCheck;
using FsCheck.Fluent;
using G3DR.Compute;
using G3DR.Core.Rendering;
using G3DR.Core.Tensors;

namespace G3DR.Tests.Rendering;

/// <summary>Random rays, a kernel and surfaces, made from a few numbers so that a failing case can be read and repeated.</summary>
public sealed record RayCase(int Rays, int Samples, int Seed, double S1, double S2, double Min, double Max)
{
    /// <summary>Cases of all sorts: single rays and samples, sharp and flat kernels, kernels that are cut above or below everywhere.</summary>
    public static Arbitrary<RayCase> Any { get; } = Make(smallest: 1);

    /// <summary>Cases with at least one interval.</summary>
    public static Arbitrary<RayCase> WithIntervals { get; } = Make(smallest: 2);

    public DepthKernel Kernel => DepthKernel.Paper(S1, S2, Min, Max);

    /// <summary>Distances (rays, samples), rising from 4 to about 6.</summary>
    public Tensor Distances(Accelerator device, DType dtype = DType.Float64)
    {
        using Tensor noise = Uniform(device, [Rays, Samples], 0, dtype);
        using Tensor near = Tensor.Full(device, [Rays], 4, dtype), far = Tensor.Full(device, [Rays], 6, dtype);
        return RaySampler.Bins(near, far, noise);
    }

    public Tensor Surface(Accelerator device, DType dtype = DType.Float64)
    {
        using Tensor uniform = Uniform(device, [Rays], 1, dtype);
        return uniform.Affine(2, 4);
    }

    /// <summary>Numbers of a standard normal distribution.</summary>
    public Tensor Normal(Accelerator device, Shape shape, uint stream, DType dtype = DType.Float64) => Tensor.Normal(device, shape, (ulong)Seed, stream, dtype);

    /// <summary>Numbers in [0, 1).</summary>
    public Tensor Uniform(Accelerator device, Shape shape, uint stream, DType dtype = DType.Float64) => Tensor.Uniform(device, shape, (ulong)Seed, stream, dtype);

    /// <summary>The kernel, written down once more: k of every sample for (rays, samples).</summary>
    public double[] ExpectedKernel(Tensor distances, Tensor surface)
    {
        double[] t = distances.ToDoubles(), x = surface.ToDoubles(), k = new double[t.Length];
        int perRay = t.Length / x.Length;
        for (int i = 0; i < k.Length; i++)
        {
            double d = x[i / perRay] - t[i];
            k[i] = Math.Min(Max, Math.Max(S1 * Math.Exp(-d * d / S2), Min));
        }

        return k;
    }

    private static Arbitrary<RayCase> Make(int smallest) =>
        (from rays in Gen.Choose(1, 4)
         from samples in Gen.Choose(smallest, 9)
         from seed in Gen.Choose(0, 1_000_000)
         from s1 in Gen.Choose(0, 30)
         from s2 in Gen.Elements(1e-6, 0.003, 0.03, 0.1, 1, 100, double.PositiveInfinity)
         from min in Gen.Choose(1, 20)
         from above in Gen.Choose(0, 20)
         select new RayCase(rays, samples, seed, s1 / 10.0, s2, min / 20.0, (min + above) / 20.0)).ToArbitrary();
}
