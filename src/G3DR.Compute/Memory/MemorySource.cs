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
}

/// <summary>Native memory of the process, 64-byte aligned.</summary>
internal sealed unsafe class HostMemorySource : MemorySource
{
    private const int Alignment = 64;

    /// <inheritdoc/>
    public override nint Allocate(long bytes) => (nint)NativeMemory.AlignedAlloc((nuint)bytes, Alignment);

    /// <inheritdoc/>
    public override void Free(nint block) => NativeMemory.AlignedFree((void*)block);
}
