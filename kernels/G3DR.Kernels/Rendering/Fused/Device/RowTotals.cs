using G3DR.Compute;
using G3DR.Compute.Memory;

namespace G3DR.Kernels.Rendering.Fused.Device;

/// <summary>Running totals of rows that kernels write batch by batch, added up in their order.</summary>
internal sealed class RowTotals : IDisposable
{
    private readonly Accelerator _device;
    private readonly int _entries;
    private readonly MemoryBuffer<float> _rows;
    private readonly MemoryBuffer<float> _parts;
    private readonly MemoryBuffer<float> _totals;

    /// <summary>Makes room for batches of <paramref name="rows"/> rows.</summary>
    public RowTotals(Accelerator device, int entries, int rows)
    {
        (_device, _entries) = (device, entries);
        _rows = device.Allocate<float>((long)rows * entries);
        _parts = device.Allocate<float>((long)Parts(rows) * entries);
        _totals = device.Allocate<float>(2L * entries);
        _totals.Clear();
    }

    /// <summary>Where kernels write the rows of a batch.</summary>
    public ArrayView<float> Rows => _rows.View;

    /// <summary>The totals.</summary>
    public ArrayView<float> Totals => _totals.View.SubView(0, _entries);

    /// <summary>Adds the first <paramref name="count"/> rows of the batch.</summary>
    public void Add(int count)
    {
        if (count <= FoldKernels.RowsPerPart)
        {
            _device.Launch(FoldKernels.AddToTotals, new Index1D(_entries), _rows.View, _totals.View, _entries, count);
            return;
        }

        int parts = Parts(count);
        _device.Launch(FoldKernels.FoldParts, new Index2D(_entries, parts), _rows.View, _parts.View, _entries, count);
        _device.Launch(FoldKernels.AddToTotals, new Index1D(_entries), _parts.View, _totals.View, _entries, parts);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _rows.Dispose();
        _parts.Dispose();
        _totals.Dispose();
    }

    private static int Parts(int rows) => (rows + FoldKernels.RowsPerPart - 1) / FoldKernels.RowsPerPart;
}
