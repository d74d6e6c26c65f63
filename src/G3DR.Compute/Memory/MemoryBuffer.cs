namespace G3DR.Compute.Memory;

/// <summary>Memory of an accelerator. Dispose it to give the memory back to the pool; any use after that throws.</summary>
/// <typeparam name="T">Unmanaged element type.</typeparam>
public sealed unsafe class MemoryBuffer<T> : IDisposable
    where T : unmanaged
{
    private readonly Accelerator _accelerator;
    private nint _block;

    internal MemoryBuffer(Accelerator accelerator, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        _accelerator = accelerator;
        Length = length;
        _block = accelerator.Memory.Rent(checked(length * sizeof(T)));
    }

    /// <summary>Number of elements.</summary>
    public long Length { get; }

    /// <summary>Whether the memory was given back.</summary>
    public bool IsDisposed => _block == 0;

    /// <summary>All elements.</summary>
    /// <exception cref="ObjectDisposedException">The buffer was disposed.</exception>
    public ArrayView<T> View
    {
        get
        {
            ObjectDisposedException.ThrowIf(_block == 0, this);
            return new((T*)_block, Length);
        }
    }

    /// <summary>Sets every byte to zero.</summary>
    public void Clear() => _accelerator.Clear(View);

    /// <summary>Copies from host memory of the same length.</summary>
    public void CopyFrom(ReadOnlySpan<T> source) => _accelerator.CopyToDevice(source, View);

    /// <summary>Copies to host memory of the same length.</summary>
    public void CopyTo(Span<T> destination) => _accelerator.CopyToHost(View, destination);

    /// <summary>Gives the memory back to the pool.</summary>
    public void Dispose()
    {
        nint block = Interlocked.Exchange(ref _block, 0);
        if (block != 0)
        {
            _accelerator.Memory.Return(block);
        }
    }
}
