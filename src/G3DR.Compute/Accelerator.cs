using System.Collections.Concurrent;
using G3DR.Compute.Memory;

namespace G3DR.Compute;

/// <summary>
/// A device that holds memory and runs kernels. Calls by several threads are allowed; kernels of one accelerator run one after another.
/// </summary>
public abstract class Accelerator : IDisposable
{
    private readonly ConcurrentDictionary<Type, object> _states = new();

    private protected Accelerator(string name, AcceleratorOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MemoryLimit, 1);
        Name = name;
        Memory = new(options.MemoryLimit);
    }

    /// <summary>Name by which <see cref="Create"/> makes this device.</summary>
    public string Name { get; }

    /// <summary>Memory counts and limits.</summary>
    public MemoryPool Memory { get; }

    /// <summary>Whether <see cref="Dispose()"/> was called.</summary>
    public bool IsDisposed { get; private set; }

    /// <summary>The best device of this machine: at present the processor.</summary>
    /// <param name="options">Threads, vector width, memory limit.</param>
    public static Accelerator CreateDefault(AcceleratorOptions? options = null) => Create("auto", options);

    /// <summary>A device by name.</summary>
    /// <param name="name"><c>auto</c> or <c>cpu</c>.</param>
    /// <param name="options">Threads, vector width, memory limit.</param>
    /// <exception cref="ArgumentException">There is no such device.</exception>
    /// <exception cref="NotSupportedException">The processor lacks the wanted instruction set.</exception>
    public static Accelerator Create(string name, AcceleratorOptions? options = null) => name switch
    {
        "auto" or "cpu" => new CpuAccelerator(options ?? new()),
        _ => throw new ArgumentException($"There is no device '{name}'; known devices are auto and cpu.", nameof(name)),
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
        return new(Memory, length);
    }

    /// <summary>Runs a kernel for every index of <paramref name="extent"/> and returns when it is done.</summary>
    public void Launch<TIndex, T1>(Action<TIndex, T1> kernel, TIndex extent, T1 a)
        where TIndex : struct, IIndex<TIndex> => Run(extent, i => kernel(i, a));

    /// <inheritdoc cref="Launch{TIndex, T1}"/>
    public void Launch<TIndex, T1, T2>(Action<TIndex, T1, T2> kernel, TIndex extent, T1 a, T2 b)
        where TIndex : struct, IIndex<TIndex> => Run(extent, i => kernel(i, a, b));

    /// <inheritdoc cref="Launch{TIndex, T1}"/>
    public void Launch<TIndex, T1, T2, T3>(Action<TIndex, T1, T2, T3> kernel, TIndex extent, T1 a, T2 b, T3 c)
        where TIndex : struct, IIndex<TIndex> => Run(extent, i => kernel(i, a, b, c));

    /// <inheritdoc cref="Launch{TIndex, T1}"/>
    public void Launch<TIndex, T1, T2, T3, T4>(Action<TIndex, T1, T2, T3, T4> kernel, TIndex extent, T1 a, T2 b, T3 c, T4 d)
        where TIndex : struct, IIndex<TIndex> => Run(extent, i => kernel(i, a, b, c, d));

    /// <inheritdoc cref="Launch{TIndex, T1}"/>
    public void Launch<TIndex, T1, T2, T3, T4, T5>(Action<TIndex, T1, T2, T3, T4, T5> kernel, TIndex extent, T1 a, T2 b, T3 c, T4 d, T5 e)
        where TIndex : struct, IIndex<TIndex> => Run(extent, i => kernel(i, a, b, c, d, e));

    /// <inheritdoc cref="Launch{TIndex, T1}"/>
    public void Launch<TIndex, T1, T2, T3, T4, T5, T6>(
        Action<TIndex, T1, T2, T3, T4, T5, T6> kernel, TIndex extent, T1 a, T2 b, T3 c, T4 d, T5 e, T6 f)
        where TIndex : struct, IIndex<TIndex> => Run(extent, i => kernel(i, a, b, c, d, e, f));

    /// <inheritdoc cref="Launch{TIndex, T1}"/>
    public void Launch<TIndex, T1, T2, T3, T4, T5, T6, T7>(
        Action<TIndex, T1, T2, T3, T4, T5, T6, T7> kernel, TIndex extent, T1 a, T2 b, T3 c, T4 d, T5 e, T6 f, T7 g)
        where TIndex : struct, IIndex<TIndex> => Run(extent, i => kernel(i, a, b, c, d, e, f, g));

    /// <inheritdoc cref="Launch{TIndex, T1}"/>
    public void Launch<TIndex, T1, T2, T3, T4, T5, T6, T7, T8>(
        Action<TIndex, T1, T2, T3, T4, T5, T6, T7, T8> kernel, TIndex extent, T1 a, T2 b, T3 c, T4 d, T5 e, T6 f, T7 g, T8 h)
        where TIndex : struct, IIndex<TIndex> => Run(extent, i => kernel(i, a, b, c, d, e, f, g, h));

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

    /// <summary>Runs <paramref name="body"/> for every index of <paramref name="extent"/>.</summary>
    private protected abstract void Run<TIndex>(TIndex extent, Action<TIndex> body)
        where TIndex : struct, IIndex<TIndex>;

    /// <summary>Frees what the device itself holds.</summary>
    protected abstract void Dispose(bool disposing);
}
