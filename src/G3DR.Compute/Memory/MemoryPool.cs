namespace G3DR.Compute.Memory;

/// <summary>
/// Memory of one accelerator: blocks kept for reuse when they are returned, counted, and limited.
/// The pool holds every block that is out, so a view can never outlive its memory by garbage collection: what is not disposed is a leak
/// that <see cref="BytesInUse"/> shows and that ends with the accelerator.
/// </summary>
public sealed class MemoryPool : IDisposable
{
    private readonly MemorySource _source;
    private readonly Lock _gate = new();
    private readonly Dictionary<long, Stack<nint>> _free = [];
    private readonly Dictionary<nint, long> _out = [];
    private bool _disposed;

    internal MemoryPool(MemorySource source, long limit) => (_source, Limit) = (source, limit);

    /// <summary>Frees what an accelerator that was never disposed still holds.</summary>
    ~MemoryPool() => Release();

    /// <summary>Most bytes that may be out at a time.</summary>
    public long Limit { get; }

    /// <summary>Bytes now out with buffers.</summary>
    public long BytesInUse { get; private set; }

    /// <summary>Most bytes ever out at a time since the last <see cref="ResetPeak"/>.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>Bytes kept for reuse.</summary>
    public long BytesCached { get; private set; }

    /// <summary>Number of buffers now out.</summary>
    public int BuffersInUse
    {
        get
        {
            lock (_gate)
            {
                return _out.Count;
            }
        }
    }

    /// <summary>Starts a new measurement of <see cref="PeakBytes"/>.</summary>
    public void ResetPeak()
    {
        lock (_gate)
        {
            PeakBytes = BytesInUse;
        }
    }

    /// <summary>Gives the blocks kept for reuse back to the system.</summary>
    public void Trim()
    {
        lock (_gate)
        {
            foreach (Stack<nint> blocks in _free.Values)
            {
                while (blocks.TryPop(out nint block))
                {
                    _source.Free(block);
                }
            }

            _free.Clear();
            BytesCached = 0;
        }
    }

    /// <summary>Returns all memory to the system, also what is still out: buffers not disposed before are unusable after.</summary>
    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    internal nint Rent(long bytes)
    {
        if (bytes > _source.LargestBlock)
        {
            throw OutOfDeviceMemoryException.TooLargeForOneBlock(bytes, _source.LargestBlock);
        }

        long size = Math.Min(RoundUp(bytes), _source.LargestBlock);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (size > Limit - BytesInUse)
            {
                throw new OutOfDeviceMemoryException(bytes, Limit - BytesInUse, Limit);
            }

            nint block;
            if (_free.TryGetValue(size, out Stack<nint>? blocks) && blocks.TryPop(out block))
            {
                BytesCached -= size;
            }
            else
            {
                if (size + BytesCached > Limit - BytesInUse)
                {
                    Trim();
                }

                try
                {
                    block = AllocateOrTrim(size);
                }
                catch (OutOfMemoryException error)
                {
                    long room = Math.Min(Limit, _source.Capacity ?? Limit);
                    throw new OutOfDeviceMemoryException(bytes, Math.Max(0, room - BytesInUse), room, error);
                }
            }

            _out.Add(block, size);
            BytesInUse += size;
            PeakBytes = Math.Max(PeakBytes, BytesInUse);
            return block;
        }
    }

    internal void Return(nint block)
    {
        lock (_gate)
        {
            if (_disposed || !_out.Remove(block, out long size))
            {
                return;
            }

            BytesInUse -= size;
            if (!_free.TryGetValue(size, out Stack<nint>? blocks))
            {
                _free.Add(size, blocks = new());
            }

            blocks.Push(block);
            BytesCached += size;
        }
    }

    // Steps of an eighth of a power of two: at most 12.5 % is lost and blocks of similar sizes find each other again.
    private static long RoundUp(long bytes)
    {
        long size = Math.Max(bytes, 256);
        long step = Math.Max(256, (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)size) / 16);
        return checked(size + step - 1) / step * step;
    }

    // What is kept for reuse in other sizes is given up before the caller is refused.
    private nint AllocateOrTrim(long size)
    {
        try
        {
            return _source.Allocate(size);
        }
        catch (OutOfMemoryException) when (BytesCached > 0)
        {
            Trim();
            return _source.Allocate(size);
        }
    }

    private void Release()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            Trim();
            foreach (nint block in _out.Keys)
            {
                _source.Free(block);
            }

            _out.Clear();
            _disposed = true;
        }
    }
}
