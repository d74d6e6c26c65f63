namespace G3DR.Core.Imaging;

/// <summary>
/// A tileable threshold matrix without low frequencies, made by void and cluster (Ulichney, "The void-and-cluster method for dither array generation",
/// 1993). It is the same on every machine.
/// </summary>
internal static class BlueNoise
{
    /// <summary>Side of the matrix.</summary>
    public const int Size = 32;

    private const int Count = Size * Size;
    private const double Sigma = 1.5;

    /// <summary>Makes the matrix.</summary>
    /// <returns>(Size, Size) thresholds, each of (k + 0.5) / Size^2 once.</returns>
    public static float[] Create()
    {
        double[] kernel = Kernel();
        bool[] initial = new bool[Count];
        double[] energy = new double[Count];
        Seed(initial, energy, kernel);

        int[] rank = new int[Count];
        int points = initial.Count(set => set);

        // Phase 1: the tightest of the initial points get the highest ranks among them, so they are taken away first.
        bool[] pattern = [.. initial];
        double[] work = [.. energy];
        for (int k = points - 1; k >= 0; k--)
        {
            int tightest = Extreme(work, pattern, set: true);
            Toggle(pattern, work, kernel, tightest);
            rank[tightest] = k;
        }
        // Phases 2 and 3: fill the largest void until no place is left.
        pattern = [.. initial];
        work = [.. energy];
        for (int k = points; k < Count; k++)
        {
            int loosest = Extreme(work, pattern, set: false);
            Toggle(pattern, work, kernel, loosest);
            rank[loosest] = k;
        }
        return [.. rank.Select(k => (k + 0.5f) / Count)];
    }

    /// <summary>A tenth of the places, scattered, then moved from the tightest cluster into the largest void until that changes nothing.</summary>
    private static void Seed(bool[] pattern, double[] energy, double[] kernel)
    {
        uint state = 12345;
        for (int placed = 0; placed < Count / 10;)
        {
            state = state * 1664525 + 1013904223;
            int place = (int)(state >> 16) % Count;
            if (pattern[place])
                continue;
            Toggle(pattern, energy, kernel, place);
            placed++;
        }
        // Each move lowers the energy; the bound only guards against an endless swap of equals.
        for (int move = 0; move < Count; move++)
        {
            int tightest = Extreme(energy, pattern, set: true);
            Toggle(pattern, energy, kernel, tightest);
            int loosest = Extreme(energy, pattern, set: false);
            Toggle(pattern, energy, kernel, loosest);
            if (loosest == tightest)
                break;
        }
    }

    /// <summary>The set place with the most energy, or the free place with the least.</summary>
    private static int Extreme(double[] energy, bool[] pattern, bool set)
    {
        int best = -1;
        for (int i = 0; i < energy.Length; i++)
        {
            if (pattern[i] == set && (best < 0 || (set ? energy[i] > energy[best] : energy[i] < energy[best])))
                best = i;
        }
        return best;
    }

    private static void Toggle(bool[] pattern, double[] energy, double[] kernel, int place)
    {
        double sign = pattern[place] ? -1.0 : 1.0;
        pattern[place] = !pattern[place];
        int px = place % Size;
        int py = place / Size;
        for (int y = 0; y < Size; y++)
        {
            for (int x = 0; x < Size; x++)
                energy[y * Size + x] += sign * kernel[((y - py) & (Size - 1)) * Size + ((x - px) & (Size - 1))];
        }
    }

    /// <summary>A Gaussian of the distance on the torus.</summary>
    private static double[] Kernel()
    {
        double[] kernel = new double[Count];
        for (int y = 0; y < Size; y++)
        {
            for (int x = 0; x < Size; x++)
            {
                int dx = Math.Min(x, Size - x);
                int dy = Math.Min(y, Size - y);
                kernel[y * Size + x] = Math.Exp(-(dx * dx + dy * dy) / (2 * Sigma * Sigma));
            }
        }
        return kernel;
    }
}
