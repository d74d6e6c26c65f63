using G3DR.Core.Rendering;

namespace G3DR.Core.Scenes;

/// <summary>
/// Signed distances of simple solids around the origin and ways to join them; negative inside. All are exact or smaller than the true distance
/// unless their summary says otherwise. Formulas as in Hart 1996 and Quilez, "Distance functions" (2008).
/// </summary>
internal static class DistanceFunctions
{
    public static double Sphere(Vector3D p, double radius) => p.Length - radius;

    public static double Box(Vector3D p, Vector3D halfSides)
    {
        double x = Math.Abs(p.X) - halfSides.X;
        double y = Math.Abs(p.Y) - halfSides.Y;
        double z = Math.Abs(p.Z) - halfSides.Z;
        double outside = new Vector3D(Math.Max(x, 0), Math.Max(y, 0), Math.Max(z, 0)).Length;
        return outside + Math.Min(Math.Max(x, Math.Max(y, z)), 0);
    }

    /// <summary>A box of these outer measures with round edges.</summary>
    public static double RoundBox(Vector3D p, Vector3D halfSides, double radius) =>
        Box(p, new(halfSides.X - radius, halfSides.Y - radius, halfSides.Z - radius)) - radius;

    /// <summary>A ring around the y axis.</summary>
    public static double Torus(Vector3D p, double major, double minor) =>
        Hypotenuse(Hypotenuse(p.X, p.Z) - major, p.Y) - minor;

    /// <summary>A cylinder around the y axis with round edges, of these outer measures.</summary>
    public static double Cylinder(Vector3D p, double radius, double halfHeight, double rounding)
    {
        double r = Hypotenuse(p.X, p.Z) - radius + rounding;
        double h = Math.Abs(p.Y) - halfHeight + rounding;
        return Math.Min(Math.Max(r, h), 0) + Hypotenuse(Math.Max(r, 0), Math.Max(h, 0)) - rounding;
    }

    /// <summary>Spheres along a segment whose radius changes from one end to the other.</summary>
    /// <remarks>The nearest sphere is taken to be the one beside the point, so the distance is scaled by the slope to stay below the true one.</remarks>
    public static double TaperedCapsule(Vector3D p, Vector3D a, Vector3D b, double radiusA, double radiusB)
    {
        Vector3D axis = b - a;
        double along = Math.Clamp(Vector3D.Dot(p - a, axis) / Vector3D.Dot(axis, axis), 0, 1);
        double slope = (radiusB - radiusA) / axis.Length;
        double distance = (p - a - (axis * along)).Length - (radiusA + ((radiusB - radiusA) * along));
        return distance / Math.Sqrt(1 + (slope * slope));
    }

    /// <summary>
    /// An ellipsoid by first-order scaling of its implicit function k0 - 1: exact on the surface. Outside it is never more than the true distance,
    /// because the function is convex; inside it can be, by at most the ratio of the largest to the smallest radius (mind when it is subtracted).
    /// </summary>
    public static double Ellipsoid(Vector3D p, Vector3D radii)
    {
        double k0 = new Vector3D(p.X / radii.X, p.Y / radii.Y, p.Z / radii.Z).Length;
        double k1 = new Vector3D(p.X / (radii.X * radii.X), p.Y / (radii.Y * radii.Y), p.Z / (radii.Z * radii.Z)).Length;
        if (k1 < 1e-9)
            return -Math.Min(radii.X, Math.Min(radii.Y, radii.Z));

        // Far away the sphere around the ellipsoid is the better bound.
        double firstOrder = k0 * (k0 - 1) / k1;
        return Math.Max(firstOrder, p.Length - Math.Max(radii.X, Math.Max(radii.Y, radii.Z)));
    }

    /// <summary>Both solids, joined with a fillet of about <paramref name="width"/> (polynomial smooth minimum).</summary>
    public static double SmoothUnion(double a, double b, double width)
    {
        double h = Math.Max(width - Math.Abs(a - b), 0) / width;
        return Math.Min(a, b) - (h * h * width / 4);
    }

    public static Vector3D RotateY(Vector3D p, double angle)
    {
        (double sin, double cos) = Math.SinCos(angle);
        return new((cos * p.X) + (sin * p.Z), p.Y, (cos * p.Z) - (sin * p.X));
    }

    public static Vector3D RotateX(Vector3D p, double angle)
    {
        (double sin, double cos) = Math.SinCos(angle);
        return new(p.X, (cos * p.Y) - (sin * p.Z), (sin * p.Y) + (cos * p.Z));
    }

    public static Vector3D RotateZ(Vector3D p, double angle)
    {
        (double sin, double cos) = Math.SinCos(angle);
        return new((cos * p.X) - (sin * p.Y), (sin * p.X) + (cos * p.Y), p.Z);
    }

    public static double Hypotenuse(double a, double b) => Math.Sqrt((a * a) + (b * b));
}
