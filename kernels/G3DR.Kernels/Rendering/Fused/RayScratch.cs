namespace G3DR.Kernels.Rendering.Fused;

/// <summary>Memory of one thread for one ray: T samples rounded up to whole vectors, M = sampled planes x sampled levels.</summary>
internal readonly unsafe struct RayScratch
{
    private const int Lanes = 16;

    public RayScratch(FusedRenderProblem problem, HiddenLayout layout, float* memory)
    {
        Samples = Pad(problem.Samples);
        int maps = layout.Sources.Length * (problem.Levels - problem.FinestLevel);
        float* next = memory;
        Hidden = Take(ref next, (long)Samples * layout.Hidden);
        Sigmoid = Take(ref next, (long)Samples * layout.Hidden);
        Weight = Take(ref next, 4L * maps * Samples);
        Offset = (int*)Take(ref next, (long)maps * Samples);
        Coordinate = Take(ref next, 3L * Samples);
        Raw = Take(ref next, 4L * Samples);
        RawGradient = Take(ref next, 4L * Samples);
        Unsorted = Take(ref next, 5L * Samples);
        Distance = Take(ref next, Samples);
        Color = Take(ref next, 3L * Samples);
        March = Take(ref next, 8L * Samples);
        Random = Take(ref next, 4L * Samples);
        Bias = Take(ref next, layout.Hidden);
    }

    /// <summary>Samples per row of every array below.</summary>
    public int Samples { get; }

    /// <summary>Hidden units [sample][unit]: before the activation, then after.</summary>
    public float* Hidden { get; }

    /// <summary>Derivative of the activation [sample][unit].</summary>
    public float* Sigmoid { get; }

    /// <summary>Bilinear weights [map][corner][sample].</summary>
    public float* Weight { get; }

    /// <summary>First float of the upper left texel [map][sample].</summary>
    public int* Offset { get; }

    /// <summary>Sample positions in plane units [axis][sample].</summary>
    public float* Coordinate { get; }

    /// <summary>Decoder outputs [density, red, green, blue][sample], in order of distance.</summary>
    public float* Raw { get; }

    /// <summary>Gradient of <see cref="Raw"/>.</summary>
    public float* RawGradient { get; }

    /// <summary>Distances and decoder outputs of coarse, then fine samples [distance, outputs][sample].</summary>
    public float* Unsorted { get; }

    /// <summary>Distances, rising.</summary>
    public float* Distance { get; }

    /// <summary>Colours after their activation [channel][sample].</summary>
    public float* Color { get; }

    /// <summary>Eight rows for marching.</summary>
    public float* March { get; }

    /// <summary>Four rows for drawing samples.</summary>
    public float* Random { get; }

    /// <summary>First-layer bias of the ray, its direction's part included.</summary>
    public float* Bias { get; }

    /// <summary>Floats that one thread needs.</summary>
    public static long Size(FusedRenderProblem problem, HiddenLayout layout)
    {
        long samples = Pad(problem.Samples);
        long maps = layout.Sources.Length * (problem.Levels - problem.FinestLevel);
        return (samples * ((2L * layout.Hidden) + (5 * maps) + 3 + 4 + 4 + 5 + 1 + 3 + 8 + 4)) + layout.Hidden;
    }

    // One vector more than needed: interval rows are read one sample ahead.
    private static int Pad(int samples) => ((samples + Lanes - 1) / Lanes * Lanes) + Lanes;

    private static float* Take(ref float* next, long count)
    {
        float* start = next;
        next += count;
        return start;
    }
}
