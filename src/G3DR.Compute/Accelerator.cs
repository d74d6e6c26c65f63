using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using G3DR.Compute.Launching;
using G3DR.Compute.Memory;
using G3DR.Compute.OpenCl;

namespace G3DR.Compute;

/// <summary>
/// A device that holds memory and runs kernels. Calls by several threads are allowed; kernels of one accelerator run one after another.
/// </summary>
public abstract partial class Accelerator : IDisposable
{
    private readonly ConcurrentDictionary<Type, object> _states = new();

    private protected Accelerator(string name, AcceleratorOptions options, MemorySource source)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MemoryLimit, 1);
        Name = name;
        Atomics = options.Atomics;
        Exact = options.Exact;
        Memory = new(source, options.MemoryLimit);
    }

    /// <summary>Name by which <see cref="Create"/> makes this device.</summary>
    public string Name { get; }

    /// <summary>Memory counts and limits.</summary>
    public MemoryPool Memory { get; }

    /// <summary>Whether variants may be chosen whose sums have no fixed order; see <see cref="AcceleratorOptions.Atomics"/>.</summary>
    public bool Atomics { get; }

    /// <summary>Whether every product is computed from its definition; see <see cref="AcceleratorOptions.Exact"/>.</summary>
    public bool Exact { get; }

    /// <summary>Whether <see cref="Dispose()"/> was called.</summary>
    public bool IsDisposed { get; private set; }

    /// <summary>The best device of this machine: the first OpenCL graphics processor that runs all float32 work, else the processor.</summary>
    /// <param name="options">Threads, vector width, memory limit.</param>
    public static Accelerator CreateDefault(AcceleratorOptions? options = null) => Create("auto", options);

    /// <summary>A device by name.</summary>
    /// <param name="name">
    /// <c>auto</c> (see <see cref="CreateDefault"/>), <c>cpu</c>, <c>opencl</c> for the first OpenCL device, or <c>opencl:0</c> and so on for those of
    /// <see cref="OpenClDevices.List(out string?)"/>.
    /// </param>
    /// <param name="options">Threads, vector width, memory limit.</param>
    /// <exception cref="ArgumentException">There is no such device.</exception>
    /// <exception cref="NotSupportedException">The processor lacks the wanted instruction set, or the device lacks what every kernel needs.</exception>
    /// <exception cref="OpenClException">The driver cannot open the device.</exception>
    public static Accelerator Create(string name, AcceleratorOptions? options = null) => name switch
    {
        "auto" => OpenClAccelerator.TryOpenBest(options) ?? (Accelerator)new CpuAccelerator(options ?? new()),
        "cpu" => new CpuAccelerator(options ?? new()),
        _ => OpenClAccelerator.Open(name, options),
    };

    /// <summary>
    /// What a layer above keeps for this device, made at the first call: it takes the place of static state, so that devices do not influence each other.
    /// </summary>
    /// <typeparam name="TState">Type of the state; there is one of each type.</typeparam>
    public TState State<TState>()
        where TState : class, new() => (TState)_states.GetOrAdd(typeof(TState), static _ => new TState());

    /// <summary>Allocates <paramref name="length"/> elements with undefined content.</summary>
    /// <exception cref="OutOfDeviceMemoryException">The memory limit or the system refuses.</exception>
    public MemoryBuffer<T> Allocate<T>(long length)
        where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        return new(this, length);
    }

    /// <summary>Copies host memory to a view of this device. The host memory may be changed when the call returns.</summary>
    /// <exception cref="ArgumentException">The lengths differ, or the view lies on another device.</exception>
    public void CopyToDevice<T>(ReadOnlySpan<T> source, ArrayView<T> destination)
        where T : unmanaged
    {
        RequireLength(source.Length, destination.Length);
        Write(destination.Address, MemoryMarshal.AsBytes(source));
    }

    /// <summary>Copies a view of this device to host memory, when all work before is done.</summary>
    /// <exception cref="ArgumentException">The lengths differ, or the view lies on another device.</exception>
    public void CopyToHost<T>(ArrayView<T> source, Span<T> destination)
        where T : unmanaged
    {
        RequireLength(source.Length, destination.Length);
        Read(source.Address, MemoryMarshal.AsBytes(destination));
    }

    /// <summary>Copies between views of this device; the two may overlap.</summary>
    /// <exception cref="ArgumentException">The lengths differ, or a view lies on another device.</exception>
    public void Copy<T>(ArrayView<T> source, ArrayView<T> destination)
        where T : unmanaged
    {
        RequireLength(source.Length, destination.Length);
        Copy(source.Address, destination.Address, source.Length * Unsafe.SizeOf<T>());
    }

    /// <summary>Sets every byte of a view of this device to zero.</summary>
    /// <exception cref="ArgumentException">The view lies on another device.</exception>
    public void Clear<T>(ArrayView<T> view)
        where T : unmanaged => Clear(view.Address, view.Length * Unsafe.SizeOf<T>());

    /// <summary>Waits for all work given to the device.</summary>
    public abstract void Synchronize();

    /// <summary>Time that the device takes for what <paramref name="work"/> gives it to do, without the time to hand it over; waits once, at the end.</summary>
    /// <exception cref="InvalidOperationException">The device records no times; see <see cref="AcceleratorOptions.Profiling"/>.</exception>
    public abstract TimeSpan Measure(Action work);

    /// <summary>Frees all memory of the device and ends its threads.</summary>
    public void Dispose()
    {
        if (!IsDisposed)
        {
            IsDisposed = true;
            Dispose(disposing: true);
            Memory.Dispose();
            GC.SuppressFinalize(this);
        }
    }

    /// <summary>Runs a kernel for every index of <paramref name="extent"/>.</summary>
    /// <param name="kernel">The method.</param>
    /// <param name="extent">Items.</param>
    /// <param name="body">The method with its arguments bound, for devices that run C#.</param>
    /// <param name="arguments">The arguments, for devices that pass them.</param>
    private protected abstract void Run<TIndex>(Delegate kernel, TIndex extent, Action<TIndex> body, params ReadOnlySpan<KernelArgument> arguments)
        where TIndex : struct, IIndex<TIndex>;

    /// <summary>Runs a group kernel; parameters as in <see cref="Run"/>.</summary>
    private protected abstract void RunGroups(Delegate kernel, Index3D groups, Action body, params ReadOnlySpan<KernelArgument> arguments);

    /// <summary>Copies host memory to an address of this device.</summary>
    private protected abstract void Write(nint destination, ReadOnlySpan<byte> source);

    /// <summary>Copies from an address of this device to host memory.</summary>
    private protected abstract void Read(nint source, Span<byte> destination);

    /// <summary>Copies within this device.</summary>
    private protected abstract void Copy(nint source, nint destination, long bytes);

    /// <summary>Sets bytes of this device to zero.</summary>
    private protected abstract void Clear(nint destination, long bytes);

    /// <summary>Frees what the device itself holds.</summary>
    protected abstract void Dispose(bool disposing);

    private static void RequireLength(long source, long destination)
    {
        if (source != destination)
        {
            throw new ArgumentException($"{source} elements cannot be copied to {destination}.");
        }
    }
}
