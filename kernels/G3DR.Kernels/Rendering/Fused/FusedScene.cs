using System.Runtime.CompilerServices;
using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.Rendering.Fused;

/// <summary>What all rays of a call share: hidden planes, packed decoder weights and the threads' scratch memory.</summary>
internal sealed unsafe class FusedScene<V> : IDisposable
    where V : struct, ISimd<V>
{
    private readonly CpuAccelerator _device;
    private readonly MemoryBuffer<float> _hidden;
    private readonly MemoryBuffer<float> _weights;
    private readonly MemoryBuffer<float> _rays;
    private readonly MemoryBuffer<float> _scratch;
    private readonly long _perThread;

    public FusedScene(CpuAccelerator device, FusedRenderProblem problem, long scratch)
    {
        _device = device;
        Problem = problem;
        Layout = new(problem);
        int units = Layout.Hidden, channels = problem.Channels;
        _perThread = RayScratch.Size(problem, Layout);
        _hidden = device.Allocate<float>(Layout.Length);
        _hidden.Clear();
        _weights = device.Allocate<float>((2L * units * channels) + (units * (3 + 4 + 1)) + 4);
        _weights.Clear();
        _rays = device.Allocate<float>(_perThread * device.Team.Count);
        _rays.Clear();
        _scratch = device.Allocate<float>(Math.Max(scratch, HiddenPlanes.FilterScratch(Layout)));
        First = _weights.View.Pointer;
        FirstTransposed = First + ((long)units * channels);
        FirstDirection = FirstTransposed + ((long)units * channels);
        Second = FirstDirection + (3 * units);
        FirstBias = Second + (4 * units);
        SecondBias = FirstBias + units;
        Pack();
    }

    public FusedRenderProblem Problem { get; }

    public HiddenLayout Layout { get; }

    /// <summary>First layer (C, units), gain and the mean over planes included.</summary>
    public float* First { get; }

    /// <summary>First layer (units, C).</summary>
    public float* FirstTransposed { get; }

    /// <summary>First layer's weights of the ray direction (3, units).</summary>
    public float* FirstDirection { get; }

    /// <summary>Second layer (4, units).</summary>
    public float* Second { get; }

    /// <summary>First bias (units).</summary>
    public float* FirstBias { get; }

    /// <summary>Second bias (4).</summary>
    public float* SecondBias { get; }

    /// <summary>Hidden planes.</summary>
    public float* Hidden => _hidden.View.Pointer;

    /// <summary>Memory between phases.</summary>
    public float* Scratch => _scratch.View.Pointer;

    /// <summary>Scratch of one worker.</summary>
    public RayScratch Ray(int worker) => new(Problem, Layout, _rays.View.Pointer + (worker * _perThread));

    /// <summary>Planes (3, H, W, C) of scene <paramref name="n"/>.</summary>
    public float* Planes(int n) => Problem.Planes.Pointer + (n * 3L * Problem.Height * Problem.Width * Problem.Channels);

    /// <summary>Fills the hidden planes for scene <paramref name="n"/>.</summary>
    public void Load(int n) => HiddenPlanes.Build<V>(_device.Team, Layout, Problem, Planes(n), First, Hidden, Scratch);

    /// <summary>First-layer bias of a ray.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void RayBias(float* direction, float* bias)
    {
        int units = Layout.Hidden;
        for (int u = 0; u < units; u++)
        {
            bias[u] = FirstBias[u];
            if (Problem.UsesDirections)
            {
                bias[u] += (direction[0] * FirstDirection[u]) + (direction[1] * FirstDirection[units + u]) + (direction[2] * FirstDirection[(2 * units) + u]);
            }
        }
    }

    /// <summary>Features of <paramref name="count"/> samples, before the activation, into the ray's hidden rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Sample(RayScratch ray, float* origin, float* direction, float* distance, int count)
    {
        float scale = 2 / Problem.BoxSize;
        RayPass.Positions<V>(origin, direction, scale, distance, count, ray.Coordinate, ray.Samples);
        int maps = Layout.Sources.Length * (Problem.Levels - Problem.FinestLevel);
        float** bases = stackalloc float*[maps];
        long* strides = stackalloc long[maps];
        int map = 0;
        for (int level = Problem.FinestLevel; level < Problem.Levels; level++)
        {
            for (int p = 0; p < Layout.Sources.Length; p++, map++)
            {
                Texels(ray, level, p, count, ray.Offset + ((long)map * ray.Samples), ray.Weight + (4L * map * ray.Samples));
                bases[map] = Hidden + Layout.Offsets[level][p];
                strides[map] = Layout.RowStride(level);
            }
        }

        RayPass.Gather<V>(bases, strides, maps, ray.Offset, ray.Weight, ray.Samples, count, Layout.Hidden, ray.Bias, ray.Hidden);
    }

    /// <summary>Texel addresses and weights on one level of one plane for positions that are in the scratch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Texels(RayScratch ray, int level, int plane, int count, int* offset, float* weight)
    {
        PlaneSource source = Layout.Sources[plane];
        float* u = ray.Coordinate + ((long)source.UAxis * ray.Samples), v = ray.Coordinate + ((long)source.VAxis * ray.Samples);
        RayPass.Texels<V>(u, v, count, Layout.Widths[level], Layout.Heights[level], Layout.Hidden, offset, weight, ray.Samples);
    }

    public void Dispose()
    {
        _hidden.Dispose();
        _weights.Dispose();
        _rays.Dispose();
        _scratch.Dispose();
    }

    private void Pack()
    {
        FusedRenderProblem p = Problem;
        int units = Layout.Hidden, inputs = p.Channels + (p.UsesDirections ? 3 : 0);
        for (int u = 0; u < p.Hidden; u++)
        {
            float* row = p.Weight0.Pointer + ((long)u * inputs);
            for (int c = 0; c < p.Channels; c++)
            {
                float w = row[c] * p.FirstGain / 3;
                First[((long)c * units) + u] = w;
                FirstTransposed[((long)u * p.Channels) + c] = w;
            }

            for (int axis = 0; axis < inputs - p.Channels; axis++)
            {
                FirstDirection[(axis * units) + u] = row[p.Channels + axis] * p.FirstGain;
            }

            FirstBias[u] = p.Bias0[u] * p.BiasGain;
            for (int o = 0; o < 4; o++)
            {
                Second[(o * units) + u] = p.Weight2[(o * p.Hidden) + u] * p.SecondGain;
            }
        }

        for (int o = 0; o < 4; o++)
        {
            SecondBias[o] = p.Bias2[o] * p.BiasGain;
        }
    }
}
