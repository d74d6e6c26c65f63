using G3DR.Compute;
using G3DR.Compute.Memory;

namespace G3DR.Kernels.Rendering.Fused.Device;

/// <summary>What all rays of a call share on a device: hidden planes, packed decoder, table of maps.</summary>
internal sealed class DeviceScene : IDisposable
{
    private const int MostDecodeGroups = 4096;

    private readonly Accelerator _device;
    private readonly MemoryBuffer<float> _hidden;
    private readonly MemoryBuffer<float> _decoder;
    private readonly MemoryBuffer<int> _maps;

    public DeviceScene(Accelerator device, FusedRenderProblem problem)
    {
        _device = device;
        Problem = problem;
        Layout = new(problem);
        Packed = new(Layout.Hidden, problem.Channels);
        int[] maps = MapTable.Build(Layout, problem.FinestLevel);
        MapCount = maps.Length / MapTable.Columns;
        _maps = device.Allocate<int>(maps.Length);
        _maps.CopyFrom(maps);
        _hidden = device.Allocate<float>(Layout.Length);
        _hidden.Clear();
        _decoder = device.Allocate<float>(Packed.Length);
        Filters = new(device, Layout);
        device.Launch(
            DecoderKernels.Pack, new Index1D(Layout.Hidden), problem.Weight0, problem.Bias0, problem.Weight2, problem.Bias2, _decoder.View, Packed, Stored);
    }

    public FusedRenderProblem Problem { get; }

    public HiddenLayout Layout { get; }

    public PackedDecoder Packed { get; }

    public DeviceFilters Filters { get; }

    /// <summary>Packed decoder.</summary>
    public ArrayView<float> Decoder => _decoder.View;

    /// <summary>Table of sampled maps.</summary>
    public ArrayView<int> Maps => _maps.View;

    /// <summary>Number of sampled maps.</summary>
    public int MapCount { get; }

    /// <summary>Sizes and gains of the stored decoder.</summary>
    public DecoderShape Stored =>
        new(Problem.Hidden, Problem.Channels + (Problem.UsesDirections ? 3 : 0), Problem.FirstGain, Problem.SecondGain, Problem.BiasGain);

    /// <summary>First number of a given plane (H, W, C).</summary>
    public long Plane(int scene, int plane) => ((3L * scene) + plane) * Problem.Height * Problem.Width * Problem.Channels;

    /// <summary>Fills the hidden planes for one scene.</summary>
    public void Load(int scene)
    {
        int units = Layout.Hidden, channels = Problem.Channels, height = Problem.Height, width = Problem.Width;
        long row = (long)width * channels;
        for (int p = 0; p < Layout.Sources.Length; p++)
        {
            PlaneSource source = Layout.Sources[p];
            var shape = new ProjectShape(
                Plane(scene, source.Plane), channels, row, Layout.Texel(0, p, 0, 0), units, Layout.RowStride(0), 0, width, channels, units, Accumulate: false);
            Project(Problem.Planes, Decoder, _hidden.View, shape, height);
            if (source.Transposed >= 0)
            {
                // Rows of the sampled plane are columns of the transposed one.
                Project(
                    Problem.Planes, Decoder, _hidden.View, shape with { SourceStart = Plane(scene, source.Transposed), SourceColumn = row, SourceRow = channels, Accumulate = true }, height);
            }
        }

        for (int level = 1; level < Layout.Heights.Length; level++)
        {
            Filters.Reduce(level, _hidden.View);
        }
    }

    /// <summary>A product over texels.</summary>
    public void Project(ArrayView<float> source, ArrayView<float> weights, ArrayView<float> target, ProjectShape shape, int rows)
    {
        int groups = (shape.Columns + PlaneKernels.TexelsPerItem - 1) / PlaneKernels.TexelsPerItem;
        _device.Launch(PlaneKernels.Project, new Index3D(shape.Outer, groups, rows), source, weights, target, shape);
    }

    /// <summary>Decodes samples <paramref name="first"/> to <paramref name="first"/> + <paramref name="count"/> - 1 of all rays of a chunk.</summary>
    /// <param name="samples">Scratch of the chunk.</param>
    /// <param name="rows">Its layout.</param>
    /// <param name="firstRay">First ray of the chunk among all rays of the call.</param>
    /// <param name="first">First sample.</param>
    /// <param name="count">Number of samples.</param>
    /// <param name="hidden">Receives the hidden units, if not empty.</param>
    public void Decode(ArrayView<float> samples, RayRows rows, long firstRay, int first, int count, ArrayView<float> hidden)
    {
        PointShape points = Points(rows, firstRay, first, count);
        var shape = new DecodeShape(rows.At(1, first, 0), rows.Points, MapCount, Problem.UsesDirections);
        int groups = Math.Min((points.Points + DecodeKernels.Tile - 1) / DecodeKernels.Tile, MostDecodeGroups);
        _device.LaunchGroups(
            DecodeKernels.Decode, new Index3D(groups, 1, 1), _hidden.View, Maps, Decoder, Problem.Origins, Problem.Directions, samples, hidden, points, Packed, shape);
    }

    /// <summary>Some samples of all rays of a chunk as points.</summary>
    public PointShape Points(RayRows rows, long firstRay, int first, int count) =>
        new(firstRay, rows.At(0, first, 0), rows.Rays, checked(rows.Rays * count), 2 / Problem.BoxSize);

    /// <inheritdoc/>
    public void Dispose()
    {
        _hidden.Dispose();
        _decoder.Dispose();
        _maps.Dispose();
        Filters.Dispose();
    }
}
