using System.Runtime.CompilerServices;
using G3DR.Compute;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.Rendering.Fused;

/// <summary>
/// Backward pass in chunks of rays. First every ray computes its features again and the gradient of its hidden units (rays in parallel);
/// then each task adds these to the texels of the maps and units it alone owns, ray after ray (texels in parallel). So no two threads
/// write the same number, no thread needs planes of its own, and the order of additions does not depend on the threads.
/// </summary>
internal static unsafe class FusedBackward<V>
    where V : struct, ISimd<V>
{
    private const int RaysPerBlock = 16;

    // Hidden gradients of one chunk: small enough to stay in the second-level caches, large enough to hide the hand-over between the two steps.
    private const long ChunkFloats = 1 << 20;

    public static void Run(CpuAccelerator device, FusedRenderProblem problem, FusedRenderCotangents cotangents, FusedRenderGradients gradients, CancellationToken cancel)
    {
        int units = HiddenPlanes.PadHidden(problem.Hidden), samples = problem.Samples;
        int chunk = (int)Math.Clamp(ChunkFloats / ((long)units * samples) / RaysPerBlock * RaysPerBlock, RaysPerBlock, 1 << 14);
        var sums = new DecoderSums(units, problem.Channels);
        using var scene = new FusedScene<V>(device, problem, HiddenPlanes.OuterScratch(problem));
        using var gradient = device.Allocate<float>(scene.Layout.Length);
        using var hiddenGradient = device.Allocate<float>((long)chunk * samples * units);
        using var partials = device.Allocate<float>((long)chunk / RaysPerBlock * DecoderSums.BlockSize(units));
        for (int n = 0; n < problem.Batch; n++)
        {
            scene.Load(n);
            gradient.Clear();
            float* texels = gradient.View.Pointer, hidden = hiddenGradient.View.Pointer, blockSums = partials.View.Pointer;
            for (int start = 0; start < problem.Rays; start += chunk)
            {
                cancel.ThrowIfCancellationRequested();
                int rays = Math.Min(chunk, problem.Rays - start), blocks = (rays + RaysPerBlock - 1) / RaysPerBlock;
                long first = ((long)n * problem.Rays) + start;
                RayGradients(device, scene, cotangents, first, rays, hidden, blockSums);
                for (int block = 0; block < blocks; block++)
                {
                    sums.Add(blockSums + (block * DecoderSums.BlockSize(units)));
                }

                ScatterChunk(device, scene, cotangents.Distances.Pointer, first, rays, hidden, texels);
            }

            float* gradPlanes = gradients.Planes.Pointer + (n * 3L * problem.Height * problem.Width * problem.Channels);
            HiddenPlanes.Backward<V>(device.Team, scene.Layout, problem, scene.Planes(n), scene.FirstTransposed, texels, gradPlanes, sums.First, scene.Scratch);
        }

        sums.Store(problem, gradients);
    }

    private static void RayGradients(
        CpuAccelerator device, FusedScene<V> scene, FusedRenderCotangents cotangents, long first, int rays, float* hiddenGradient, float* partials)
    {
        int units = scene.Layout.Hidden, next = -1, blocks = (rays + RaysPerBlock - 1) / RaysPerBlock;
        long perRay = (long)scene.Problem.Samples * units, perBlock = DecoderSums.BlockSize(units);
        device.Team.For(device.Team.Count, worker =>
        {
            RayScratch ray = scene.Ray(worker);
            int block;
            while ((block = Interlocked.Increment(ref next)) < blocks)
            {
                float* sums = partials + (block * perBlock);
                new Span<float>(sums, (int)perBlock).Clear();
                for (int r = block * RaysPerBlock; r < Math.Min(rays, (block + 1) * RaysPerBlock); r++)
                {
                    RayGradient(scene, ray, cotangents, first + r, hiddenGradient + (r * perRay), sums);
                }
            }
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RayGradient(
        FusedScene<V> scene, RayScratch ray, in FusedRenderCotangents cotangents, long index, float* hiddenGradient, float* sums)
    {
        FusedRenderProblem problem = scene.Problem;
        int samples = problem.Samples, units = scene.Layout.Hidden, stride = ray.Samples;
        float* origin = problem.Origins.Pointer + (3 * index), direction = problem.Directions.Pointer + (3 * index);
        LoadDistances(ray, cotangents.Distances.Pointer, index, samples);
        scene.RayBias(direction, ray.Bias);
        scene.Sample(ray, origin, direction, ray.Distance, samples);
        RayPass.HeadKeeping<V>(ray.Hidden, ray.Sigmoid, samples, units, scene.Second, scene.SecondBias, ray.Raw, stride);

        bool scaled = problem.SurfaceDepth.Length > 0;
        var march = new RayMarch(problem, ray, samples, scaled ? problem.Kernel : DepthKernelParameters.None);
        float* color = stackalloc float[3];
        march.Weigh<V>(ray.Distance, ray.Raw, problem.Far.Length == 0 ? 0 : problem.Far[index]);
        march.Colors<V>(ray.Raw);
        march.Composite<V>(color, out float depth, out float opacity);

        float* gradColor = stackalloc float[3];
        for (int c = 0; c < 3; c++)
        {
            gradColor[c] = cotangents.Color.Length == 0 ? 0 : cotangents.Color[(3 * index) + c];
        }

        float gradDepth = cotangents.Depth.Length == 0 ? 0 : cotangents.Depth[index];
        float gradOpacity = cotangents.Opacity.Length == 0 ? 0 : cotangents.Opacity[index];
        float* gradWeights = cotangents.Weights.Length == 0 ? null : cotangents.Weights.Pointer + (index * march.Items);
        march.Gradient<V>(gradColor, gradDepth, gradOpacity, gradWeights, depth, opacity, scaled ? problem.SurfaceDepth[index] : 0, ray.RawGradient);

        // The ray's own sum of hidden gradients is the gradient of its bias, which carries the direction.
        RayPass.HeadGradient<V>(
            ray.Hidden, ray.Sigmoid, ray.RawGradient, stride, samples, units, scene.Second, DecoderSums.SecondOf(sums), DecoderSums.FirstBiasOf(sums, units), ray.Bias, hiddenGradient);
        for (int o = 0; o < 4; o++)
        {
            float sum = 0;
            for (int s = 0; s < samples; s++)
            {
                sum += ray.RawGradient[(o * stride) + s];
            }

            DecoderSums.SecondBiasOf(sums, units)[o] += sum;
        }

        if (problem.UsesDirections)
        {
            DecoderSums.AddDirection(sums, units, direction, ray.Bias);
        }
    }

    private static void ScatterChunk(
        CpuAccelerator device, FusedScene<V> scene, float* distances, long first, int rays, float* hiddenGradient, float* texels)
    {
        FusedRenderProblem problem = scene.Problem;
        HiddenLayout layout = scene.Layout;
        int levels = problem.Levels - problem.FinestLevel, slices = layout.Hidden / RayPass.ScatterUnits, planes = layout.Sources.Length;

        // Few threads share the addresses of a ray between levels; many threads need more tasks.
        int levelTasks = planes * slices >= 2 * device.Team.Count ? 1 : levels;
        int next = -1, tasks = levelTasks * planes * slices;
        device.Team.For(device.Team.Count, worker =>
        {
            RayScratch ray = scene.Ray(worker);
            int task;
            while ((task = Interlocked.Increment(ref next)) < tasks)
            {
                int level = problem.FinestLevel + (task / (planes * slices)), plane = task / slices % planes, slice = task % slices;
                int end = levelTasks == 1 ? problem.Levels : level + 1;
                Scatter(scene, ray, distances, first, rays, hiddenGradient, texels, plane, slice, level, end);
            }
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Scatter(
        FusedScene<V> scene, RayScratch ray, float* distances, long first, int rays, float* hiddenGradient, float* texels, int plane, int slice, int firstLevel, int endLevel)
    {
        FusedRenderProblem problem = scene.Problem;
        HiddenLayout layout = scene.Layout;
        int samples = problem.Samples, units = layout.Hidden;
        float scale = 2 / problem.BoxSize;
        for (int r = 0; r < rays; r++)
        {
            long index = first + r;
            LoadDistances(ray, distances, index, samples);
            RayPass.Positions<V>(problem.Origins.Pointer + (3 * index), problem.Directions.Pointer + (3 * index), scale, ray.Distance, samples, ray.Coordinate, ray.Samples);
            float* gradient = hiddenGradient + ((long)r * samples * units);
            for (int level = firstLevel; level < endLevel; level++)
            {
                scene.Texels(ray, level, plane, samples, ray.Offset, ray.Weight);
                RayPass.Scatter<V>(
                    texels + layout.Offsets[level][plane], layout.RowStride(level), ray.Offset, ray.Weight, ray.Samples, samples, units, slice * RayPass.ScatterUnits, gradient);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void LoadDistances(RayScratch ray, float* distances, long index, int samples)
    {
        new ReadOnlySpan<float>(distances + (index * samples), samples).CopyTo(new(ray.Distance, samples));
        new Span<float>(ray.Distance + samples, ray.Samples - samples).Fill(ray.Distance[samples - 1]);
    }
}
