using System.Collections.Concurrent;
using System.Reflection;

namespace G3DR.Compute.OpenCl;

/// <summary>The built kernels of one device. Each is built once, at its first launch; different ones can be built at a time.</summary>
internal sealed class KernelStore(OpenClSession session, ProgramBuilder builder, KernelPrograms programs) : IDisposable
{
    private readonly ConcurrentDictionary<MethodInfo, Lazy<BuiltKernel>> _kernels = new();

    /// <summary>The kernel of a delegate; a thread that wants one that another is building waits for it.</summary>
    /// <exception cref="NotSupportedException">The device cannot run it; the message says why.</exception>
    /// <exception cref="OpenClException">It cannot be built.</exception>
    public BuiltKernel Get(Delegate kernel)
    {
        MethodInfo method = kernel.Method;
        Lazy<BuiltKernel> entry = _kernels.GetOrAdd(
            method,
            method => new(() => BuiltKernel.Build(session, builder, method, programs.Find(kernel, session.Device.Info)), LazyThreadSafetyMode.ExecutionAndPublication));
        try
        {
            return entry.Value;
        }
        catch
        {
            // A failure may pass, such as a lack of memory: the next launch tries again.
            _kernels.TryRemove(new(method, entry));
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Lazy<BuiltKernel> entry in _kernels.Values.Where(entry => entry.IsValueCreated))
        {
            entry.Value.Dispose();
        }

        _kernels.Clear();
    }
}
