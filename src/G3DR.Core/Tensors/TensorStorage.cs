using G3DR.Compute;
using G3DR.Compute.Memory;

namespace G3DR.Core.Tensors;

/// <summary>Memory that several tensors may share, given back when the last of them lets go.</summary>
internal sealed class TensorStorage
{
    private readonly MemoryBuffer<byte> _buffer;
    private int _references = 1;
    private int _version;

    public TensorStorage(Accelerator device, long bytes) => _buffer = device.Allocate<byte>(bytes);

    /// <summary>Whether exactly one holder is left, so that it may be overwritten.</summary>
    public bool IsUnique => Volatile.Read(ref _references) == 1;

    /// <summary>Counts changes of the content after creation.</summary>
    public int Version => Volatile.Read(ref _version);

    public ArrayView<T> View<T>(long length)
        where T : unmanaged => _buffer.View.Cast<T>().SubView(0, length);

    public void Clear() => _buffer.Clear();

    public void MarkChanged() => Interlocked.Increment(ref _version);

    public TensorStorage Share()
    {
        Interlocked.Increment(ref _references);
        return this;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            _buffer.Dispose();
        }
    }
}
