namespace G3DR.Compute;

/// <summary>
/// Marks a static method as a compute kernel in ILGPU's programming model: its first parameter is an index
/// (<see cref="Index1D"/>, <see cref="Index2D"/> or <see cref="Index3D"/>), the others are views, scalars and unmanaged structs.
/// The method runs as ordinary C# on the processor; an analyzer keeps it inside the subset that can be translated for GPUs.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class KernelAttribute : Attribute;

/// <summary>
/// Marks a static method as a kernel that runs in groups of a fixed size and has no index parameter: it asks <see cref="Group"/> and <see cref="Grid"/> where
/// it is, shares memory within its group (<see cref="SharedMemory"/>) and waits for the group (<see cref="Group.Barrier"/>). Devices run it well; on the
/// processor a slow emulator with one thread per item runs it for tests.
/// </summary>
/// <param name="x">Items of a group along x.</param>
/// <param name="y">Items of a group along y.</param>
/// <param name="z">Items of a group along z.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class GroupKernelAttribute(int x, int y = 1, int z = 1) : Attribute
{
    /// <summary>Items of a group along x.</summary>
    public int X => x;

    /// <summary>Items of a group along y.</summary>
    public int Y => y;

    /// <summary>Items of a group along z.</summary>
    public int Z => z;
}

/// <summary>Marks a static helper in another assembly as callable from a <see cref="KernelAttribute"/> method.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Struct | AttributeTargets.Class)]
public sealed class DeviceFunctionAttribute : Attribute;
