namespace G3DR.Compute.Launching;

/// <summary>What an item of a group kernel knows of itself while the processor emulates it.</summary>
internal sealed class EmulatedItem(GroupEmulator emulator, Index3D item)
{
    [ThreadStatic]
    private static EmulatedItem? t_current;

    private int _allocations;

    /// <summary>The item that runs on this thread.</summary>
    /// <exception cref="InvalidOperationException">None does: the caller is no group kernel.</exception>
    public static EmulatedItem Current => t_current
        ?? throw new InvalidOperationException("Group, Grid and SharedMemory work only in a method marked [GroupKernel] that was started by Accelerator.LaunchGroups.");

    /// <summary>Place in the group.</summary>
    public Index3D Item => item;

    /// <summary>Number of the group.</summary>
    public Index3D Group { get; private set; }

    /// <summary>Size of a group.</summary>
    public Index3D Size => emulator.Size;

    /// <summary>Number of groups.</summary>
    public Index3D Groups => emulator.Groups;

    /// <summary>Waits for the group.</summary>
    public void Barrier() => emulator.Wait(atEnd: false);

    /// <summary>Shared memory: the n-th request of every item gets the same.</summary>
    public ArrayView<T> Allocate<T>(int length)
        where T : unmanaged => emulator.Share<T>(_allocations++, length);

    /// <summary>Runs the item of every group, one group after another.</summary>
    public void RunAll(Action body)
    {
        t_current = this;
        try
        {
            for (long group = 0; group < Groups.Size; group++)
            {
                Group = Index3D.FromLinear(group, Groups);
                _allocations = 0;
                body();
                emulator.Wait(atEnd: true);
            }
        }
        finally
        {
            t_current = null;
        }
    }
}
