using System.Runtime.InteropServices;
using G3DR.Compute;
using G3DR.Kernels.Resampling;

namespace G3DR.Kernels.Rendering.Fused.Device;

/// <summary>The filters of all pyramid levels, and their adjoints, in the memory of a device.</summary>
internal sealed class DeviceFilters
{
    private readonly Accelerator _device;
    private readonly HiddenLayout _layout;
    private readonly ArrayView<int> _starts;
    private readonly ArrayView<int> _indices;
    private readonly ArrayView<float> _weights;
    private readonly ArrayView<float> _scratch;

    // First start and first tap of the filters of each level: columns, rows, and the adjoints of both.
    private readonly (int Start, int Tap)[] _places;

    public DeviceFilters(Accelerator device, ScratchMemory memory, HiddenLayout layout)
    {
        (_device, _layout) = (device, layout);
        List<int> starts = [], indices = [];
        List<float> weights = [];
        _places = new (int, int)[4 * layout.Heights.Length];
        for (int level = 1; level < layout.Heights.Length; level++)
        {
            AxisFilter columns = layout.Columns[level]!, rows = layout.Rows[level]!;
            AxisFilter[] filters = [columns, rows, columns.Transpose(), rows.Transpose()];
            for (int i = 0; i < filters.Length; i++)
            {
                _places[(4 * level) + i] = (starts.Count, indices.Count);
                starts.AddRange(filters[i].Start);
                indices.AddRange(filters[i].Index);
                weights.AddRange(filters[i].Weight);
            }
        }

        _starts = memory.Upload<int>(CollectionsMarshal.AsSpan(starts));
        _indices = memory.Upload<int>(CollectionsMarshal.AsSpan(indices));
        _weights = memory.Upload<float>(CollectionsMarshal.AsSpan(weights));
        _scratch = memory.Allocate<float>(HiddenPlanes.FilterScratch(layout));
    }

    /// <summary>Writes <paramref name="level"/> of the hidden planes from its parent: columns, then rows.</summary>
    public void Reduce(int level, ArrayView<float> planes)
    {
        int parent = _layout.Parent(level), units = _layout.Hidden, width = _layout.Widths[level], height = _layout.Heights[level], rows = _layout.Heights[parent];
        long scratchRow = (long)width * units;
        for (int p = 0; p < _layout.Sources.Length; p++)
        {
            Filter(4 * level, planes, _layout.Texel(parent, p, 0, 0), units, _layout.RowStride(parent), _scratch, 0, units, scratchRow, width, rows);
            Filter((4 * level) + 1, _scratch, 0, scratchRow, units, planes, _layout.Texel(level, p, 0, 0), _layout.RowStride(level), units, height, width);
        }
    }

    /// <summary>Adds to the gradient of the parent of <paramref name="level"/> what the gradient of that level contributes: rows, then columns.</summary>
    public void SpreadGradient(int level, ArrayView<float> gradient)
    {
        int parent = _layout.Parent(level), units = _layout.Hidden, width = _layout.Widths[level], rows = _layout.Heights[parent], columns = _layout.Widths[parent];
        long scratchRow = (long)width * units;
        for (int p = 0; p < _layout.Sources.Length; p++)
        {
            Filter((4 * level) + 3, gradient, _layout.Texel(level, p, 0, 0), _layout.RowStride(level), units, _scratch, 0, scratchRow, units, rows, width);
            Filter(
                (4 * level) + 2, _scratch, 0, units, scratchRow, gradient, _layout.Texel(parent, p, 0, 0), units, _layout.RowStride(parent), columns, rows, accumulate: true);
        }
    }

    private void Filter(
        int filter,
        ArrayView<float> source,
        long sourceStart,
        long sourceStep,
        long sourceOther,
        ArrayView<float> target,
        long targetStart,
        long targetStep,
        long targetOther,
        int outputs,
        int others,
        bool accumulate = false)
    {
        (int start, int tap) = _places[filter];
        var shape = new FilterShape(sourceStart, sourceStep, sourceOther, targetStart, targetStep, targetOther, start, tap, accumulate);
        _device.Launch(PlaneKernels.Filter, new Index3D(_layout.Hidden, outputs, others), source, target, _starts, _indices, _weights, shape);
    }
}
