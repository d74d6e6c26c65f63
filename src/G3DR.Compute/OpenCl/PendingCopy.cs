using System.Buffers;
using System.Runtime.InteropServices;

namespace G3DR.Compute.OpenCl;

/// <summary>A copy under way: keeps the host memory in place until the driver says that it is done.</summary>
internal sealed unsafe class PendingCopy
{
    private const int Complete = 0;

    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly OpenClSession _session;
    private readonly OpenClHandle _done;
    private readonly string _call;
    private MemoryHandle _host;

    private PendingCopy(OpenClSession session, OpenClHandle done, MemoryHandle host, string call) =>
        (_session, _done, _host, _call) = (session, done, host, call);

    /// <summary>The task of a copy that was enqueued.</summary>
    /// <param name="session">The device.</param>
    /// <param name="done">Event of the copy; belongs to the result.</param>
    /// <param name="host">Pinned host memory; belongs to the result.</param>
    /// <param name="call">Function that enqueued it, for messages.</param>
    public static Task Start(OpenClSession session, OpenClHandle done, MemoryHandle host, string call)
    {
        var copy = new PendingCopy(session, done, host, call);
        GCHandle self = GCHandle.Alloc(copy);
        session.BeginCopy();
        int code;
        using (OpenClHandle.Borrowed borrowed = done.Borrow())
        {
            // A copy that is done already may be reported, and its event released, before this call returns.
            code = session.Library.SetEventCallback(borrowed.Value, Complete, &OnComplete, GCHandle.ToIntPtr(self));
        }

        if (code == OpenClErrorCode.Success)
        {
            session.Flush();
            return copy._finished.Task;
        }

        // Without a callback the memory must not move before the copy is done, so there is only waiting.
        self.Free();
        copy.End(session.WaitForStatus(done));
        return copy._finished.Task;
    }

    [UnmanagedCallersOnly]
    private static void OnComplete(nint @event, int status, nint state)
    {
        GCHandle self = GCHandle.FromIntPtr(state);
        var copy = (PendingCopy)self.Target!;
        self.Free();
        copy.End(status);
    }

    private void End(int status)
    {
        _host.Dispose();
        _done.Dispose();
        _session.EndCopy();
        if (status < 0)
        {
            _finished.SetException(_session.Lost(_call, status));
        }
        else
        {
            _finished.SetResult();
        }
    }
}
