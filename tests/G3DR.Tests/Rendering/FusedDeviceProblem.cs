using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Kernels.Rendering;
using G3DR.Kernels.Rendering.Fused;

namespace G3DR.Tests.Rendering;

/// <summary>The smallest problem of the fused renderer as plain views of zeros: one scene, 4 x 4 planes with one channel, four samples.</summary>
internal sealed class FusedDeviceProblem : IDisposable
{
    private readonly List<MemoryBuffer<float>> _buffers = [];
    private readonly Accelerator _device;

    public FusedDeviceProblem(Accelerator device, int rays, int? origins = null)
    {
        _device = device;
        Problem = new()
        {
            Batch = 1,
            Rays = rays,
            Height = 4,
            Width = 4,
            Channels = 1,
            Hidden = 2,
            Coarse = 4,
            Levels = 1,
            Pyramid = PyramidKind.Cascade,
            Axes = PlaneAxes.Corrected,
            Marching = MarchingRule.PerSample,
            CoarseSampling = CoarseSampling.Bins,
            BoxSize = 2,
            FirstGain = 1,
            SecondGain = 1,
            Planes = New(48),
            Weight0 = New(2),
            Bias0 = New(2),
            Weight2 = New(8),
            Bias2 = New(4),
            Origins = New(origins ?? 3 * rays),
            Directions = New(3 * rays),
            Near = New(rays),
            Far = New(rays),
        };
        Distances = New(4 * rays);
        Gradients = new() { Planes = New(48), Weight0 = New(2), Bias0 = New(2), Weight2 = New(8), Bias2 = New(4) };
    }

    public FusedRenderProblem Problem { get; }

    public ArrayView<float> Distances { get; }

    public FusedRenderGradients Gradients { get; }

    public void Dispose() => _buffers.ForEach(buffer => buffer.Dispose());

    private ArrayView<float> New(int length)
    {
        MemoryBuffer<float> buffer = _device.Allocate<float>(length);
        buffer.Clear();
        _buffers.Add(buffer);
        return buffer.View;
    }
}
