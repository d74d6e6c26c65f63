namespace G3DR.Compute.OpenCl;

/// <summary>The first and the last of a series of commands, for the device time between them.</summary>
internal sealed unsafe class EventSpan(OpenClLibrary library, string device) : IDisposable
{
    private const uint CommandStart = 0x1282, CommandEnd = 0x1283;

    // Device times are in nanoseconds.
    private const long NanosecondsPerTick = 1_000_000_000 / TimeSpan.TicksPerSecond;

    private OpenClHandle? _first;
    private OpenClHandle? _last;

    /// <summary>Adds a command of the in-order queue.</summary>
    /// <param name="done">Its event.</param>
    /// <param name="shared">Whether the caller keeps the event too; otherwise it now belongs to this object.</param>
    public void Add(OpenClHandle done, bool shared)
    {
        OpenClHandle mine = done;
        if (shared)
        {
            OpenClException.ThrowIfFailed(library.RetainEvent(done.Value), "clRetainEvent", device);
            mine = library.Own(OpenClFunction.ReleaseEvent, done.Value);
        }

        if (_first is null)
        {
            _first = mine;
        }
        else
        {
            _last?.Dispose();
            _last = mine;
        }
    }

    /// <summary>From the start of the first to the end of the last command; both must be done. Zero without commands.</summary>
    public TimeSpan Elapsed() => _first is null
        ? TimeSpan.Zero
        : TimeSpan.FromTicks((Time(_last ?? _first, CommandEnd) - Time(_first, CommandStart)) / NanosecondsPerTick);

    /// <inheritdoc/>
    public void Dispose()
    {
        _first?.Dispose();
        _last?.Dispose();
    }

    private long Time(OpenClHandle done, uint what)
    {
        ulong nanoseconds;
        OpenClException.ThrowIfFailed(library.GetEventProfilingInfo(done.Value, what, sizeof(ulong), &nanoseconds, null), "clGetEventProfilingInfo", device);
        return (long)nanoseconds;
    }
}
