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
    private readonly Dictionary<long, FreeBlocks> _free = [];
    private readonly Dictionary<nint, long> _out = [];
    private long _mostInUse, _clock;
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
            TrimTo(0);
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
            if (_free.TryGetValue(size, out FreeBlocks? blocks) && blocks.Addresses.TryPop(out block))
            {
                BytesCached -= size;
                blocks.LastUse = ++_clock;
            }
            else
            {
                // Blocks of other sizes make room, rather than that the process grows beyond what it needs.
                long inUse = BytesInUse + size, most = Math.Max(_mostInUse, inUse);
                TrimTo(Math.Min(Limit - inUse, most - inUse + Math.Min(_source.MostSpare(most), long.MaxValue - most)));
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
            _mostInUse = Math.Max(_mostInUse, BytesInUse);
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
            if (!_free.TryGetValue(size, out FreeBlocks? blocks))
            {
                _free.Add(size, blocks = new());
            }

            blocks.Addresses.Push(block);
            blocks.LastUse = ++_clock;
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

    // Sizes that were not asked for in the longest time go first.
    private void TrimTo(long most)
    {
        if (BytesCached <= most)
        {
            return;
        }

        foreach ((long size, FreeBlocks blocks) in _free.OrderBy(entry => entry.Value.LastUse).ToArray())
        {
            while (BytesCached > most && blocks.Addresses.TryPop(out nint block))
            {
                _source.Free(block);
                BytesCached -= size;
            }

            if (blocks.Addresses.Count == 0)
            {
                _free.Remove(size);
            }
        }
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

    /// <summary>Blocks of one size that are kept for reuse.</summary>
    private sealed class FreeBlocks
    {
        public Stack<nint> Addresses { get; } = new();

        public long LastUse { get; set; }
    }
}
