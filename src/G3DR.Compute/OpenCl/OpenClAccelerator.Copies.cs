using System.Buffers;
using System.Numerics;
using G3DR.Compute.Memory;

namespace G3DR.Compute.OpenCl;

/// <content>Copies between host and device and within the device.</content>
public sealed unsafe partial class OpenClAccelerator
{
    private const int LargestStaged = 256 << 10;
    private const long MostStaged = 16L << 20;

    private long _staged;

    /// <summary>Copies host memory to a view of this device without waiting. The host memory must not be changed until the task is done.</summary>
    /// <returns>Done when the copy is; fails with <see cref="DeviceLostException"/> if the device does.</returns>
    /// <exception cref="ArgumentException">The lengths differ, or the view lies on another device.</exception>
    public Task CopyToDeviceAsync<T>(ReadOnlyMemory<T> source, ArrayView<T> destination)
        where T : unmanaged
    {
        RequireLength(source.Length, destination.Length);
        return CopyAsync(destination.Address, destination.Length * sizeof(T), source.Pin(), "clEnqueueWriteBuffer", EnqueueWrite);
    }

    /// <summary>Copies a view of this device to host memory, after all work before, without waiting.</summary>
    /// <returns>Done when the copy is; fails with <see cref="DeviceLostException"/> if the device does.</returns>
    /// <exception cref="ArgumentException">The lengths differ, or the view lies on another device.</exception>
    public Task CopyToHostAsync<T>(ArrayView<T> source, Memory<T> destination)
        where T : unmanaged
    {
        RequireLength(source.Length, destination.Length);
        return CopyAsync(source.Address, source.Length * sizeof(T), destination.Pin(), "clEnqueueReadBuffer", EnqueueRead);
    }

    /// <inheritdoc/>
    private protected override void Write(nint destination, ReadOnlySpan<byte> source)
    {
        _session.ThrowIfUnusable();
        if (source.Length == 0 || TryWriteStaged(destination, source))
        {
            return;
        }

        (nint buffer, long offset) = _memory.Resolve(destination, source.Length);
        var bytes = (nuint)source.Length;
        fixed (byte* host = source)
        {
            byte* first = host;
            using OpenClHandle copied = _session.EnqueueWithEvent(
                "clEnqueueWriteBuffer", (queue, done) => _session.Library.EnqueueWriteBuffer(queue, buffer, (nuint)offset, bytes, first, done));
            _session.Wait(copied, "clEnqueueWriteBuffer");
        }
    }

    /// <inheritdoc/>
    private protected override void Read(nint source, Span<byte> destination)
    {
        _session.ThrowIfUnusable();
        if (destination.Length == 0)
        {
            return;
        }

        (nint buffer, long offset) = _memory.Resolve(source, destination.Length);
        var bytes = (nuint)destination.Length;
        fixed (byte* host = destination)
        {
            byte* first = host;
            using OpenClHandle copied = _session.EnqueueWithEvent(
                "clEnqueueReadBuffer", (queue, done) => _session.Library.EnqueueReadBuffer(queue, buffer, (nuint)offset, bytes, first, done));
            _session.Wait(copied, "clEnqueueReadBuffer");
        }
    }

    /// <inheritdoc/>
    private protected override void Copy(nint source, nint destination, long bytes)
    {
        _session.ThrowIfUnusable();
        if (bytes == 0)
        {
            return;
        }

        (nint from, long fromOffset) = _memory.Resolve(source, bytes);
        (nint to, long toOffset) = _memory.Resolve(destination, bytes);
        if (from != to || Math.Abs(fromOffset - toOffset) >= bytes)
        {
            CopyApart(from, fromOffset, to, toOffset, bytes);
        }
        else if (fromOffset != toOffset)
        {
            CopyOverlapping(source, destination, bytes);
        }
    }

    /// <inheritdoc/>
    private protected override void Clear(nint destination, long bytes)
    {
        _session.ThrowIfUnusable();
        if (bytes == 0)
        {
            return;
        }

        (nint buffer, long offset) = _memory.Resolve(destination, bytes);

        // The pattern's size must divide place and length; drivers fill faster with larger ones.
        nuint pattern = 1u << Math.Min(4, BitOperations.TrailingZeroCount(offset | bytes));
        Int128 zero = 0;
        Int128* first = &zero;
        _session.Enqueue(
            "clEnqueueFillBuffer", (queue, done) => _session.Library.EnqueueFillBuffer(queue, buffer, first, pattern, (nuint)offset, (nuint)bytes, done));
    }

    private delegate int TransferCommand(nint queue, nint buffer, nuint offset, nuint bytes, void* host, nint* done);

    private static void RequireLength(long source, long destination)
    {
        if (source != destination)
        {
            throw new ArgumentException($"{source} elements cannot be copied to {destination}.");
        }
    }

    private int EnqueueWrite(nint queue, nint buffer, nuint offset, nuint bytes, void* host, nint* done) =>
        _session.Library.EnqueueWriteBuffer(queue, buffer, offset, bytes, host, done);

    private int EnqueueRead(nint queue, nint buffer, nuint offset, nuint bytes, void* host, nint* done) =>
        _session.Library.EnqueueReadBuffer(queue, buffer, offset, bytes, host, done);

    private Task CopyAsync(nint address, long bytes, MemoryHandle host, string call, TransferCommand transfer)
    {
        OpenClHandle done;
        try
        {
            _session.ThrowIfUnusable();
            if (bytes == 0)
            {
                host.Dispose();
                return Task.CompletedTask;
            }

            (nint buffer, long offset) = _memory.Resolve(address, bytes);
            void* first = host.Pointer;
            done = _session.EnqueueWithEvent(call, (queue, done) => transfer(queue, buffer, (nuint)offset, (nuint)bytes, first, done));
        }
        catch
        {
            host.Dispose();
            throw;
        }

        return PendingCopy.Start(_session, done, host, call);
    }

    // Waiting for a few numbers to arrive would mean waiting for all kernels before them, so small copies go through memory that can wait instead.
    private bool TryWriteStaged(nint destination, ReadOnlySpan<byte> source)
    {
        int bytes = source.Length;
        if (bytes > LargestStaged)
        {
            return false;
        }

        if (Interlocked.Add(ref _staged, bytes) > MostStaged)
        {
            Interlocked.Add(ref _staged, -bytes);
            return false;
        }

        byte[] stage = ArrayPool<byte>.Shared.Rent(bytes);
        Task copy;
        try
        {
            source.CopyTo(stage);
            copy = CopyAsync(destination, bytes, stage.AsMemory().Pin(), "clEnqueueWriteBuffer", EnqueueWrite);
        }
        catch
        {
            Release();
            throw;
        }

        copy.ContinueWith(
            finished =>
            {
                // A failure is not lost: the session has noted it, and every later call throws it.
                _ = finished.Exception;
                Release();
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return true;

        void Release()
        {
            ArrayPool<byte>.Shared.Return(stage);
            Interlocked.Add(ref _staged, -bytes);
        }
    }

    private void CopyApart(nint from, long fromOffset, nint to, long toOffset, long bytes) => _session.Enqueue(
        "clEnqueueCopyBuffer",
        (queue, done) => _session.Library.EnqueueCopyBuffer(queue, from, to, (nuint)fromOffset, (nuint)toOffset, (nuint)bytes, done));

    // OpenCL does not copy between places that overlap. The scratch memory may go back to the pool at once: the queue is in order.
    private void CopyOverlapping(nint source, nint destination, long bytes)
    {
        using MemoryBuffer<byte> scratch = Allocate<byte>(bytes);
        Copy(source, scratch.View.Address, bytes);
        Copy(scratch.View.Address, destination, bytes);
    }
}
