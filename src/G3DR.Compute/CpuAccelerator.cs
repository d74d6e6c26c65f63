using G3DR.Compute.Simd;
using G3DR.Compute.Threading;

namespace G3DR.Compute;

/// <summary>The processor: plain kernels run index by index, hand-written variants on vectors of <see cref="InstructionSet"/>.</summary>
public sealed class CpuAccelerator : Accelerator
{
    // Items of a plain kernel per shard: enough to hide the hand-out, few enough to balance small launches.
    private const long ItemsPerShard = 1024;

    /// <summary>Sets up the processor.</summary>
    /// <exception cref="NotSupportedException">The processor lacks the wanted instruction set.</exception>
    public CpuAccelerator(AcceleratorOptions options)
        : base("cpu", options)
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
    private protected override void Run<TIndex>(TIndex extent, Action<TIndex> body)
    {
        long size = extent.Size;
        int shards = checked((int)((size + ItemsPerShard - 1) / ItemsPerShard));
        Team.For(shards, shard =>
        {
            long end = Math.Min(size, (shard + 1) * ItemsPerShard);
            for (long i = shard * ItemsPerShard; i < end; i++)
            {
                body(TIndex.FromLinear(i, extent));
            }
        });
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => Team.Dispose();
}
