using G3DR.Compute.Launching;

namespace G3DR.Compute;

/// <summary>The group of the running item, in a kernel marked <see cref="GroupKernelAttribute"/>; names as in ILGPU.</summary>
public static class Group
{
    /// <summary>Place of the item in its group along x.</summary>
    public static int IdxX => EmulatedItem.Current.Item.X;

    /// <summary>Place of the item in its group along y.</summary>
    public static int IdxY => EmulatedItem.Current.Item.Y;

    /// <summary>Place of the item in its group along z.</summary>
    public static int IdxZ => EmulatedItem.Current.Item.Z;

    /// <summary>Items of a group along x.</summary>
    public static int DimX => EmulatedItem.Current.Size.X;

    /// <summary>Items of a group along y.</summary>
    public static int DimY => EmulatedItem.Current.Size.Y;

    /// <summary>Items of a group along z.</summary>
    public static int DimZ => EmulatedItem.Current.Size.Z;

    /// <summary>
    /// Waits until all items of the group are here; what they wrote before, to shared memory and to views, they all see after. All items of a group
    /// must come to the same barriers.
    /// </summary>
    public static void Barrier() => EmulatedItem.Current.Barrier();
}

/// <summary>The groups of a launch, in a kernel marked <see cref="GroupKernelAttribute"/>; names as in ILGPU.</summary>
public static class Grid
{
    /// <summary>Number of this group along x.</summary>
    public static int IdxX => EmulatedItem.Current.Group.X;

    /// <summary>Number of this group along y.</summary>
    public static int IdxY => EmulatedItem.Current.Group.Y;

    /// <summary>Number of this group along z.</summary>
    public static int IdxZ => EmulatedItem.Current.Group.Z;

    /// <summary>Groups along x.</summary>
    public static int DimX => EmulatedItem.Current.Groups.X;

    /// <summary>Groups along y.</summary>
    public static int DimY => EmulatedItem.Current.Groups.Y;

    /// <summary>Groups along z.</summary>
    public static int DimZ => EmulatedItem.Current.Groups.Z;
}

/// <summary>Memory that the items of a group share, in a kernel marked <see cref="GroupKernelAttribute"/>; name as in ILGPU.</summary>
public static class SharedMemory
{
    /// <summary>Room for <paramref name="length"/> elements, the same for all items of the group, with undefined content.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="length">A constant.</param>
    public static ArrayView<T> Allocate<T>(int length)
        where T : unmanaged => EmulatedItem.Current.Allocate<T>(length);
}
