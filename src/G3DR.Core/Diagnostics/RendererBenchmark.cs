using G3DR.Compute;
using G3DR.Core.Diagnostics.Workloads;
using G3DR.Core.Rendering;
using G3DR.Core.Tensors;
using G3DR.Kernels.Catalogue;

namespace G3DR.Core.Diagnostics;

/// <summary>
/// The whole official two-pass renderer, exactly the work of <c>bench/peers/renderer.py</c>: 128 x 128 rays of the canonical camera, 32 + 32 samples,
/// normally distributed planes 3 x 128 x 128 x 64 and decoder weights, given random numbers. Forward: pyramid and both passes without recording.
/// Backward: a recorded forward pass, then the gradients of planes and decoder for cotangents of one on colour, depth and opacity, with the
/// depth kernel around a surface at distance 5.
/// </summary>
public sealed class RendererBenchmark : IBenchmark
{
    private const int Side = 128, Texels = 128, Channels = 64, Samples = 32;

    // The same renderer where the double precision reference is affordable.
    private static readonly WorkloadSize s_checked = new(16, 32, Channels, Samples, Samples);

    private readonly Accelerator _device;
    private readonly bool _backward;
    private readonly Tensor _planes, _coarseNoise, _fineNoise, _surface;
    private readonly TriplaneDecoder _decoder;
    private readonly RayBatch _rays;
    private readonly Tensor[] _cotangents, _leaves;

    /// <summary>Prepares planes, decoder, rays and random numbers.</summary>
    /// <param name="device">Device.</param>
    /// <param name="backward">Whether gradients are computed too.</param>
    public RendererBenchmark(Accelerator device, bool backward)
    {
        const ulong seed = 0;
        const int rays = Side * Side;
        (_device, _backward) = (device, backward);
        _planes = Tensor.Normal(device, [1, 3, Texels, Texels, Channels], seed, stream: 0);
        _decoder = new(
            Tensor.Normal(device, [Channels, Channels], seed, stream: 1),
            Biases(Channels, stream: 2),
            Tensor.Normal(device, [4, Channels], seed, stream: 3),
            Biases(4, stream: 4));
        using (RayBatch view = RayBatch.FromBundle(device, RayBundle.FromCameras([Camera.Canonical], Side, Side)))
        {
            (Tensor enter, Tensor leave) = RaySampler.BoxLimits(view.Origins, view.Directions);
            (Tensor near, Tensor far) = RaySampler.RepairMisses(enter, leave);
            enter.Dispose();
            leave.Dispose();
            _rays = new(view.Origins.Clone(), view.Directions.Clone()) { Near = near, Far = far };
        }

        _coarseNoise = Tensor.Uniform(device, [1, rays, Samples], seed, stream: 5);
        _fineNoise = Tensor.Uniform(device, [1, rays, Samples], seed, stream: 6);
        _surface = Tensor.Full(device, [1, rays], RenderWorkload.SurfaceDepth);
        _cotangents = backward
            ? [Tensor.Ones(device, [1, rays, 3]), Tensor.Ones(device, [1, rays]), Tensor.Ones(device, [1, rays])]
            : [];
        _leaves = backward ? [_planes, .. _decoder.Parameters.Values] : [];
        foreach (Tensor leaf in _leaves)
        {
            leaf.RequiresGrad = true;
        }
    }

    /// <inheritdoc/>
    public string Name => _backward ? "renderer bwd" : "renderer fwd";

    /// <inheritdoc/>
    public Accelerator Device => _device;

    /// <inheritdoc/>
    public double Flops => FlopsOf(_backward);

    /// <summary>Operations of one run by the definition of the renderer.</summary>
    /// <param name="backward">Whether gradients are computed too; they count twice the forward pass.</param>
    public static double FlopsOf(bool backward)
    {
        double forward = RenderWorkload.NominalFlops(Side * Side, Channels, Channels, RenderSettings.Official.Levels, 2 * Samples);
        return backward ? 3 * forward : forward;
    }

    /// <summary>Bytes that one run must at least read and write: planes, per-ray data and, backward, gradients.</summary>
    /// <param name="backward">Whether gradients are computed too.</param>
    public static double BytesOf(bool backward)
    {
        double planes = 3.0 * Texels * Texels * Channels, rays = Side * Side * (9.0 + (2 * Samples) + 5);
        return sizeof(float) * (backward ? (3 * planes) + (2 * rays) : planes + rays);
    }

    /// <inheritdoc/>
    public void Run()
    {
        if (!_backward)
        {
            using IDisposable constant = _device.NoGrad();
            using RenderResult picture = Render();
            _device.Synchronize();
            return;
        }

        using RenderResult result = Render();
        foreach (Tensor gradient in Autograd.Gradients([result.Color, result.Depth, result.Opacity], _cotangents, _leaves))
        {
            gradient.Dispose();
        }

        _device.Synchronize();
    }

    /// <inheritdoc/>
    public void Check()
    {
        var workload = new RenderWorkload(_backward);
        KernelAccuracy.Check(workload, workload.Variants.Single(variant => variant.Name == "fused"), _device, s_checked);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _decoder.Dispose();
        _rays.Dispose();
        foreach (Tensor tensor in (Tensor[])[_planes, _coarseNoise, _fineNoise, _surface, .. _cotangents])
        {
            tensor.Dispose();
        }
    }

    private RenderResult Render() => TriplaneRenderer.Render(
        _planes, _decoder, _rays, RenderSettings.Official, _surface, new() { CoarseNoise = _coarseNoise, FineNoise = _fineNoise });

    private Tensor Biases(int count, uint stream)
    {
        using Tensor normal = Tensor.Normal(_device, [count], seed: 0, stream);
        return normal * 0.1;
    }
}
