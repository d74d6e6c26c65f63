using System.Runtime.CompilerServices;

namespace G3DR.Compute.Memory;

/// <summary>Memory of an accelerator. Dispose it to give the memory back to the pool; any use after that throws.</summary>
/// <typeparam name="T">Unmanaged element type.</typeparam>
public sealed unsafe class MemoryBuffer<T> : IDisposable
    where T : unmanaged
{
    private readonly MemoryPool _pool;
    private nint _block;

    internal MemoryBuffer(MemoryPool pool, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        _pool = pool;
        Length = length;
        _block = pool.Rent(checked(length * sizeof(T)));
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
    public void Clear()
    {
        byte* start = (byte*)View.Pointer;
        long bytes = Length * sizeof(T);
        for (long done = 0; done < bytes; done += 1 << 30)
        {
            Unsafe.InitBlockUnaligned(start + done, 0, (uint)Math.Min(bytes - done, 1 << 30));
        }
    }

    /// <summary>Copies from host memory of the same length.</summary>
    public void CopyFrom(ReadOnlySpan<T> source)
    {
        RequireLength(source.Length);
        source.CopyTo(View.AsSpan());
    }

    /// <summary>Copies to host memory of the same length.</summary>
    public void CopyTo(Span<T> destination)
    {
        RequireLength(destination.Length);
        View.AsSpan().CopyTo(destination);
    }

    /// <summary>Gives the memory back to the pool.</summary>
    public void Dispose()
    {
        nint block = Interlocked.Exchange(ref _block, 0);
        if (block != 0)
        {
            _pool.Return(block);
        }
    }

    private void RequireLength(int length)
    {
        if (length != Length)
        {
            throw new ArgumentException($"The buffer has {Length} elements, the host memory {length}.");
        }
    }
}
