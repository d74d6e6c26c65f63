using G3DR.Compute;
using G3DR.Compute.Memory;

namespace G3DR.Kernels.Rendering.Fused.Device;

/// <summary>Forward pass in chunks of rays: a short sequence of kernels for each, whose scratch holds a few numbers of each point.</summary>
internal sealed class DeviceForward : IDisposable
{
    // Scratch of a chunk: enough rays to fill a large device, little next to the hidden planes.
    private const int PointsPerChunk = 1 << 20;

    private readonly Accelerator _device;
    private readonly FusedRenderProblem _problem;
    private readonly DeviceScene _scene;
    private readonly int _chunk;
    private readonly MemoryBuffer<float> _unsorted;
    private readonly MemoryBuffer<float> _sorted;
    private readonly MemoryBuffer<float> _cumulative;

    private DeviceForward(Accelerator device, FusedRenderProblem problem)
    {
        (_device, _problem) = (device, problem);
        int wanted = device.State<FusedDeviceSettings>().RaysPerChunk;
        _chunk = Math.Clamp(wanted > 0 ? wanted : PointsPerChunk / problem.Samples, 1, problem.Rays);
        _scene = new(device, problem);
        long points = (long)_chunk * problem.Samples;
        _unsorted = device.Allocate<float>(RayRows.SampleRows * points);
        _sorted = device.Allocate<float>(problem.Samples > problem.Coarse ? RayRows.SampleRows * points : 0);
        _cumulative = device.Allocate<float>(problem.FineSampling == FineSampling.Importance ? (long)_chunk * (problem.Coarse - 2) : 0);
    }

    public static void Run(Accelerator device, FusedRenderProblem problem, FusedRenderOutputs outputs, CancellationToken cancel)
    {
        using var pass = new DeviceForward(device, problem);
        for (int n = 0; n < problem.Batch; n++)
        {
            pass._scene.Load(n);
            for (int start = 0; start < problem.Rays; start += pass._chunk)
            {
                cancel.ThrowIfCancellationRequested();
                pass.Render(((long)n * problem.Rays) + start, Math.Min(pass._chunk, problem.Rays - start), outputs);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _scene.Dispose();
        _unsorted.Dispose();
        _sorted.Dispose();
        _cumulative.Dispose();
    }

    private void Render(long firstRay, int rays, FusedRenderOutputs outputs)
    {
        FusedRenderProblem p = _problem;
        var rows = new RayRows(rays, p.Samples);
        int coarse = p.Coarse, fine = p.Samples - coarse;
        var shape = new SampleShape(p.Seed, firstRay, p.FirstRay + firstRay, coarse, fine, p.CoarseSampling, p.FineSampling);
        ArrayView<float> samples = _unsorted.View;
        _device.Launch(SampleKernels.Coarse, new Index2D(rays, coarse), p.Near, p.Far, p.CoarseNoise, p.CoarseDistances, samples, rows, shape);
        _scene.Decode(samples, rows, firstRay, 0, coarse, hidden: default);
        if (fine > 0)
        {
            if (p.FineSampling == FineSampling.Importance)
            {
                _device.Launch(SampleKernels.Cumulative, new Index1D(rays), samples, _cumulative.View, rows, shape, p.Marching);
            }

            _device.Launch(SampleKernels.Fine, new Index2D(rays, fine), p.SurfaceDepth, p.FineNoise, _cumulative.View, samples, rows, shape);
            _scene.Decode(samples, rows, firstRay, coarse, fine, hidden: default);
            _device.Launch(SampleKernels.Order, new Index2D(rays, p.Samples), samples, _sorted.View, rows);
            samples = _sorted.View;
        }

        var march = new MarchShape(firstRay, p.Marching, p.WhiteBackground, DepthKernelParameters.None);
        _device.Launch(
            MarchKernels.Composite, new Index1D(rays), samples, p.Far, outputs.Color, outputs.Depth, outputs.Opacity, outputs.Weights, outputs.Distances, rows, march);
    }
}
