using G3DR.Core.Rendering;
using static G3DR.Core.Scenes.DistanceFunctions;
using static G3DR.Core.Scenes.Textures;

namespace G3DR.Core.Scenes.Library;

/// <summary>A painted vase with flowers and two fruits on a tiled floor before a papered wall.</summary>
internal static class VaseScene
{
    private const double VaseHeight = 0.68;

    // Outer radius at equal steps of height, foot to lip.
    private static readonly double[] s_profile = [0.135, 0.165, 0.225, 0.262, 0.268, 0.240, 0.185, 0.125, 0.095, 0.100, 0.135];

    // The profile's steepest slope is 0.9; dividing by sqrt(1 + slope^2) keeps the radial distance below the true one.
    private const double ProfileScale = 0.7;

    private static readonly Vector3D s_vase = new(0.92, 0, -0.08);
    private static readonly Vector3D s_orange = new(0.55, 0.115, 0.38);
    private static readonly Vector3D s_lemon = new(0.42, 0.085, 0.12);

    private static readonly (Vector3D Centre, Vector3D Tint)[] s_flowers =
    [
        (new(-0.06, 0.98, 0.00), Color(0xE85A6B)),
        (new(0.02, 0.86, -0.24), Color(0xF3B53F)),
        (new(-0.03, 0.84, 0.25), Color(0xB98AE0)),
    ];

    private static readonly Vector3D s_stem = Color(0x4E8A3A);
    private static readonly Vector3D s_glaze = Color(0xF2EDE0);
    private static readonly Vector3D s_cobalt = Color(0x23408F);
    private static readonly Vector3D s_gold = Color(0xC9973E);

    public static SyntheticScene Create() =>
        new("vase", "painted vase with flowers, an orange and a lemon on tiles", Distance, Albedo);

    private static double Distance(Vector3D world)
    {
        Vector3D p = Stage.FromWorld(world);
        Vector3D v = p - s_vase;
        double things = Math.Min(Orange(p), Lemon(p));
        double vaseBound = Sphere(v - new Vector3D(0, 0.34, 0), 0.44);
        things = Math.Min(things, vaseBound > Stage.WorthBounding ? vaseBound : Vase(v));
        double flowersBound = Sphere(v - new Vector3D(0, 0.78, 0), 0.44);
        things = Math.Min(things, flowersBound > Stage.WorthBounding ? flowersBound : Math.Min(Stems(v), Flowers(v).Distance));
        return Math.Min(Stage.Room(p), things);
    }

    private static Vector3D Albedo(Vector3D world)
    {
        Vector3D p = Stage.FromWorld(world);
        Vector3D v = p - s_vase;
        double vase = Vase(v), orange = Orange(p), lemon = Lemon(p), stems = Stems(v);
        (double flowers, int flower) = Flowers(v);
        double nearest = Math.Min(Math.Min(vase, stems), Math.Min(flowers, Math.Min(orange, lemon)));
        if (Stage.Room(p) <= nearest)
            return Stage.IsWall(p) ? Wallpaper(p) : Tiles(p);
        if (nearest == vase)
            return Glaze(v);
        if (nearest == stems)
            return s_stem * (0.7 + (0.6 * Noise(v * 30)));
        if (nearest == flowers)
            return Petals(v - s_flowers[flower].Centre, s_flowers[flower].Tint);
        return nearest == orange
            ? Color(0xF28A1E) * (0.8 + (0.35 * Fractal((p - s_orange) * 45, 2)))
            : Color(0xF4D53A) * (0.85 + (0.3 * Fractal((p - s_lemon) * 40, 2)));
    }

    private static double Vase(Vector3D v)
    {
        double rho = Hypotenuse(v.X, v.Z);
        double wall = (rho - Radius(v.Y)) * ProfileScale;
        double body = Math.Max(wall, Math.Max(v.Y - VaseHeight, -v.Y));
        double hollow = Math.Max(wall + 0.014, 0.06 - v.Y);
        double shell = Math.Max(body, -hollow);

        // Two handles: rings in the plane of the picture, from the shoulder to the neck.
        var side = new Vector3D(v.X, v.Y - 0.52, Math.Abs(v.Z) - 0.165);
        double handle = Torus(new(side.Z, side.X, side.Y), 0.085, 0.022);
        handle = Math.Max(handle, (Radius(v.Y) - 0.02 - rho) * ProfileScale);
        return SmoothUnion(shell, handle, 0.03);
    }

    private static double Radius(double height)
    {
        double at = Math.Clamp(height / VaseHeight, 0, 1) * (s_profile.Length - 1);
        int i = Math.Min((int)at, s_profile.Length - 2);
        double t = at - i;
        double before = s_profile[Math.Max(i - 1, 0)], a = s_profile[i], b = s_profile[i + 1], after = s_profile[Math.Min(i + 2, s_profile.Length - 1)];

        // Catmull-Rom spline.
        return a + (0.5 * t * (b - before + (t * ((2 * before) - (5 * a) + (4 * b) - after + (t * ((3 * (a - b)) + after - before))))));
    }

    private static double Stems(Vector3D v)
    {
        double nearest = double.PositiveInfinity;
        foreach ((Vector3D centre, _) in s_flowers)
            nearest = Math.Min(nearest, TaperedCapsule(v, new(0, 0.45, 0), centre + new Vector3D(0.03, -0.02, 0), 0.018, 0.014));
        return nearest;
    }

    private static (double Distance, int Index) Flowers(Vector3D v)
    {
        (double nearest, int index) = (double.PositiveInfinity, 0);
        for (int i = 0; i < s_flowers.Length; i++)
        {
            Vector3D q = v - s_flowers[i].Centre;
            double distance = Flower(q);
            if (distance < nearest)
                (nearest, index) = (distance, i);
        }

        return (nearest, index);
    }

    private static double Flower(Vector3D q)
    {
        // Six petals around the line of sight: the angle is folded into one sixth, in which one ellipsoid stands.
        double rho = Hypotenuse(q.Y, q.Z);
        double sector = Math.PI / 3;
        double angle = Math.Atan2(q.Z, q.Y);
        angle -= sector * Math.Round(angle / sector);
        (double sin, double cos) = Math.SinCos(angle);
        var petal = new Vector3D(q.X + (0.25 * rho), (rho * cos) - 0.075, rho * sin);
        double petals = Ellipsoid(petal, new(0.026, 0.062, 0.044)) * 0.85;
        return SmoothUnion(petals, Sphere(q + new Vector3D(0.015, 0, 0), 0.036), 0.012);
    }

    private static Vector3D Petals(Vector3D q, Vector3D tint)
    {
        double rho = Hypotenuse(q.Y, q.Z);
        Vector3D heart = Color(0x6B3E12) * (0.7 + (0.8 * Noise(q * 120)));
        Vector3D petal = Mix(tint * 0.55, tint, Step(0.03, 0.11, rho));
        return Mix(heart, petal, Step(0.033, 0.040, rho));
    }

    private static double Orange(Vector3D p) => Sphere(p - s_orange, 0.115);

    private static double Lemon(Vector3D p)
    {
        Vector3D q = RotateY(p - s_lemon, 0.5);
        double body = Ellipsoid(q, new(0.085, 0.085, 0.115));
        double tips = TaperedCapsule(q, new(0, 0, -0.12), new(0, 0, 0.12), 0.022, 0.022);
        return SmoothUnion(body, tips, 0.05);
    }

    private static Vector3D Glaze(Vector3D v)
    {
        double rho = Hypotenuse(v.X, v.Z);
        if (rho > Radius(v.Y) + 0.006)
            return s_cobalt;
        if (rho < Radius(v.Y) - 0.008)
            return Color(0x8A5A3C);
        double turn = Math.Atan2(v.Z, -v.X) / (2 * Math.PI);
        double level = v.Y / VaseHeight;
        Vector3D ground = s_glaze * (0.93 + (0.12 * Fractal(v * 14, 3)));
        bool painted = level switch
        {
            < 0.07 => true,
            < 0.20 => Checker(turn * 36, level * 26),
            < 0.245 => false,
            < 0.27 => true,
            < 0.55 => InLozenge(turn * 9, (level - 0.41) / 0.14),
            < 0.575 => true,
            < 0.62 => false,
            < 0.86 => FromLine((turn * 14) + (3 * level)) < 0.16,
            _ => false,
        };
        if (level is (> 0.245 and < 0.27) or (> 0.55 and < 0.575) or > 0.955)
            return s_gold;
        return painted ? s_cobalt * (0.85 + (0.4 * Noise(v * 60))) : ground;
    }

    /// <summary>Lozenges with a light core, one per unit of u, reaching from v = -1 to 1.</summary>
    private static bool InLozenge(double u, double v)
    {
        double size = (2 * FromLine(u)) + Math.Abs(v);
        return size is (> 0.62 and < 0.88) or < 0.34;
    }

    private static Vector3D Tiles(Vector3D p)
    {
        const double TilesPerUnit = 4.6;
        double u = p.X * TilesPerUnit, w = (p.Z * TilesPerUnit) + 0.5;
        double joint = Math.Min(FromLine(u), FromLine(w));
        double tone = 0.88 + (0.24 * CellValue((long)Math.Floor(u), (long)Math.Floor(w), 5));
        Vector3D tile = Checker(u, w) ? Color(0xB5603C) : Color(0xE3CFA8);
        tile *= tone * (0.82 + (0.36 * Fractal(p * 22, 4)));
        return Mix(Color(0x776B5E), tile, Step(0.018, 0.034, joint));
    }

    private static Vector3D Wallpaper(Vector3D p)
    {
        double paper = 0.93 + (0.14 * Fractal(new(p.Z * 30, p.Y * 30, 2), 3));
        if (p.Y < 0.17)
        {
            // A skirting board with a shadow line on top.
            return (p.Y > 0.158 ? Color(0x8B7F70) : Color(0xEFE9DD)) * (0.97 + (0.06 * Noise(new(p.Z * 6, p.Y * 90, 1))));
        }

        double stripe = FromLine(p.Z * 4.5);
        Vector3D color = stripe < 0.25 ? Color(0x7FA3A0) : Color(0x9DBBB4);
        double u = p.Z * 4.5, v = (p.Y * 4.5) + (0.5 * ((long)Math.Round(u) & 1));
        double sprig = Math.Sqrt((FromLine(u) * FromLine(u)) + (FromLine(v) * FromLine(v)));
        if (sprig < 0.13)
            color = sprig < 0.05 ? Color(0xD9A441) : Color(0xF1E7D0);
        return color * paper;
    }
}
