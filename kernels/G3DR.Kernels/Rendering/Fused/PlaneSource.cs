namespace G3DR.Kernels.Rendering.Fused;

/// <summary>One plane that is sampled, and the given planes that were added into it.</summary>
/// <param name="UAxis">Coordinate read along the width: 0 x, 1 y, 2 z.</param>
/// <param name="VAxis">Coordinate read along the height.</param>
/// <param name="Plane">The given plane.</param>
/// <param name="Transposed">A given plane that reads the same coordinates the other way round, or -1.</param>
internal readonly record struct PlaneSource(int UAxis, int VAxis, int Plane, int Transposed)
{
    /// <summary>
    /// The planes to sample. The official axes read (x,z) and (z,x): bilinear sampling commutes with transposition, so for square planes
    /// the third plane is added, transposed, to the second. That is exact up to rounding and saves a third of all texel reads and writes.
    /// </summary>
    public static PlaneSource[] For(PlaneAxes axes, int height, int width) => axes switch
    {
        PlaneAxes.Official when height == width => [new(0, 1, 0, -1), new(0, 2, 1, 2)],
        PlaneAxes.Official => [new(0, 1, 0, -1), new(0, 2, 1, -1), new(2, 0, 2, -1)],
        PlaneAxes.Corrected => [new(0, 1, 0, -1), new(0, 2, 1, -1), new(2, 1, 2, -1)],
        _ => throw new ArgumentOutOfRangeException(nameof(axes), axes, "Unknown plane axes."),
    };
}
