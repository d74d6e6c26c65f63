using G3DR.Core.Rendering;
using static G3DR.Core.Scenes.DistanceFunctions;
using static G3DR.Core.Scenes.Textures;

namespace G3DR.Core.Scenes.Library;

/// <summary>A sitting rabbit with a carrot on grass before a brick wall.</summary>
internal static class RabbitScene
{
    // The rabbit looks to the left of the camera by this angle.
    private const double Turn = 0.45;

    private const double HummockHeight = 0.020;

    private static readonly Vector3D s_rabbit = new(0.92, 0, 0.06);
    private static readonly Vector3D s_carrotTip = new(0.30, 0.045, -0.02);
    private static readonly Vector3D s_carrotTop = new(0.46, 0.065, -0.36);

    private static readonly Vector3D s_fur = Color(0xB58A5E);
    private static readonly Vector3D s_belly = Color(0xEBDCC4);
    private static readonly Vector3D s_pink = Color(0xE3A79B);

    public static SyntheticScene Create() => new("rabbit", "sitting rabbit with a carrot on grass before a brick wall", Distance, Albedo);

    private static double Distance(Vector3D world)
    {
        Vector3D p = Stage.FromWorld(world);
        Vector3D q = ToRabbit(p);
        double bound = Sphere(q - new Vector3D(0, 0.5, 0), 0.66);
        double things = bound > Stage.WorthBounding ? bound : Math.Min(Body(q), Math.Min(Eyes(q), Nose(q)));
        things = Math.Min(things, Math.Min(Carrot(p), Leaves(p)));
        return Math.Min(Stage.Room(p, Meadow(p)) * 0.95, things);
    }

    private static Vector3D Albedo(Vector3D world)
    {
        Vector3D p = Stage.FromWorld(world);
        Vector3D q = ToRabbit(p);
        double body = Body(q), eyes = Eyes(q), nose = Nose(q), carrot = Carrot(p), leaves = Leaves(p);
        double nearest = Math.Min(Math.Min(body, Math.Min(eyes, nose)), Math.Min(carrot, leaves));
        if (Stage.Room(p, Meadow(p)) <= nearest)
            return Stage.IsWall(p) ? Bricks((p.Z * 3.3) + 0.2, p.Y * 3.3, Color(0xA5523D), Color(0xC9C0B2)) : Grass(p);
        if (nearest == body)
            return Fur(q);
        if (nearest == eyes)
            return EyeColor(q);
        if (nearest == nose)
            return Color(0xC9776F);
        return nearest == carrot ? CarrotSkin(p) : Color(0x4F9A38) * (0.6 + (0.8 * Noise(p * 50)));
    }

    private static Vector3D ToRabbit(Vector3D p) => RotateY(p - s_rabbit, Turn);

    private static Vector3D Mirrored(Vector3D q) => new(q.X, q.Y, Math.Abs(q.Z));

    private static double Body(Vector3D q)
    {
        Vector3D m = Mirrored(q);
        double trunk = Ellipsoid(q - new Vector3D(0.05, 0.27, 0), new(0.25, 0.28, 0.225));
        double chest = Sphere(q - new Vector3D(-0.11, 0.33, 0), 0.155);
        double haunch = Ellipsoid(m - new Vector3D(0.07, 0.17, 0.17), new(0.17, 0.165, 0.10));
        double head = Ellipsoid(q - new Vector3D(-0.17, 0.61, 0), new(0.175, 0.155, 0.15));
        double cheeks = Sphere(m - new Vector3D(-0.28, 0.555, 0.045), 0.075);
        double foreleg = TaperedCapsule(m, new(-0.15, 0.26, 0.085), new(-0.23, 0.035, 0.09), 0.062, 0.045);
        double hindFoot = TaperedCapsule(m, new(0.04, 0.045, 0.185), new(-0.17, 0.035, 0.205), 0.052, 0.040);
        double tail = Sphere(q - new Vector3D(0.31, 0.14, 0), 0.075);
        double whole = SmoothUnion(trunk, chest, 0.10);
        whole = SmoothUnion(whole, haunch, 0.05);
        whole = SmoothUnion(whole, head, 0.07);
        whole = SmoothUnion(whole, cheeks, 0.05);
        whole = SmoothUnion(whole, foreleg, 0.035);
        whole = SmoothUnion(whole, hindFoot, 0.03);
        whole = SmoothUnion(whole, tail, 0.03);
        return SmoothUnion(whole, Ears(m), 0.035);
    }

    /// <summary>Both ears, in mirrored coordinates: flat ellipsoids, hollow at the front.</summary>
    private static double Ears(Vector3D m)
    {
        Vector3D ear = EarCoordinates(m);
        double outer = Ellipsoid(ear, new(0.040, 0.205, 0.072));

        // Scaled by the ratio of its radii: its inside is what rays travel through.
        double hollow = Ellipsoid(ear + new Vector3D(0.042, 0.01, 0), new(0.030, 0.165, 0.048)) * (0.030 / 0.165);
        return Math.Max(outer, -hollow);
    }

    private static Vector3D EarCoordinates(Vector3D m) => RotateZ(RotateX(m - new Vector3D(-0.08, 0.90, 0.105), 0.20), 0.12);

    private static double Eyes(Vector3D q) => Sphere(Mirrored(q) - new Vector3D(-0.275, 0.655, 0.098), 0.036);

    private static Vector3D EyeColor(Vector3D q)
    {
        // A painted glint, the same from every side.
        Vector3D m = Mirrored(q) - new Vector3D(-0.275, 0.655, 0.098);
        return (m - new Vector3D(-0.027, 0.020, 0.004)).Length < 0.013 ? Color(0xFFFFFF) : Color(0x2A1810);
    }

    private static double Nose(Vector3D q) => Ellipsoid(q - new Vector3D(-0.352, 0.592, 0), new(0.018, 0.018, 0.027));

    private static Vector3D Fur(Vector3D q)
    {
        Vector3D m = Mirrored(q);
        double strands = Fractal(new(q.X * 26, q.Y * 13, q.Z * 26), 4);
        double patch = Fractal((q * 5.5) + new Vector3D(3.1, 0.4, 8.2), 3);
        // Dark patches below the head only: on the ears they look like holes.
        double spotted = Step(0.50, 0.58, patch) * (1 - Step(0.62, 0.74, q.Y));
        Vector3D coat = Mix(s_fur, Color(0x6B4A30), spotted);

        double belly = 1 - Step(0.10, 0.17, (q - new Vector3D(-0.25, 0.30, 0)).Length);
        double muzzle = 1 - Step(0.085, 0.125, (m - new Vector3D(-0.30, 0.55, 0.02)).Length);
        double feet = 1 - Step(0.05, 0.10, q.Y);
        double blaze = (1 - Step(0.014, 0.030, Math.Abs(q.Z))) * Step(0.52, 0.56, q.Y) * (1 - Step(-0.14, -0.10, q.X));
        double tail = 1 - Step(0.08, 0.10, (q - new Vector3D(0.31, 0.14, 0)).Length);
        coat = Mix(coat, s_belly, Math.Max(Math.Max(belly, muzzle), Math.Max(Math.Max(feet, blaze), tail)));

        Vector3D ear = EarCoordinates(m);
        double inner = Hypotenuse((ear.Y + 0.01) / 0.150, ear.Z / 0.042);
        if (ear.X < 0)
            coat = Mix(s_pink, coat, Step(0.85, 1.05, inner));
        return coat * (0.70 + (0.55 * strands));
    }

    private static double Carrot(Vector3D p)
    {
        Vector3D axis = s_carrotTop - s_carrotTip;
        double along = Vector3D.Dot(p - s_carrotTip, axis) / Vector3D.Dot(axis, axis);
        double rings = 0.0015 * Math.Sin(60 * along);
        return (TaperedCapsule(p, s_carrotTip, s_carrotTop, 0.016, 0.062) + rings) * 0.8;
    }

    private static double Leaves(Vector3D p)
    {
        Vector3D axis = (s_carrotTop - s_carrotTip).Unit();
        Vector3D root = s_carrotTop + (axis * 0.05);
        double leaves = double.PositiveInfinity;
        for (int leaf = -1; leaf <= 1; leaf++)
        {
            Vector3D end = root + (axis * 0.15) + new Vector3D(0.07 * leaf, 0.07 - (0.03 * leaf * leaf), 0.02 * leaf);
            leaves = Math.Min(leaves, TaperedCapsule(p, root, end, 0.016, 0.030));
        }

        return leaves;
    }

    private static Vector3D CarrotSkin(Vector3D p)
    {
        double lines = Noise(new(p.X * 60, p.Y * 12, p.Z * 60));
        return Color(0xEE7A1C) * (0.75 + (0.4 * lines));
    }

    /// <summary>Height of the ground: gentle hummocks, level along the wall.</summary>
    private static double Meadow(Vector3D p) =>
        p.Y > Stage.WorthBounding ? HummockHeight / 2 : HummockHeight * (Noise(new(p.X * 4, 0.5, p.Z * 4)) - 0.5);

    private static Vector3D Grass(Vector3D p)
    {
        double blades = Fractal(new(p.X * 22, p.Y * 22, p.Z * 60), 3);
        double patches = Fractal(new(p.X * 4, 3.3, p.Z * 4), 3);
        Vector3D green = Mix(Color(0x3F7A2C), Color(0x9DBB55), (0.55 * blades) + (0.55 * (patches - 0.2)));

        // A daisy or none in every cell of a coarse grid.
        const double PerUnit = 7;
        double u = p.X * PerUnit, w = p.Z * PerUnit;
        (long i, long j) = ((long)Math.Floor(u), (long)Math.Floor(w));
        if (CellValue(i, j, 31) < 0.28)
        {
            double x = u - i - 0.3 - (0.4 * CellValue(i, j, 32)), z = w - j - 0.3 - (0.4 * CellValue(i, j, 33));
            double reach = Hypotenuse(x, z);
            double petals = 0.17 + (0.05 * Math.Cos(8 * Math.Atan2(z, x)));
            if (reach < petals)
                return reach < 0.065 ? Color(0xF2C230) : Color(0xF4F1E6);
        }

        return green * (0.75 + (0.4 * blades));
    }
}
