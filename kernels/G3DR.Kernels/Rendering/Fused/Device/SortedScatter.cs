using System.Numerics;
using G3DR.Compute;
using G3DR.Compute.Memory;

namespace G3DR.Kernels.Rendering.Fused.Device;

/// <summary>The `sorted` variant of adding point gradients to texels, with its scratch memory: the same bits on every run.</summary>
internal sealed class SortedScatter : IDisposable
{
    /// <summary>Bytes of scratch for a point on a map: keys and numbers, before and after a pass, and two weights.</summary>
    public const int BytesPerPoint = 24;

    private readonly Accelerator _device;
    private readonly DeviceScene _scene;
    private readonly int _mostCells;
    private readonly MemoryBuffer<int> _starts;
    private readonly MemoryBuffer<int> _counts;
    private readonly MemoryBuffer<float> _fractions;
    private MemoryBuffer<int> _keys;
    private MemoryBuffer<int> _keysAfter;
    private MemoryBuffer<int> _order;
    private MemoryBuffer<int> _orderAfter;

    /// <summary>Makes room for <paramref name="points"/> points.</summary>
    public SortedScatter(Accelerator device, DeviceScene scene, int points)
    {
        (_device, _scene) = (device, scene);
        HiddenLayout layout = scene.Layout;
        int finest = scene.Problem.FinestLevel, cells = 0;
        for (int level = finest; level < layout.Heights.Length; level++)
        {
            int own = (layout.Widths[level] + 2) * (layout.Heights[level] + 2);
            _mostCells = Math.Max(_mostCells, own);
            cells = checked(cells + (layout.Sources.Length * own));
        }

        long all = (long)scene.MapCount * points;
        _starts = device.Allocate<int>(cells);
        _counts = device.Allocate<int>((long)scene.MapCount * Blocks(points) * SortKernels.Lanes);
        _fractions = device.Allocate<float>(2 * all);
        _keys = device.Allocate<int>(all);
        _keysAfter = device.Allocate<int>(all);
        _order = device.Allocate<int>(all);
        _orderAfter = device.Allocate<int>(all);
    }

    /// <summary>Adds the gradients of a chunk's points.</summary>
    /// <param name="samples">Scratch of the chunk with distances.</param>
    /// <param name="points">The points.</param>
    /// <param name="hidden">Their gradients [point][unit].</param>
    /// <param name="gradient">Gradient of the hidden planes.</param>
    public void Add(ArrayView<float> samples, PointShape points, ArrayView<float> hidden, ArrayView<float> gradient)
    {
        FusedRenderProblem problem = _scene.Problem;
        HiddenLayout layout = _scene.Layout;
        var each = new Index2D(points.Points, _scene.MapCount);
        _device.Launch(ScatterKernels.Keys, each, _scene.Maps, problem.Origins, problem.Directions, samples, _keys.View, _order.View, points);
        Sort(points.Points);
        _device.Launch(ScatterKernels.Starts, new Index2D(_mostCells, _scene.MapCount), _scene.Maps, _keys.View, _starts.View, points.Points);
        _device.Launch(ScatterKernels.Fractions, each, _scene.Maps, problem.Origins, problem.Directions, samples, _order.View, _fractions.View, points);
        for (int map = 0; map < _scene.MapCount; map++)
        {
            int level = problem.FinestLevel + (map / layout.Sources.Length), texels = layout.Widths[level] * layout.Heights[level];
            _device.Launch(
                ScatterKernels.Gather,
                new Index2D(layout.Hidden, texels),
                _scene.Maps,
                hidden,
                _keys.View,
                _order.View,
                _fractions.View,
                _starts.View,
                gradient,
                new GatherShape(map, points.Points, layout.Hidden));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _starts.Dispose();
        _counts.Dispose();
        _fractions.Dispose();
        _keys.Dispose();
        _keysAfter.Dispose();
        _order.Dispose();
        _orderAfter.Dispose();
    }

    private static int Blocks(int points) => (points + SortKernels.KeysPerGroup - 1) / SortKernels.KeysPerGroup;

    private void Sort(int points)
    {
        var groups = new Index3D(Blocks(points), _scene.MapCount, 1);
        int bits = 32 - BitOperations.LeadingZeroCount((uint)(_mostCells - 1));
        for (int shift = 0; shift < bits; shift += SortKernels.DigitBits)
        {
            var shape = new SortShape(points, shift);
            _device.LaunchGroups(SortKernels.Count, groups, _keys.View, _counts.View, shape);
            _device.LaunchGroups(SortKernels.Scan, new Index3D(1, _scene.MapCount, 1), _counts.View, groups.X);
            _device.LaunchGroups(SortKernels.Place, groups, _keys.View, _order.View, _counts.View, _keysAfter.View, _orderAfter.View, shape);
            (_keys, _keysAfter) = (_keysAfter, _keys);
            (_order, _orderAfter) = (_orderAfter, _order);
        }
    }
}
