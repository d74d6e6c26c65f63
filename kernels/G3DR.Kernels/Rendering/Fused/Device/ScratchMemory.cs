using G3DR.Compute;
using G3DR.Compute.Memory;

namespace G3DR.Kernels.Rendering.Fused.Device;

/// <summary>Memory of one call: whatever was allocated is given back at the end, also where a later allocation fails.</summary>
internal sealed class ScratchMemory(Accelerator device) : IDisposable
{
    private readonly List<IDisposable> _buffers = [];

    /// <summary>Elements with undefined content; an empty view for none.</summary>
    public ArrayView<T> Allocate<T>(long length)
        where T : unmanaged
    {
        if (length == 0)
        {
            return default;
        }

        MemoryBuffer<T> buffer = device.Allocate<T>(length);
        _buffers.Add(buffer);
        return buffer.View;
    }

    /// <summary>A copy of host memory.</summary>
    public ArrayView<T> Upload<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        ArrayView<T> view = Allocate<T>(values.Length);
        if (values.Length > 0)
        {
            device.CopyToDevice(values, view);
        }

        return view;
    }

    /// <inheritdoc/>
    public void Dispose() => _buffers.ForEach(buffer => buffer.Dispose());
}
