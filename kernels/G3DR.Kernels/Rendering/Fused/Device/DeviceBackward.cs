using G3DR.Compute;
using G3DR.Compute.Memory;

namespace G3DR.Kernels.Rendering.Fused.Device;

/// <summary>
/// Backward pass in chunks of rays: features are computed again at the given distances, marching runs backwards, the gradients of the chunk's hidden units are added
/// to the texels, and at the end those of the texels are carried to planes and decoder.
/// </summary>
internal sealed class DeviceBackward : IDisposable
{
    // Scratch of a chunk, most of it the hidden units of its points.
    private const long BytesPerChunk = 1 << 27;

    // Sums of blocks of rows for the first layer.
    private const long OuterFloats = 1 << 22;

    private readonly Accelerator _device;
    private readonly FusedRenderProblem _problem;
    private readonly FusedRenderCotangents _cotangents;
    private readonly DeviceScene _scene;
    private readonly int _chunk;
    private readonly int _rowsPerBlock;
    private readonly MemoryBuffer<float> _samples;
    private readonly MemoryBuffer<float> _rowGradients;
    private readonly MemoryBuffer<float> _hidden;
    private readonly MemoryBuffer<float> _gradient;
    private readonly RowTotals _first;
    private readonly RowTotals _others;
    private readonly SortedScatter? _sorted;

    private DeviceBackward(Accelerator device, FusedRenderProblem problem, FusedRenderCotangents cotangents)
    {
        (_device, _problem, _cotangents) = (device, problem, cotangents);
        _scene = new(device, problem);
        int units = _scene.Layout.Hidden, wanted = device.State<FusedDeviceSettings>().RaysPerChunk;
        long bytesPerRay = problem.Samples
            * (((units + RayRows.SampleRows + RayRows.GradientRows) * (long)sizeof(float)) + (device.Atomics ? 0 : (long)_scene.MapCount * SortedScatter.BytesPerPoint));
        _chunk = (int)Math.Clamp(wanted > 0 ? wanted : BytesPerChunk / bytesPerRay, 1, problem.Rays);
        int points = checked(_chunk * problem.Samples);
        _samples = device.Allocate<float>((long)RayRows.SampleRows * points);
        _rowGradients = device.Allocate<float>((long)RayRows.GradientRows * points);
        _hidden = device.Allocate<float>((long)points * units);
        _gradient = device.Allocate<float>(_scene.Layout.Length);
        _others = new(device, DecoderSums.BlockSize(units), HeadBlocks(points));
        int entries = checked(units * problem.Channels), blocks = (int)Math.Clamp(OuterFloats / entries / 3, 1, problem.Height);
        _rowsPerBlock = (problem.Height + blocks - 1) / blocks;
        _first = new(device, entries, 3 * OuterBlocks);
        _sorted = device.Atomics ? null : new(device, _scene, points);
    }

    private int OuterBlocks => (_problem.Height + _rowsPerBlock - 1) / _rowsPerBlock;

    public static void Run(
        Accelerator device, FusedRenderProblem problem, FusedRenderCotangents cotangents, FusedRenderGradients gradients, CancellationToken cancel)
    {
        using var pass = new DeviceBackward(device, problem, cotangents);
        for (int n = 0; n < problem.Batch; n++)
        {
            pass._scene.Load(n);
            pass._gradient.Clear();
            for (int start = 0; start < problem.Rays; start += pass._chunk)
            {
                cancel.ThrowIfCancellationRequested();
                pass.AddRays(((long)n * problem.Rays) + start, Math.Min(pass._chunk, problem.Rays - start));
            }

            pass.AddScene(n, gradients.Planes);
        }

        pass.Store(gradients);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _scene.Dispose();
        _samples.Dispose();
        _rowGradients.Dispose();
        _hidden.Dispose();
        _gradient.Dispose();
        _first.Dispose();
        _others.Dispose();
        _sorted?.Dispose();
    }

    private static int HeadBlocks(int points) => (points + HeadKernels.PointsPerBlock - 1) / HeadKernels.PointsPerBlock;

    /// <summary>From the cotangents of a chunk of rays to the gradients of hidden planes and decoder.</summary>
    private void AddRays(long firstRay, int rays)
    {
        FusedRenderProblem p = _problem;
        var rows = new RayRows(rays, p.Samples);
        ArrayView<float> samples = _samples.View, gradients = _rowGradients.View, hidden = _hidden.View;
        _device.Launch(SampleKernels.Load, new Index2D(rays, p.Samples), _cotangents.Distances, samples, rows, firstRay);
        _scene.Decode(samples, rows, firstRay, 0, p.Samples, hidden);
        _device.Launch(
            MarchKernels.Gradient,
            new Index1D(rays),
            samples,
            gradients,
            p.Far,
            p.SurfaceDepth,
            _cotangents.Color,
            _cotangents.Depth,
            _cotangents.Opacity,
            _cotangents.Weights,
            rows,
            new MarchShape(firstRay, p.Marching, p.WhiteBackground, p.Kernel));

        PointShape points = _scene.Points(rows, firstRay, 0, p.Samples);
        int units = _scene.Layout.Hidden, blocks = HeadBlocks(points.Points);
        _device.Launch(
            HeadKernels.Gradient, new Index2D(units, blocks), hidden, gradients, _scene.Decoder, p.Directions, _others.Rows, points, _scene.Packed, p.UsesDirections);
        _others.Add(blocks);
        if (_sorted is not null)
        {
            _sorted.Add(samples, points, hidden, _gradient.View);
        }
        else
        {
            _device.Launch(
                ScatterKernels.AddAtomically,
                new Index2D(units, points.Points),
                _scene.Maps,
                p.Origins,
                p.Directions,
                samples,
                hidden,
                _gradient.View,
                points,
                units,
                _scene.MapCount);
        }
    }

    /// <summary>From the gradients of a scene's hidden planes, all levels, to those of its planes and of the first layer.</summary>
    private void AddScene(int scene, ArrayView<float> gradPlanes)
    {
        HiddenLayout layout = _scene.Layout;
        for (int level = layout.Heights.Length - 1; level > 0; level--)
        {
            _scene.Filters.SpreadGradient(level, _gradient.View);
        }

        int units = layout.Hidden, channels = _problem.Channels, height = _problem.Height, width = _problem.Width, blocks = OuterBlocks;
        for (int plane = 0; plane < 3; plane++)
        {
            (int sampled, bool transposed) = HiddenPlanes.Find(layout, plane);
            long start = layout.Texel(0, sampled, 0, 0), given = _scene.Plane(scene, plane);
            long column = transposed ? layout.RowStride(0) : units, row = transposed ? units : layout.RowStride(0);
            var project = new ProjectShape(
                start, column, row, given, channels, (long)width * channels, _scene.Packed.FirstTransposed, width, units, channels, Accumulate: false);
            _scene.Project(_gradient.View, _scene.Decoder, gradPlanes, project, height);
            var outer = new OuterShape(start, column, row, given, plane * blocks, width, height, _rowsPerBlock, units, channels);
            _device.Launch(
                PlaneKernels.Outer, new Index3D(channels, units / PlaneKernels.UnitsPerItem, blocks), _gradient.View, _problem.Planes, _first.Rows, outer);
        }

        _first.Add(3 * blocks);
    }

    private void Store(FusedRenderGradients gradients)
    {
        DecoderShape stored = _scene.Stored;
        _device.Launch(
            DecoderKernels.StoreFirst, new Index2D(stored.Inputs, stored.Hidden), _first.Totals, _others.Totals, gradients.Weight0, _scene.Packed, stored);
        _device.Launch(
            DecoderKernels.StoreOthers, new Index1D(stored.Hidden), _others.Totals, gradients.Bias0, gradients.Weight2, gradients.Bias2, _scene.Packed, stored);
    }
}
