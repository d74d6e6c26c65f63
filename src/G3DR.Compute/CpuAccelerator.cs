using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using G3DR.Compute.Launching;
using G3DR.Compute.Memory;
using G3DR.Compute.Simd;
using G3DR.Compute.Threading;

namespace G3DR.Compute;

/// <summary>The processor: plain kernels run index by index, hand-written variants on vectors of <see cref="InstructionSet"/>.</summary>
public sealed class CpuAccelerator : Accelerator
{
    // Items of a plain kernel per shard, at most: enough to hide the hand-out. Small launches, whose items are often whole rays or planes, are cut finer.
    private const long MostItemsPerShard = 1024, ShardsOfSmallLaunch = 64;

    /// <summary>Sets up the processor.</summary>
    /// <exception cref="NotSupportedException">The processor lacks the wanted instruction set.</exception>
    public CpuAccelerator(AcceleratorOptions options)
        : base("cpu", options, new HostMemorySource())
    {
        ArgumentOutOfRangeException.ThrowIfNegative(options.Threads);
        InstructionSet = InstructionSets.Resolve(options.InstructionSet);
        ReferenceKernels = options.ReferenceKernels;
        Team = new(options.Threads == 0 ? Environment.ProcessorCount : options.Threads);
    }

    /// <summary>Vector width in use; never <see cref="InstructionSet.Auto"/>.</summary>
    public InstructionSet InstructionSet { get; }

    /// <summary>Whether plain kernels run where vector variants exist.</summary>
    public bool ReferenceKernels { get; }

    /// <summary>The threads.</summary>
    public ThreadTeam Team { get; }

    /// <summary>Runs all shards of a hand-written kernel on vectors of <see cref="InstructionSet"/> and returns when they are done.</summary>
    /// <typeparam name="TKernel">The kernel, a struct so that the loops are compiled for it.</typeparam>
    /// <param name="kernel">Operands and sizes.</param>
    /// <param name="shards">Number of shards.</param>
    public void Launch<TKernel>(TKernel kernel, int shards)
        where TKernel : struct, IVectorKernel
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        switch (InstructionSet)
        {
            case InstructionSet.Avx512:
                Team.For(shards, kernel.Run<V512>);
                break;
            case InstructionSet.Avx2:
                Team.For(shards, kernel.Run<V256>);
                break;
            default:
                Team.For(shards, kernel.Run<V128>);
                break;
        }
    }

    /// <inheritdoc/>
    public override void Synchronize() => ObjectDisposedException.ThrowIf(IsDisposed, this);

    /// <inheritdoc/>
    public override TimeSpan Measure(Action work)
    {
        long start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start);
    }

    /// <inheritdoc/>
    private protected override void Run<TIndex>(Delegate kernel, TIndex extent, Action<TIndex> body, params ReadOnlySpan<KernelArgument> arguments)
    {
        long size = extent.Size;
        long perShard = Math.Clamp(size / ShardsOfSmallLaunch, 1, MostItemsPerShard);
        int shards = checked((int)((size + perShard - 1) / perShard));
        Team.For(shards, shard =>
        {
            long end = Math.Min(size, (shard + 1) * perShard);
            for (long i = shard * perShard; i < end; i++)
            {
                body(TIndex.FromLinear(i, extent));
            }
        });
    }

    /// <inheritdoc/>
    private protected override void RunGroups(Delegate kernel, Index3D groups, Action body, params ReadOnlySpan<KernelArgument> arguments)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        GroupKernelAttribute size = kernel.Method.GetCustomAttribute<GroupKernelAttribute>()
            ?? throw new ArgumentException($"The method '{kernel.Method.Name}' is not marked [GroupKernel], so the size of its groups is not known.", nameof(kernel));
        GroupEmulator.Run(new(size.X, size.Y, size.Z), groups, body);
    }

    /// <inheritdoc/>
    private protected override unsafe void Write(nint destination, ReadOnlySpan<byte> source) => source.CopyTo(new(Host(destination), source.Length));

    /// <inheritdoc/>
    private protected override unsafe void Read(nint source, Span<byte> destination) => new ReadOnlySpan<byte>(Host(source), destination.Length).CopyTo(destination);

    /// <inheritdoc/>
    private protected override unsafe void Copy(nint source, nint destination, long bytes) =>
        Buffer.MemoryCopy(Host(source), Host(destination), bytes, bytes);

    /// <inheritdoc/>
    private protected override unsafe void Clear(nint destination, long bytes)
    {
        byte* start = Host(destination);
        for (long done = 0; done < bytes; done += 1 << 30)
        {
            Unsafe.InitBlockUnaligned(start + done, 0, (uint)Math.Min(bytes - done, 1 << 30));
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => Team.Dispose();

    private static unsafe byte* Host(nint address) => DeviceAddress.IsDevice(address)
        ? throw new ArgumentException("The view lies in the memory of another device than the processor.")
        : (byte*)address;
}
