using System.Runtime.InteropServices;

namespace G3DR.Compute.Memory;

/// <summary>Where a <see cref="MemoryPool"/> gets its blocks from.</summary>
internal abstract class MemorySource
{
    /// <summary>A new block of undefined content.</summary>
    /// <returns>A host pointer or a <see cref="DeviceAddress"/>.</returns>
    /// <exception cref="OutOfMemoryException">There is no room; the message may say how much there is.</exception>
    public abstract nint Allocate(long bytes);

    /// <summary>Gives a block back.</summary>
    public abstract void Free(nint block);

    /// <summary>Bytes that the device has in all, or null where that is not known.</summary>
    public virtual long? Capacity => null;

    /// <summary>Most bytes of one block.</summary>
    public virtual long LargestBlock => long.MaxValue;

    /// <summary>Most bytes that the pool keeps for reuse beyond what was once in use at a time.</summary>
    /// <param name="mostInUse">Most bytes ever in use at a time.</param>
    public virtual long MostSpare(long mostInUse) => long.MaxValue;
}

/// <summary>Native memory of the process, 64-byte aligned; large blocks in large pages where the system has them. The pool calls one method at a time.</summary>
internal sealed unsafe class HostMemorySource : MemorySource
{
    private const int Alignment = 64;

    // Other programs want memory too, and a new block costs no more than a pass over it.
    private const long LeastSpare = 16L << 20, SpareShare = 32;

    private readonly Dictionary<nint, long> _mapped = [];

    /// <inheritdoc/>
    public override nint Allocate(long bytes)
    {
        if (!SystemPages.IsSupported || bytes < SystemPages.Large)
        {
            return (nint)NativeMemory.AlignedAlloc((nuint)bytes, Alignment);
        }

        nint block = SystemPages.Map(bytes);
        _mapped.Add(block, bytes);
        return block;
    }

    /// <inheritdoc/>
    public override long MostSpare(long mostInUse) => Math.Max(LeastSpare, mostInUse / SpareShare);

    /// <inheritdoc/>
    public override void Free(nint block)
    {
        if (_mapped.Remove(block, out long bytes))
        {
            SystemPages.Unmap(block, bytes);
        }
        else
        {
            NativeMemory.AlignedFree((void*)block);
        }
    }
}
