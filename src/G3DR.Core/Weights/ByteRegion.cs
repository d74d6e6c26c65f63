using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace G3DR.Core.Weights;

/// <summary>
/// Read-only bytes of any length behind one interface: a managed block, a mapped file or native memory.
/// Reads take a lease, so that a Dispose on another thread waits with the release until they are done.
/// </summary>
internal abstract class ByteRegion : IDisposable
{
    private readonly Lock gate = new();
    private int leases;
    private bool disposed;

    public abstract ReadOnlySpan<byte> Slice(long offset, int count);

    /// <summary>Makes sure that every byte can be read, so that a user of many tensors learns of damage before the first is used.</summary>
    /// <exception cref="WeightsFormatException">The data are damaged.</exception>
    public virtual void Prepare()
    {
    }

    /// <summary>Says that these bytes are not needed soon, so that memory that holds a copy of the file can be given back.</summary>
    public virtual void Forget(long offset, long count)
    {
    }

    public void Enter()
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, typeof(WeightFile));
            leases++;
        }
    }

    public void Exit()
    {
        bool release;
        lock (gate)
            release = --leases == 0 && disposed;
        if (release)
            Release();
    }

    public void ThrowIfDisposed()
    {
        lock (gate)
            ObjectDisposedException.ThrowIf(disposed, typeof(WeightFile));
    }

    public void Dispose()
    {
        bool release;
        lock (gate)
        {
            release = !disposed && leases == 0;
            disposed = true;
        }

        if (release)
            Release();
    }

    protected abstract void Release();
}

internal sealed class MemoryRegion(ReadOnlyMemory<byte> memory) : ByteRegion
{
    public override ReadOnlySpan<byte> Slice(long offset, int count) => memory.Span.Slice(checked((int)offset), count);

    // The garbage collector owns the block.
    protected override void Release()
    {
    }
}

/// <summary>
/// A mapped file. There is no finalizer: a forgotten Dispose keeps the mapping until the process ends instead of
/// pulling it from under a span that is still in use.
/// </summary>
internal sealed unsafe class MappedRegion : ByteRegion
{
    private readonly MemoryMappedFile map;
    private readonly MemoryMappedViewAccessor view;
    private readonly byte* start;
    private readonly byte* mapped;
    private readonly long length;

    public MappedRegion(FileStream file, long offset, long length)
    {
        map = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        // The whole file, as a view's own offset is rounded down to a page anyway.
        view = map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        byte* pointer = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        mapped = pointer + view.PointerOffset;
        start = mapped + offset;
        this.length = length;
    }

    public override ReadOnlySpan<byte> Slice(long offset, int count) => PointerSlice.Create(start, length, offset, count);

    public override void Forget(long offset, long count) => MappedPages.Forget(mapped, start - mapped + offset, count);

    protected override void Release()
    {
        view.SafeMemoryMappedViewHandle.ReleasePointer();
        view.Dispose();
        map.Dispose();
    }
}

/// <summary>Native memory, for streams: it may exceed the largest managed array.</summary>
internal sealed unsafe class NativeRegion : ByteRegion
{
    private const long FirstBlock = 1 << 20;

    private readonly long length;
    private byte* start;

    /// <summary>
    /// Reads exactly <paramref name="length"/> bytes, or as many as the stream still has. Memory grows with what
    /// really arrives (<see cref="Read"/>), as the announced length may be a lie.
    /// </summary>
    public NativeRegion(Stream stream, long length)
    {
        this.length = length;
        long capacity = Math.Min(length, FirstBlock);
        start = (byte*)NativeMemory.Alloc((nuint)Math.Max(capacity, 1));
        try
        {
            while (Read < length)
            {
                if (Read == capacity)
                {
                    capacity = capacity > length / 2 ? length : capacity * 2;
                    start = (byte*)NativeMemory.Realloc(start, (nuint)capacity);
                }

                int got = stream.Read(new Span<byte>(start + Read, (int)Math.Min(capacity - Read, FirstBlock)));
                if (got == 0)
                    break;
                Read += got;
            }
        }
        catch
        {
            Release();
            throw;
        }
    }

    /// <summary>Bytes that arrived.</summary>
    public long Read { get; private set; }

    public override ReadOnlySpan<byte> Slice(long offset, int count) => PointerSlice.Create(start, length, offset, count);

    protected override void Release()
    {
        NativeMemory.Free(start);
        start = null;
    }
}

internal static unsafe class PointerSlice
{
    /// <summary>The one place where a pointer becomes a span, with its bounds checked.</summary>
    public static ReadOnlySpan<byte> Create(byte* start, long length, long offset, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, length - count);
        return new ReadOnlySpan<byte>(start + offset, count);
    }
}
