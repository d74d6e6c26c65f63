namespace G3DR.Compute.OpenCl;

/// <summary>Puts one command into a queue.</summary>
/// <param name="queue">The queue.</param>
/// <param name="done">Where the event of the command goes, or null if none is wanted.</param>
/// <returns>The driver's code.</returns>
internal unsafe delegate int EnqueueCommand(nint queue, nint* done);

/// <summary>
/// The context and the in-order queue of one open device, and what is known of their state. All commands pass through here, one at a time,
/// so a lost or disposed device takes no more of them.
/// </summary>
internal sealed unsafe class OpenClSession : IDisposable
{
    private const ulong ProfilingEnable = 1 << 1;
    private const nint ContextPlatform = 0x1084;
    private const uint EventStatus = 0x11D3;

    // Some drivers start only when told; telling them at every launch would cost more than a short kernel.
    private const int CommandsPerFlush = 16;

    // What a driver may take from the end of a copy to the report of it. It matters only for a clean end.
    private static readonly TimeSpan s_longestReport = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly OpenClHandle _queue;
    private readonly OpenClHandle _allocationQueue;
    private string? _firstFailure;
    private EventSpan? _recording;
    private int _commandsSinceFlush;
    private int _copiesUnderWay;
    private bool _closed;

    /// <summary>Opens a device.</summary>
    /// <exception cref="OpenClException">The driver refuses.</exception>
    public OpenClSession(OpenClLibrary library, FoundDevice device, bool profiling)
    {
        (Library, Device) = (library, device);
        nint id = device.Device;
        nint* properties = stackalloc nint[] { ContextPlatform, device.Platform, 0 };
        int error;
        nint context = library.CreateContext(properties, 1, &id, &error);
        OpenClException.ThrowIfFailed(error, "clCreateContext", Name);
        Context = library.Own(OpenClFunction.ReleaseContext, context);
        try
        {
            _queue = CreateQueue(profiling ? ProfilingEnable : 0);
            _allocationQueue = CreateQueue(0);
        }
        catch
        {
            _queue?.Dispose();
            Context.Dispose();
            throw;
        }
    }

    /// <summary>The loader.</summary>
    public OpenClLibrary Library { get; }

    /// <summary>The device.</summary>
    public FoundDevice Device { get; }

    /// <summary>The context.</summary>
    public OpenClHandle Context { get; }

    /// <summary>Name of the device in messages.</summary>
    public string Name => Device.Info.ToString();

    /// <summary>Puts a command into the queue.</summary>
    /// <param name="call">Name of the function, for messages.</param>
    /// <param name="command">Calls the function; runs while no other command is enqueued, so it may also set a kernel's arguments.</param>
    public void Enqueue(string call, EnqueueCommand command) => Submit(call, command, wantEvent: false)?.Dispose();

    /// <summary>Puts a command into the queue and returns its event, which the caller disposes.</summary>
    public OpenClHandle EnqueueWithEvent(string call, EnqueueCommand command) => Submit(call, command, wantEvent: true)!;

    /// <summary>Waits until a command is done.</summary>
    /// <exception cref="DeviceLostException">It failed.</exception>
    public void Wait(OpenClHandle done, string call)
    {
        int status = WaitForStatus(done);
        if (status < 0)
        {
            throw Lost(call, status);
        }
    }

    /// <summary>Waits until a command is done.</summary>
    /// <returns>A negative error code if it failed.</returns>
    public int WaitForStatus(OpenClHandle done)
    {
        using OpenClHandle.Borrowed borrowed = done.Borrow();
        nint value = borrowed.Value;
        int code = Library.WaitForEvents(1, &value);
        if (code == OpenClErrorCode.Success)
        {
            return code;
        }

        // The wait only says that some command failed; the event has the code of the failure itself.
        int status = 0;
        bool known = Library.GetEventInfo(value, EventStatus, sizeof(int), &status, null) == OpenClErrorCode.Success && status < 0;
        return known ? status : code;
    }

    /// <summary>Waits until all commands are done.</summary>
    /// <exception cref="DeviceLostException">One of them failed.</exception>
    public void Finish()
    {
        ThrowIfUnusable();
        using OpenClHandle.Borrowed queue = _queue.Borrow();
        int code = Library.Finish(queue.Value);
        if (code != OpenClErrorCode.Success)
        {
            throw Lost("clFinish", code);
        }
    }

    /// <summary>Makes the driver start what was enqueued. It throws nothing: if it fails, the next call shows it.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            if (!_closed)
            {
                _ = Library.Flush(_queue.Value);
                _commandsSinceFlush = 0;
            }
        }
    }

    /// <summary>Makes the driver give a new buffer its memory, which many do only at the first use. Does not wait for the kernels under way.</summary>
    /// <returns>The driver's code.</returns>
    public int Touch(OpenClHandle buffer)
    {
        int zero = 0;
        using OpenClHandle.Borrowed queue = _allocationQueue.Borrow();
        int code = Library.EnqueueFillBuffer(queue.Value, buffer.Value, &zero, sizeof(int), 0, sizeof(int), null);
        return code == OpenClErrorCode.Success ? Library.Finish(queue.Value) : code;
    }

    /// <summary>Time from the start of the first to the end of the last command that <paramref name="work"/> enqueues.</summary>
    public TimeSpan Measure(Action work)
    {
        using var span = new EventSpan(Library, Name);
        lock (_gate)
        {
            ThrowIfUnusable();
            if (_recording is not null)
            {
                throw new InvalidOperationException($"The work of {Name} is being measured already; measurements cannot be nested or overlap.");
            }

            _recording = span;
        }

        try
        {
            work();
        }
        finally
        {
            lock (_gate)
            {
                _recording = null;
            }
        }

        Finish();
        return span.Elapsed();
    }

    /// <summary>Throws if the device takes no more work.</summary>
    public void ThrowIfUnusable()
    {
        ObjectDisposedException.ThrowIf(_closed, typeof(OpenClAccelerator));
        if (Volatile.Read(ref _firstFailure) is { } failure)
        {
            throw new DeviceLostException(Name, failure);
        }
    }

    /// <summary>Throws if a call failed; finds out whether the device is lost.</summary>
    public void Check(int code, string call)
    {
        if (code != OpenClErrorCode.Success)
        {
            throw Failure(code, call);
        }
    }

    /// <summary>What a failed call is reported as.</summary>
    public Exception Failure(int code, string call)
    {
        // NVIDIA's driver says "out of resources" both for a kernel that needs too many registers and after an illegal access; only in the
        // second case does the queue fail too.
        using OpenClHandle.Borrowed queue = _queue.Borrow();
        bool lost = OpenClErrorCode.MeansDeviceLost(code)
            || (code == OpenClErrorCode.OutOfResources && Library.Finish(queue.Value) != OpenClErrorCode.Success);
        return lost ? Lost(call, code) : OpenClException.Create(code, call, Name);
    }

    /// <summary>Notes that the device is lost.</summary>
    public DeviceLostException Lost(string call, int code)
    {
        string failure = $"{call} failed with {OpenClErrorCode.NameOf(code)} ({code}); {OpenClErrorCode.AdviceFor(code)}";
        return new(Name, Interlocked.CompareExchange(ref _firstFailure, failure, null) ?? failure);
    }

    /// <summary>Notes a copy whose end the driver will report.</summary>
    public void BeginCopy() => Interlocked.Increment(ref _copiesUnderWay);

    /// <summary>Notes the report.</summary>
    public void EndCopy() => Interlocked.Decrement(ref _copiesUnderWay);

    /// <summary>Waits for the queue and releases it.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
        }

        // A lost device has nothing to wait for, and whether waiting succeeds changes nothing here.
        _ = Library.Finish(_queue.Value);
        SpinWait.SpinUntil(() => Volatile.Read(ref _copiesUnderWay) == 0, s_longestReport);
        _queue.Dispose();
        _allocationQueue.Dispose();
        Context.Dispose();
    }

    private OpenClHandle CreateQueue(ulong properties)
    {
        int error;
        nint queue = Library.CreateCommandQueue(Context.Value, Device.Device, properties, &error);
        OpenClException.ThrowIfFailed(error, "clCreateCommandQueue", Name);
        return Library.Own(OpenClFunction.ReleaseCommandQueue, queue);
    }

    private OpenClHandle? Submit(string call, EnqueueCommand command, bool wantEvent)
    {
        lock (_gate)
        {
            ThrowIfUnusable();
            nint done = 0;
            Check(command(_queue.Value, wantEvent || _recording is not null ? &done : null), call);
            if (++_commandsSinceFlush >= CommandsPerFlush)
            {
                _ = Library.Flush(_queue.Value);
                _commandsSinceFlush = 0;
            }

            OpenClHandle? owned = done == 0 ? null : Library.Own(OpenClFunction.ReleaseEvent, done);
            if (_recording is not null)
            {
                _recording.Add(owned!, shared: wantEvent);
                return wantEvent ? owned : null;
            }

            return owned;
        }
    }
}
