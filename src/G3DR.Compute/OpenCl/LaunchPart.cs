namespace G3DR.Compute.OpenCl;

/// <summary>A part of a plain launch that any driver takes at once; the kernel sees the indices of the whole launch.</summary>
/// <param name="OffsetY">First row.</param>
/// <param name="OffsetZ">First slice.</param>
/// <param name="ItemsX">Items along x, a whole number of groups.</param>
/// <param name="ItemsY">Items along y, likewise.</param>
/// <param name="ItemsZ">Items along z, likewise.</param>
internal readonly record struct LaunchPart(long OffsetY, long OffsetZ, long ItemsX, long ItemsY, long ItemsZ)
{
    // NVIDIA's processors count groups along y and z in 16 bits.
    private const long MostGroups = 65535;

    /// <summary>The parts of a launch; nearly always one.</summary>
    public static IEnumerable<LaunchPart> Split(Index3D extent, GroupShape group)
    {
        long mostY = MostGroups * group.Y, mostZ = MostGroups * group.Z;
        for (long z = 0; z < extent.Z; z += mostZ)
        {
            for (long y = 0; y < extent.Y; y += mostY)
            {
                yield return new(
                    y,
                    z,
                    RoundUp(extent.X, group.X),
                    RoundUp(Math.Min(mostY, extent.Y - y), group.Y),
                    RoundUp(Math.Min(mostZ, extent.Z - z), group.Z));
            }
        }
    }

    private static long RoundUp(long items, int group) => (items + group - 1) / group * group;
}
