using System.Numerics;

namespace G3DR.Compute.OpenCl;

/// <summary>How the items of a plain kernel are put into groups. Plain kernels do not know their group, so this changes only their speed.</summary>
/// <param name="X">Items along x.</param>
/// <param name="Y">Items along y.</param>
/// <param name="Z">Items along z.</param>
internal readonly record struct GroupShape(int X, int Y, int Z)
{
    // Graphics processors run 32 or 64 items in step: two or four such bundles hide each other's waits and leave registers for all.
    private const int GpuItems = 128, GpuRow = 32;

    // On a processor one thread runs a whole group as a loop: long rows give its vectoriser work.
    private const int CpuItems = 256;

    /// <summary>
    /// Chooses a shape whose sides are powers of two, no longer than needed for a small extent. Only rows on a processor have one length whatever the
    /// extent: its drivers compile a kernel anew for every shape of groups, for tenths of a second, while an item beyond the extent costs next to nothing.
    /// </summary>
    /// <param name="device">Kind and limits of the device.</param>
    /// <param name="limit">Most items that this kernel's groups can have.</param>
    /// <param name="dimensions">Axes of the launch.</param>
    /// <param name="extent">Items along each axis.</param>
    public static GroupShape Choose(OpenClDevice device, long limit, int dimensions, Index3D extent)
    {
        bool cpu = device.Type == OpenClDeviceType.Cpu;
        long items = Math.Min(cpu ? CpuItems : GpuItems, Math.Min(limit, device.MaxGroupSize));
        int wanted = cpu && dimensions == 1 ? int.MaxValue : extent.X;
        int x = Side(Math.Min(items, cpu || dimensions == 1 ? items : GpuRow), wanted, device.MaxGroupSizes[0]);
        int y = Side(items / x, extent.Y, device.MaxGroupSizes[1]);
        int z = Side(items / x / y, extent.Z, device.MaxGroupSizes[2]);
        return new(x, y, z);
    }

    // The largest power of two within the two limits that is not twice the extent or more.
    private static int Side(long items, int extent, long limit)
    {
        long most = Math.Max(1, Math.Min(items, limit));
        long floor = (long)(BitOperations.RoundUpToPowerOf2((ulong)most + 1) >> 1);
        return (int)Math.Min(floor, (long)BitOperations.RoundUpToPowerOf2((ulong)extent));
    }
}
