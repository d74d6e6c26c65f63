using G3DR.Core.Rendering;
using static G3DR.Core.Scenes.DistanceFunctions;
using static G3DR.Core.Scenes.Textures;

namespace G3DR.Core.Scenes.Library;

/// <summary>Wooden toys on boards before a dotted wall: a ring tower, two blocks with a bridge of a third on top, a ball and a loose ring.</summary>
internal static class ToysScene
{
    private static readonly Vector3D s_tower = new(1.02, 0, 0.33);
    private static readonly Vector3D s_ball = new(0.50, 0.17, 0.22);
    private static readonly Vector3D s_lowBlock = new(0.86, 0.17, -0.32);
    private static readonly Vector3D s_highBlock = new(0.86, 0.34 + 0.135, -0.30);
    private static readonly Vector3D s_ring = new(0.34, 0.045, -0.24);

    // Radius of the middle line, half the thickness and the colour of each ring of the tower, from below.
    private static readonly (double Major, double Minor, Vector3D Color)[] s_rings =
    [
        (0.165, 0.085, Color(0xD63B32)),
        (0.145, 0.080, Color(0xF08A24)),
        (0.125, 0.075, Color(0xF4CF34)),
        (0.105, 0.070, Color(0x4BA64A)),
        (0.085, 0.065, Color(0x2F7FC4)),
    ];

    private static readonly Vector3D[] s_ballColors =
    [
        Color(0xF3EFE3), Color(0xD9403A), Color(0xF3EFE3), Color(0x2E78BE), Color(0xF3EFE3), Color(0xF2C531),
    ];

    public static SyntheticScene Create() => new("toys", "ring tower, blocks and a ball on boards before a dotted wall", Distance, Albedo);

    private static double Distance(Vector3D world)
    {
        Vector3D p = Stage.FromWorld(world);
        double things = Math.Min(Tower(p - s_tower).Distance, Sphere(p - s_ball, 0.17));
        things = Math.Min(things, Math.Min(LowBlock(p), HighBlock(p)));
        return Math.Min(Stage.Room(p), Math.Min(things, Ring(p)));
    }

    private static Vector3D Albedo(Vector3D world)
    {
        Vector3D p = Stage.FromWorld(world);
        (double tower, int ring) = Tower(p - s_tower);
        double ball = Sphere(p - s_ball, 0.17), low = LowBlock(p), high = HighBlock(p), loose = Ring(p);
        double nearest = Math.Min(Math.Min(tower, ball), Math.Min(loose, Math.Min(low, high)));
        if (Stage.Room(p) <= nearest)
            return Stage.IsWall(p) ? DottedWall(p) : Planks(p.X * 2.2, p.Z * 6.5, Color(0xDDB27C), Color(0x7A4A24));
        if (nearest == tower)
            return ring >= 0 ? Lacquer(p - s_tower, s_rings[ring].Color) : Lathed(p - s_tower);
        if (nearest == ball)
            return BallColor(p - s_ball);
        if (nearest == loose)
            return Lacquer(p, Color(0x9A58B5));
        return nearest == low
            ? BlockColor(LowCoordinates(p), 0.17, Color(0x2F7FC4), Color(0xEAD9B5))
            : BlockColor(HighCoordinates(p), 0.135, Color(0xD63B32), Color(0xF0E0BC));
    }

    /// <summary>The ring tower, around the y axis; the index is that of the ring or -1 for base, pole and knob.</summary>
    private static (double Distance, int Ring) Tower(Vector3D q)
    {
        double nearest = Cylinder(q - new Vector3D(0, 0.03, 0), 0.24, 0.03, 0.015);
        nearest = Math.Min(nearest, Cylinder(q - new Vector3D(0, 0.42, 0), 0.035, 0.42, 0.005));
        nearest = Math.Min(nearest, Sphere(q - new Vector3D(0, 0.815, 0), 0.075));
        int index = -1;
        double bottom = 0.06;
        for (int i = 0; i < s_rings.Length; i++)
        {
            (double major, double minor, _) = s_rings[i];
            double distance = Torus(q - new Vector3D(0, bottom + minor, 0), major, minor);
            if (distance < nearest)
                (nearest, index) = (distance, i);

            // Rings sink into each other a little, so that no gap shows.
            bottom += 1.82 * minor;
        }

        return (nearest, index);
    }

    private static Vector3D LowCoordinates(Vector3D p) => RotateY(p - s_lowBlock, 0.42);

    private static Vector3D HighCoordinates(Vector3D p) => RotateY(p - s_highBlock, -0.30);

    private static double LowBlock(Vector3D p) => RoundBox(LowCoordinates(p), new(0.17, 0.17, 0.17), 0.02);

    private static double HighBlock(Vector3D p) => RoundBox(HighCoordinates(p), new(0.135, 0.135, 0.135), 0.018);

    private static double Ring(Vector3D p) => Torus(p - s_ring, 0.125, 0.045);

    /// <summary>A cube with framed faces: a chequered square, a disc or stripes inside the frame, by axis.</summary>
    private static Vector3D BlockColor(Vector3D q, double half, Vector3D paint, Vector3D wood)
    {
        (double x, double y, double z) = (q.X / half, q.Y / half, q.Z / half);
        (double ax, double ay, double az) = (Math.Abs(x), Math.Abs(y), Math.Abs(z));
        (double u, double v, int face) = ax >= ay && ax >= az ? (z, y, 0) : ay >= az ? (x, z, 1) : (x, y, 2);
        double grain = Fractal(new(q.X * 60, q.Y * 9, q.Z * 60), 3);
        double edge = Math.Max(Math.Abs(u), Math.Abs(v));
        Vector3D plain = wood * (0.78 + (0.36 * grain));
        Vector3D painted = paint * (0.9 + (0.2 * grain));
        if (edge > 0.86)
            return painted;
        bool motif = face switch
        {
            0 => edge < 0.66 && Checker((u + 0.66) / 0.33, (v + 0.66) / 0.33),
            1 => Hypotenuse(u, v) is (< 0.60 and > 0.32) or < 0.15,
            _ => edge < 0.70 && FromLine((u + v) * 1.6) < 0.25,
        };
        return motif ? painted : plain;
    }

    private static Vector3D BallColor(Vector3D q)
    {
        Vector3D turned = RotateZ(RotateX(q, 0.5), 0.45);
        if (Math.Abs(turned.Y) > 0.155)
            return s_ballColors[1];
        double turn = (Math.Atan2(turned.Z, turned.X) / (2 * Math.PI)) + 0.5;
        int sector = (int)(turn * s_ballColors.Length) % s_ballColors.Length;
        return s_ballColors[sector] * (0.93 + (0.14 * Fractal(q * 25, 3)));
    }

    private static Vector3D Lacquer(Vector3D q, Vector3D color) => color * (0.86 + (0.28 * Fractal(new(q.X * 18, q.Y * 50, q.Z * 18), 3)));

    private static Vector3D Lathed(Vector3D q)
    {
        double grain = Noise(new(q.X * 30, q.Y * 100, q.Z * 30));
        return Mix(Color(0xE4C08A), Color(0xB98449), (0.7 * grain) + (0.3 * Step(0.78, 0.8, q.Y)));
    }

    private static Vector3D DottedWall(Vector3D p)
    {
        double plaster = 0.90 + (0.20 * Fractal(new(p.Z * 16, p.Y * 16, 6), 4));
        if (p.Y < 0.30)
        {
            // Wainscot of painted boards with a rail.
            if (p.Y > 0.265)
                return Color(0xF4EFE2) * plaster;
            double groove = FromLine(p.Z * 7);
            return Color(0xDDE4DE) * (plaster * (0.6 + (0.4 * Step(0.01, 0.05, groove))));
        }

        const double DotsPerUnit = 5;
        double v = (p.Y * DotsPerUnit * 1.1547) + 0.3;
        long row = (long)Math.Round(v);
        double u = (p.Z * DotsPerUnit) + (0.5 * (row & 1));
        double reach = Hypotenuse(FromLine(u), (v - row) / 1.1547);
        long column = (long)Math.Round(u);
        Vector3D dot = (((column * 2) + row) % 3) switch { 0 => Color(0xF0C75E), 1 or -2 => Color(0xEE9C86), _ => Color(0xFAF3E3) };
        return Mix(dot, Color(0x5E86A8), Step(0.20, 0.22, reach)) * plaster;
    }
}
