using System.Runtime.CompilerServices;
using G3DR.Compute;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.Rendering.Fused;

/// <summary>
/// Forward pass: every ray from its limits to its colour, in the scratch memory of one thread. What runs once per ray is compiled with full optimisation
/// from its first call, so that the first picture is not rendered by unoptimised code.
/// </summary>
internal static unsafe class FusedForward<V>
    where V : struct, ISimd<V>
{
    private const int RaysPerBlock = 32;

    public static void Run(CpuAccelerator device, FusedRenderProblem problem, FusedRenderOutputs outputs, CancellationToken cancel)
    {
        using var scene = new FusedScene<V>(device, problem, scratch: 0);
        for (int n = 0; n < problem.Batch; n++)
        {
            scene.Load(n);
            long first = (long)n * problem.Rays;
            int next = -1, blocks = (problem.Rays + RaysPerBlock - 1) / RaysPerBlock;
            device.Team.For(device.Team.Count, worker =>
            {
                RayScratch ray = scene.Ray(worker);
                int block;
                while ((block = Interlocked.Increment(ref next)) < blocks)
                {
                    cancel.ThrowIfCancellationRequested();
                    for (int r = block * RaysPerBlock; r < Math.Min(problem.Rays, (block + 1) * RaysPerBlock); r++)
                    {
                        Render(scene, ray, first + r, outputs);
                    }
                }
            });
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Render(FusedScene<V> scene, RayScratch ray, long index, in FusedRenderOutputs outputs)
    {
        FusedRenderProblem problem = scene.Problem;
        int coarse = problem.Coarse, samples = problem.Samples, fine = samples - coarse, stride = ray.Samples;
        float* origin = problem.Origins.Pointer + (3 * index), direction = problem.Directions.Pointer + (3 * index);
        float far = problem.Far.Length == 0 ? 0 : problem.Far[index];
        scene.RayBias(direction, ray.Bias);

        // One row of distances and four of outputs; with fine samples they are in two runs that are merged later.
        float* distance = fine == 0 ? ray.Distance : ray.Unsorted;
        float* raw = fine == 0 ? ray.Raw : ray.Unsorted + stride;
        CoarseDistances(problem, ray, index, distance);
        Hold(distance, coarse, stride);
        Decode(scene, ray, origin, direction, distance, coarse, raw);
        if (fine > 0)
        {
            FineDistances(problem, ray, index, far, distance + coarse);
            Hold(distance, samples, stride);

            // Whole vectors are sampled from unaligned starts, so the fine run is moved to the front of a row first.
            Buffer.MemoryCopy(distance + coarse, ray.Distance, stride * sizeof(float), (stride - coarse) * sizeof(float));
            Hold(ray.Distance, fine, stride);
            Decode(scene, ray, origin, direction, ray.Distance, fine, raw + coarse);
            RaySampling.Merge(ray.Unsorted, coarse, fine, stride, ray.Distance, ray.Raw);
        }

        var march = new RayMarch(problem, ray, samples, DepthKernelParameters.None);
        march.Weigh<V>(ray.Distance, ray.Raw, far);
        march.Colors<V>(ray.Raw);
        float* color = stackalloc float[3];
        march.Composite<V>(color, out float depth, out float opacity);
        Store(problem, ray, march, index, color, depth, opacity, outputs);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CoarseDistances(FusedRenderProblem problem, RayScratch ray, long index, float* distance)
    {
        int coarse = problem.Coarse;
        if (problem.CoarseSampling == CoarseSampling.Given)
        {
            new ReadOnlySpan<float>(problem.CoarseDistances.Pointer + (index * coarse), coarse).CopyTo(new(distance, coarse));
            return;
        }

        float* noise = problem.CoarseNoise.Length == 0 ? ray.Random : problem.CoarseNoise.Pointer + (index * coarse);
        if (problem.CoarseNoise.Length == 0)
        {
            RaySampling.FillUniform(problem.Seed, SampleStreams.Coarse, (ulong)((problem.FirstRay + index) * coarse), coarse, noise);
        }

        RaySampling.Coarse(problem.CoarseSampling, problem.Near[index], problem.Far[index], noise, coarse, distance);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FineDistances(FusedRenderProblem problem, RayScratch ray, long index, float far, float* fine)
    {
        int coarse = problem.Coarse, count = problem.Fine, stride = ray.Samples;
        if (problem.FineSampling == FineSampling.SurfaceGuided)
        {
            RaySampling.AroundSurface(problem.SurfaceDepth[index], count, fine);
            return;
        }

        float* uniform = problem.FineNoise.Length == 0 ? ray.Random : problem.FineNoise.Pointer + (index * count);
        if (problem.FineNoise.Length == 0)
        {
            RaySampling.FillUniform(problem.Seed, SampleStreams.Fine, (ulong)((problem.FirstRay + index) * count), count, uniform);
        }

        // Marching reads and writes one place behind the coarse samples, where the fine ones come to lie afterwards.
        var march = new RayMarch(problem, ray, coarse, DepthKernelParameters.None);
        march.Weigh<V>(ray.Unsorted, ray.Unsorted + stride, far);
        RaySampling.Importance<V>(ray.Unsorted, coarse, march.Weight, uniform, count, fine, ray.Random + stride, stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Decode(FusedScene<V> scene, RayScratch ray, float* origin, float* direction, float* distance, int count, float* raw)
    {
        scene.Sample(ray, origin, direction, distance, count);
        RayPass.Head<V>(ray.Hidden, count, scene.Layout.Hidden, scene.Second, scene.SecondBias, raw, ray.Samples);
    }

    /// <summary>Repeats the last distance to the end of the row, so that whole vectors read finite numbers.</summary>
    private static void Hold(float* distance, int count, int stride) => new Span<float>(distance + count, stride - count).Fill(distance[count - 1]);

    private static void Store(
        FusedRenderProblem problem, RayScratch ray, RayMarch march, long index, float* color, float depth, float opacity, in FusedRenderOutputs outputs)
    {
        if (outputs.Color.Length > 0)
        {
            new ReadOnlySpan<float>(color, 3).CopyTo(new(outputs.Color.Pointer + (3 * index), 3));
        }

        if (outputs.Depth.Length > 0)
        {
            outputs.Depth[index] = depth;
        }

        if (outputs.Opacity.Length > 0)
        {
            outputs.Opacity[index] = opacity;
        }

        int samples = problem.Samples, weights = march.Items;
        if (outputs.Distances.Length > 0)
        {
            new ReadOnlySpan<float>(ray.Distance, samples).CopyTo(new(outputs.Distances.Pointer + (index * samples), samples));
        }

        if (outputs.Weights.Length > 0)
        {
            new ReadOnlySpan<float>(march.Weight, weights).CopyTo(new(outputs.Weights.Pointer + (index * weights), weights));
        }
    }
}
