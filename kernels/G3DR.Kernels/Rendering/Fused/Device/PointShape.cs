using G3DR.Compute;

namespace G3DR.Kernels.Rendering.Fused.Device;

/// <summary>A run of points of a chunk: point p is sample p / Rays of ray p % Rays, both counted from the first of the run.</summary>
/// <param name="FirstRay">First ray of the chunk among all rays of the call.</param>
/// <param name="FirstDistance">First distance of the run in the chunk's scratch; those of the other points follow.</param>
/// <param name="Rays">Rays of the chunk.</param>
/// <param name="Points">Points of the run.</param>
/// <param name="Scale">Plane units per unit of distance.</param>
internal readonly record struct PointShape(long FirstRay, long FirstDistance, int Rays, int Points, float Scale)
{
    /// <summary>The ray of a point among all rays of the call.</summary>
    public long Ray(int point) => FirstRay + (point % Rays);

    /// <summary>One coordinate of a point in plane units, from -1 to 1 inside the box.</summary>
    public float Coordinate(ArrayView<float> origins, ArrayView<float> directions, float distance, long ray, int axis) =>
        XMath.FusedMultiplyAdd(distance, directions[(3 * ray) + axis] * Scale, origins[(3 * ray) + axis] * Scale);
}
