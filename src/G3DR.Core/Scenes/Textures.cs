using G3DR.Core.Rendering;

namespace G3DR.Core.Scenes;

/// <summary>Procedural patterns. Colours are linear RGB in the three coordinates of a <see cref="Vector3D"/>.</summary>
internal static class Textures
{
    /// <summary>A colour from its usual notation 0xRRGGBB (sRGB), as linear reflectance.</summary>
    public static Vector3D Color(int rgb) => new(Decode((rgb >> 16) & 255), Decode((rgb >> 8) & 255), Decode(rgb & 255));

    public static Vector3D Mix(Vector3D a, Vector3D b, double share) => (a * (1 - share)) + (b * share);

    /// <summary>0 below <paramref name="from"/>, 1 above <paramref name="to"/>, smooth between.</summary>
    public static double Step(double from, double to, double value)
    {
        double t = Math.Clamp((value - from) / (to - from), 0, 1);
        return t * t * (3 - (2 * t));
    }

    /// <summary>True on every other square of side 1.</summary>
    public static bool Checker(double u, double v) => (((long)Math.Floor(u) + (long)Math.Floor(v)) & 1) == 0;

    /// <summary>Distance from the nearest whole number, 0 to 0.5.</summary>
    public static double FromLine(double u) => Math.Abs(u - Math.Round(u));

    /// <summary>A number in [0, 1) that belongs to a cell.</summary>
    public static double CellValue(long i, long j, long k = 0)
    {
        // Mixing of SplitMix64 (Steele, Lea and Flood 2014) over a lattice hash.
        ulong x = unchecked(((ulong)i * 0x9E3779B97F4A7C15UL) ^ ((ulong)j * 0xC2B2AE3D27D4EB4FUL) ^ ((ulong)k * 0x165667B19E3779F9UL));
        unchecked
        {
            x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9UL;
            x = (x ^ (x >> 27)) * 0x94D049BB133111EBUL;
        }

        return ((x ^ (x >> 31)) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>Value noise in [0, 1]: numbers on the unit lattice, interpolated with a quintic.</summary>
    public static double Noise(Vector3D p)
    {
        double floorX = Math.Floor(p.X), floorY = Math.Floor(p.Y), floorZ = Math.Floor(p.Z);
        (long i, long j, long k) = ((long)floorX, (long)floorY, (long)floorZ);
        (double x, double y, double z) = (Fade(p.X - floorX), Fade(p.Y - floorY), Fade(p.Z - floorZ));
        return Lerp(
            Lerp(Lerp(CellValue(i, j, k), CellValue(i + 1, j, k), x), Lerp(CellValue(i, j + 1, k), CellValue(i + 1, j + 1, k), x), y),
            Lerp(Lerp(CellValue(i, j, k + 1), CellValue(i + 1, j, k + 1), x), Lerp(CellValue(i, j + 1, k + 1), CellValue(i + 1, j + 1, k + 1), x), y),
            z);
    }

    /// <summary>Octaves of noise, each of twice the frequency and half the height of the one before; in [0, 1].</summary>
    public static double Fractal(Vector3D p, int octaves)
    {
        double sum = 0, height = 1, total = 0;
        for (int octave = 0; octave < octaves; octave++)
        {
            sum += height * Noise(p);
            total += height;
            height *= 0.5;

            // The shift keeps the lattices of the octaves from lining up.
            p = (p * 2) + new Vector3D(17.3, 9.1, 5.7);
        }

        return sum / total;
    }

    /// <summary>Boards along u, of width 1 in v, with grain, knots of tone per board and dark joints.</summary>
    public static Vector3D Planks(double u, double v, Vector3D light, Vector3D dark)
    {
        long board = (long)Math.Floor(v);
        double shift = 11 * CellValue(board, 3);
        long piece = (long)Math.Floor((u + shift) / 5);
        double tone = CellValue(board, piece, 7);
        double wave = Noise(new(0.8 * (u + shift), 2.5 * v, board));
        double grain = 0.5 + (0.5 * Math.Sin((22 * v) + (14 * wave) + (9 * tone)));
        double fibre = Noise(new(1.5 * u, 40 * v, 3));
        Vector3D wood = Mix(light, dark, (0.40 * tone) + (0.30 * grain) + (0.22 * fibre));
        double joint = Math.Min(FromLine(v), 5 * FromLine((u + shift) / 5));
        return wood * (0.35 + (0.65 * Step(0.015, 0.05, joint)));
    }

    /// <summary>Bricks of length 1 in u and 0.42 in v, every other row shifted by half, each of its own tone, with light mortar.</summary>
    public static Vector3D Bricks(double u, double v, Vector3D brick, Vector3D mortar)
    {
        const double RowHeight = 0.42;
        long row = (long)Math.Floor(v / RowHeight);
        double shifted = u + (0.5 * (row & 1));
        long index = (long)Math.Floor(shifted);
        double edge = Math.Min(FromLine(shifted), RowHeight * FromLine(v / RowHeight));
        double tone = CellValue(index, row, 21);
        double rough = Fractal(new(9 * u, 9 * v, 4), 3);
        double warm = CellValue(index, row, 22);
        var tint = new Vector3D(1, 0.82 + (0.3 * warm), 0.8 + (0.3 * warm));
        Vector3D face = brick * (0.55 + (0.6 * tone) + (0.5 * (rough - 0.5)));
        face = new(face.X * tint.X, face.Y * tint.Y, face.Z * tint.Z);
        return Mix(mortar * (0.8 + (0.4 * rough)), face, Step(0.025, 0.05, edge + (0.02 * (rough - 0.5))));
    }

    private static double Fade(double t) => t * t * t * ((t * ((6 * t) - 15)) + 10);

    private static double Lerp(double a, double b, double t) => a + ((b - a) * t);

    private static double Decode(int level)
    {
        double value = level / 255.0;
        return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
    }
}
