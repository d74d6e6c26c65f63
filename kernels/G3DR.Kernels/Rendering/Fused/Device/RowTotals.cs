using G3DR.Compute;

namespace G3DR.Kernels.Rendering.Fused.Device;

/// <summary>Running totals of rows that kernels write batch by batch, added up in their order.</summary>
internal sealed class RowTotals
{
    private readonly Accelerator _device;
    private readonly int _entries;
    private readonly ArrayView<float> _rows;
    private readonly ArrayView<float> _parts;
    private readonly ArrayView<float> _totals;

    /// <summary>Makes room for batches of <paramref name="rows"/> rows.</summary>
    public RowTotals(Accelerator device, ScratchMemory memory, int entries, int rows)
    {
        (_device, _entries) = (device, entries);
        _rows = memory.Allocate<float>((long)rows * entries);
        _parts = memory.Allocate<float>((long)Parts(rows) * entries);
        _totals = memory.Allocate<float>(2L * entries);
        _device.Clear(_totals);
    }

    /// <summary>Where kernels write the rows of a batch.</summary>
    public ArrayView<float> Rows => _rows;

    /// <summary>The totals.</summary>
    public ArrayView<float> Totals => _totals.SubView(0, _entries);

    /// <summary>Adds the first <paramref name="count"/> rows of the batch.</summary>
    public void Add(int count)
    {
        if (count <= FoldKernels.RowsPerPart)
        {
            _device.Launch(FoldKernels.AddToTotals, new Index1D(_entries), _rows, _totals, _entries, count);
            return;
        }

        int parts = Parts(count);
        _device.Launch(FoldKernels.FoldParts, new Index2D(_entries, parts), _rows, _parts, _entries, count);
        _device.Launch(FoldKernels.AddToTotals, new Index1D(_entries), _parts, _totals, _entries, parts);
    }

    private static int Parts(int rows) => (rows + FoldKernels.RowsPerPart - 1) / FoldKernels.RowsPerPart;
}
