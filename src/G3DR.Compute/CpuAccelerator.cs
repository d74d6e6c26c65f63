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
