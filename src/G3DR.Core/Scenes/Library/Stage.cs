using G3DR.Core.Rendering;

namespace G3DR.Core.Scenes.Library;

/// <summary>
/// The stage that all scenes stand on: a floor and a back wall, tilted so that the level canonical camera looks down on it by 10 degrees.
/// Stage coordinates: X into the picture, Y up from the floor, Z to the right.
/// </summary>
/// <remarks>
/// The floor's front edge lies just below the canonical view at the front face of the box, the foot of the wall at world x = 0.86: the farthest
/// pixel, where the wall meets the floor at the edge of the picture, is 5.95 away.
/// </remarks>
internal static class Stage
{
    /// <summary>Distance of the wall from the floor's front edge.</summary>
    public const double WallDepth = 1.86 / CosTilt;

    /// <summary>
    /// Farther than this from the sphere around a group of solids, the distance to the sphere may stand for that to the group. Nearer, soft
    /// shadows and ambient occlusion would show the sphere.
    /// </summary>
    public const double WorthBounding = 0.3;

    private const double CosTilt = 0.98480775301220805936;
    private const double SinTilt = 0.17364817766693034885;
    private const double FrontX = -1;
    private const double FrontY = -0.645;

    /// <summary>World to stage coordinates; a rigid motion, so distances stay.</summary>
    public static Vector3D FromWorld(Vector3D world)
    {
        double x = world.X - FrontX;
        double y = world.Y - FrontY;
        return new((CosTilt * x) + (SinTilt * y), (CosTilt * y) - (SinTilt * x), world.Z);
    }

    /// <summary>Distance from the floor (at height <paramref name="floor"/>) and the wall; both are solid behind their surface.</summary>
    public static double Room(Vector3D p, double floor = 0) => Math.Min(p.Y - floor, WallDepth - p.X);

    /// <summary>Whether a point of the room's surface is on the wall rather than on the floor.</summary>
    public static bool IsWall(Vector3D p) => WallDepth - p.X < p.Y;
}
