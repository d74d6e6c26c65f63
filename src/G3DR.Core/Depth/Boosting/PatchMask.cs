namespace G3DR.Core.Depth;

/// <summary>
/// How much of a patch replaces the map below it: a square that leaves out 15 % at each side, blurred by a Gaussian of a sixteenth of the side that is cut off at two
/// deviations. 0 at the border, 1 in the middle, and the product of the same profile along both axes.
/// </summary>
public static class PatchMask
{
    private const double Inset = 0.15, Deviation = 1.0 / 16, Reach = 2;

    // Samples of the integral of the Gaussian.
    private const int Samples = 2048;

    /// <summary>The profile at the middles of the pixels of a side.</summary>
    /// <param name="size">Pixels of the side, at least 1.</param>
    /// <returns>Values from 0 to 1.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The size is below 1.</exception>
    public static float[] Profile(int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        double[] integral = new double[Samples + 1];
        for (int i = 0; i < Samples; i++)
        {
            double t = (((i + 0.5) / Samples * 2) - 1) * Reach;
            integral[i + 1] = integral[i] + Math.Exp(-t * t / 2);
        }

        float[] profile = new float[size];
        for (int i = 0; i < size; i++)
        {
            // Both ends of the square lie too far apart for their slopes to meet.
            double fromBorder = (Math.Min(i, size - 1 - i) + 0.5) / size;
            double place = Math.Clamp((((fromBorder - Inset) / Deviation / Reach) + 1) / 2, 0, 1) * Samples;
            int below = Math.Min((int)place, Samples - 1);
            profile[i] = (float)((integral[below] + ((place - below) * (integral[below + 1] - integral[below]))) / integral[Samples]);
        }

        return profile;
    }
}
