using G3DR.Compute.Launching;

namespace G3DR.Compute.OpenCl;

/// <summary>
/// An OpenCL device. Launches, and copies within the device, return at once; the device works through them in order. Copies to and from the host, and
/// <see cref="Synchronize"/>, wait. After an illegal access or a reset of the driver every call throws <see cref="DeviceLostException"/>.
/// </summary>
public sealed unsafe partial class OpenClAccelerator : Accelerator
{
    private readonly OpenClSession _session;
    private readonly OpenClMemory _memory;
    private readonly KernelStore _kernels;
    private readonly ArgumentBinder _binder;
    private readonly bool _profiling;

    private OpenClAccelerator(OpenClSession session, OpenClMemory memory, AcceleratorOptions options, IKernelModule? module)
        : base(session.Device.Info.Name, options, memory)
    {
        (_session, _memory, _profiling) = (session, memory, options.Profiling);
        Cache = new(options.CacheFolder);
        Builder = new(session.Library, session.Device, session.Context, Cache);
        _kernels = new(session, Builder, new(module));
        _binder = new(session, memory);
    }

    /// <summary>What the driver says about the device.</summary>
    public OpenClDevice Device => _session.Device.Info;

    /// <summary>Why built programs cannot be kept in <see cref="AcceleratorOptions.CacheFolder"/>, so that every process builds them again; null while all is well.</summary>
    public string? CacheProblem => Cache.Problem;

    /// <summary>Program binaries on disk.</summary>
    internal ProgramCache Cache { get; }

    /// <summary>The compiler.</summary>
    internal ProgramBuilder Builder { get; }

    /// <summary>The driver.</summary>
    internal OpenClSession Session => _session;

    /// <summary>Opens a device by name.</summary>
    /// <param name="name"><c>opencl</c> for the first device, <c>opencl:0</c> and so on for one of <see cref="OpenClDevices.List(out string?)"/>.</param>
    /// <param name="options">Memory limit, cache folder, profiling.</param>
    /// <exception cref="ArgumentException">There is no such device; the message says which there are.</exception>
    /// <exception cref="NotSupportedException">The device lacks what every kernel needs.</exception>
    /// <exception cref="OpenClException">The driver refuses.</exception>
    public static OpenClAccelerator Open(string name, AcceleratorOptions? options = null)
    {
        OpenClLibrary? library = OpenClLibrary.TryLoad(null, out string? reason);
        return library is null ? throw NoSuchDevice(name, [], reason) : Open(library, name, options ?? new());
    }

    /// <summary>Opens the first graphics processor that runs all float32 work; null if there is none that can be opened.</summary>
    /// <param name="options">Memory limit, cache folder, profiling.</param>
    public static OpenClAccelerator? TryOpenBest(AcceleratorOptions? options = null) =>
        OpenClLibrary.TryLoad(null, out _) is { } library ? TryOpenBest(library, options ?? new()) : null;

    /// <inheritdoc cref="TryOpenBest(AcceleratorOptions?)"/>
    internal static OpenClAccelerator? TryOpenBest(OpenClLibrary library, AcceleratorOptions options)
    {
        foreach (FoundDevice device in OpenClDeviceScan.Scan(library, out _))
        {
            if (device.Info is { Type: OpenClDeviceType.Gpu, RunsFloat32: true })
            {
                try
                {
                    return Open(library, device, options, module: null);
                }
                catch (OpenClException)
                {
                    // A driver that lists a device which it cannot open: the next one may do.
                }
            }
        }

        return null;
    }

    /// <inheritdoc cref="Open(string, AcceleratorOptions?)"/>
    /// <param name="library">The loader.</param>
    /// <param name="name">Name of the device.</param>
    /// <param name="options">Memory limit, cache folder, profiling.</param>
    /// <param name="module">Kernels' text that is asked before the generated one.</param>
    internal static OpenClAccelerator Open(OpenClLibrary library, string name, AcceleratorOptions options, IKernelModule? module = null)
    {
        IReadOnlyList<FoundDevice> devices = OpenClDeviceScan.Scan(library, out string? reason);
        FoundDevice device = devices.FirstOrDefault(found => name == "opencl" || found.Info.Name == name)
            ?? throw NoSuchDevice(name, devices, reason);
        return Open(library, device, options, module);
    }

    /// <inheritdoc/>
    public override void Synchronize() => _session.Finish();

    /// <inheritdoc/>
    /// <remarks>The time from the start of the first to the end of the last command, with the gaps between them in which the device waits for the host.</remarks>
    public override TimeSpan Measure(Action work) => _profiling
        ? _session.Measure(work)
        : throw new InvalidOperationException($"{_session.Name} was opened without {nameof(AcceleratorOptions)}.{nameof(AcceleratorOptions.Profiling)}, so it records no times.");

    /// <inheritdoc/>
    private protected override void Run<TIndex>(Delegate kernel, TIndex extent, Action<TIndex> body, params ReadOnlySpan<KernelArgument> arguments)
    {
        _session.ThrowIfUnusable();
        (int dimensions, Index3D size) = Sides(extent);
        BuiltKernel built = _kernels.Get(kernel);
        if (built.Group is not null)
        {
            throw new ArgumentException($"'{built.Name}' is a group kernel: start it with LaunchGroups.", nameof(kernel));
        }

        if (size.Size == 0)
        {
            return;
        }

        GroupShape group = GroupShape.Choose(Device, built.GroupLimit, dimensions, size);
        nuint* local = stackalloc nuint[] { (nuint)group.X, (nuint)group.Y, (nuint)group.Z };
        nuint* offset = stackalloc nuint[3];
        nuint* items = stackalloc nuint[3];
        foreach (LaunchPart part in LaunchPart.Split(size, group))
        {
            (offset[1], offset[2]) = ((nuint)part.OffsetY, (nuint)part.OffsetZ);
            (items[0], items[1], items[2]) = ((nuint)part.ItemsX, (nuint)part.ItemsY, (nuint)part.ItemsZ);
            Start(built, dimensions, offset, items, local, arguments, size);
        }
    }

    /// <inheritdoc/>
    private protected override void RunGroups(Delegate kernel, Index3D groups, Action body, params ReadOnlySpan<KernelArgument> arguments)
    {
        _session.ThrowIfUnusable();
        RequireNotNegative(groups);
        BuiltKernel built = _kernels.Get(kernel);
        if (built.Group is not { } group)
        {
            throw new ArgumentException($"'{built.Name}' is a plain kernel: start it with Launch.", nameof(kernel));
        }

        if (groups.X == 0 || groups.Y == 0 || groups.Z == 0)
        {
            return;
        }

        nuint* local = stackalloc nuint[] { (nuint)group.X, (nuint)group.Y, (nuint)group.Z };
        nuint* items = stackalloc nuint[] { (nuint)groups.X * local[0], (nuint)groups.Y * local[1], (nuint)groups.Z * local[2] };
        Start(built, 3, null, items, local, arguments, extent: null);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _session.Dispose();
            _kernels.Dispose();
            _memory.Dispose();
        }
    }

    /// <summary>Opens a device that was found.</summary>
    internal static OpenClAccelerator Open(OpenClLibrary library, FoundDevice device, AcceleratorOptions options, IKernelModule? module)
    {
        if (!device.Info.IsUsable)
        {
            throw new NotSupportedException($"The device {device.Info} cannot be used; it lacks: {string.Join(", ", device.Info.Missing)}.");
        }

        var session = new OpenClSession(library, device, options.Profiling);
        OpenClMemory? memory = null;
        try
        {
            memory = new(session);
            return new(session, memory, options, module);
        }
        catch
        {
            session.Dispose();
            memory?.Dispose();
            throw;
        }
    }

    private static ArgumentException NoSuchDevice(string name, IReadOnlyList<FoundDevice> devices, string? reason)
    {
        string known = string.Join(", ", devices.Select(device => device.Info.ToString()).Prepend("auto, cpu"));
        return new($"There is no device '{name}'; known devices are {known}{(reason is null ? string.Empty : $" ({reason})")}.", nameof(name));
    }

    private static (int Dimensions, Index3D Size) Sides<TIndex>(TIndex extent)
    {
        (int dimensions, Index3D size) = extent switch
        {
            Index1D one => (1, new Index3D(one.X, 1, 1)),
            Index2D two => (2, new Index3D(two.X, two.Y, 1)),
            Index3D three => (3, three),
            _ => throw new NotSupportedException($"A launch over {typeof(TIndex).Name} is not possible; use Index1D, Index2D or Index3D."),
        };
        RequireNotNegative(size);
        return (dimensions, size.X == 0 || size.Y == 0 || size.Z == 0 ? default : size);
    }

    private static void RequireNotNegative(Index3D size)
    {
        if (size.X < 0 || size.Y < 0 || size.Z < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(size), size, "The extent of a launch is negative.");
        }
    }

    private void Start(
        BuiltKernel kernel, int dimensions, nuint* offset, nuint* items, nuint* group, ReadOnlySpan<KernelArgument> arguments, Index3D? extent)
    {
        // The command runs before Enqueue returns, so the arguments' span is alive; a lambda cannot capture it, hence the copy.
        KernelArgument[] passed = [.. arguments];
        _session.Enqueue("clEnqueueNDRangeKernel", (queue, done) =>
        {
            Span<int> sides = extent is { } size ? [size.X, size.Y, size.Z] : [];
            _binder.Bind(kernel, passed, sides[..(extent is null ? 0 : dimensions)]);
            return _session.Library.EnqueueNDRangeKernel(queue, kernel.Handle.Value, (uint)dimensions, offset, items, group, done);
        });
    }
}
