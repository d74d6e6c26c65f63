using G3DR.Core.Rendering;

namespace G3DR.Core.Scenes;

/// <summary>
/// Sphere tracing (Hart, "Sphere tracing: a geometric method for the antialiased ray tracing of implicit surfaces", 1996): a ray may always
/// advance by the distance to the nearest surface.
/// </summary>
internal static class SphereTracer
{
    // A depth map of 16 bits has steps of 3e-5; the floor is seen at 10 degrees, where the error along the ray is six times this.
    private const double HitDistance = 1e-6;

    // Rays that run along a surface creep; one that has come this near when its steps are used up is taken to have arrived.
    private const int MostSteps = 1024;
    private const double CreepDistance = 1e-4;
    private const double NormalStep = 1e-5;

    /// <summary>Distance along a ray to the first surface inside the scene's box; null if there is none.</summary>
    public static double? Trace(SyntheticScene scene, Vector3D origin, Vector3D direction)
    {
        if (!CrossBox(origin, direction, out double t, out double end))
            return null;

        double distance = double.PositiveInfinity;
        for (int step = 0; step < MostSteps && t <= end; step++)
        {
            distance = scene.Distance(origin + (direction * t));
            if (distance < HitDistance)
                return t;
            t += distance;
        }

        return t <= end && distance < CreepDistance ? t : null;
    }

    /// <summary>Outward unit normal at a surface point, from four distances at the corners of a tetrahedron.</summary>
    public static Vector3D Normal(SyntheticScene scene, Vector3D point)
    {
        Vector3D sum = default;
        for (int corner = 0; corner < 4; corner++)
        {
            var offset = new Vector3D((corner & 1) == 0 ? 1 : -1, (corner & 2) == 0 ? 1 : -1, corner is 0 or 3 ? 1 : -1);
            sum += offset * scene.Distance(point + (offset * NormalStep));
        }

        return sum.Length > 0 ? sum.Unit() : new(0, 1, 0);
    }

    private static bool CrossBox(Vector3D origin, Vector3D direction, out double near, out double far)
    {
        (near, far) = (0, double.PositiveInfinity);
        Clip(origin.X, direction.X, ref near, ref far);
        Clip(origin.Y, direction.Y, ref near, ref far);
        Clip(origin.Z, direction.Z, ref near, ref far);
        return near <= far;
    }

    private static void Clip(double origin, double direction, ref double near, ref double far)
    {
        if (direction == 0)
        {
            if (Math.Abs(origin) > SyntheticScene.HalfSide)
                far = double.NegativeInfinity;
            return;
        }

        double a = (-SyntheticScene.HalfSide - origin) / direction;
        double b = (SyntheticScene.HalfSide - origin) / direction;
        near = Math.Max(near, Math.Min(a, b));
        far = Math.Min(far, Math.Max(a, b));
    }
}
