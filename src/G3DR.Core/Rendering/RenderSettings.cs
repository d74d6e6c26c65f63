using G3DR.Kernels.Rendering;

namespace G3DR.Core.Rendering;

/// <summary>How a volume is rendered. Start from <see cref="Official"/> or <see cref="Paper"/> and change what you need.</summary>
public sealed record RenderSettings
{
    /// <summary>
    /// The released code: planes (x,y), (x,z), (z,x), levels straight from the finest, 32 stratified and 32 importance samples, mid-point marching, pictures in [-1, 1].
    /// Weights trained with that code need this.
    /// </summary>
    public static RenderSettings Official { get; } = new();

    /// <summary>
    /// The paper's text: planes (x,y), (x,z), (z,y), each level from the one before, one pass of 64 samples in equal bins of [4, 6], Eq. 1 per sample, pictures in [0, 1];
    /// the depth kernel's s2 is half the distance of the samples.
    /// </summary>
    public static RenderSettings Paper { get; } = new()
    {
        Axes = PlaneAxes.Corrected,
        Pyramid = PyramidKind.Cascade,
        Marching = MarchingRule.PerSample,
        CoarseSampling = CoarseSampling.Bins,
        FineSampling = FineSampling.None,
        CoarseSamples = 64,
        FineSamples = 0,
        Near = 4,
        Far = 6,
        Kernel = DepthKernel.Paper(s1: 1.25, DepthKernel.HalfSampleDistance(4, 6, 64), min: 0.05, max: 1),
    };

    /// <summary>What the planes read.</summary>
    public PlaneAxes Axes { get; init; } = PlaneAxes.Official;

    /// <summary>How the pyramid levels come about.</summary>
    public PyramidKind Pyramid { get; init; } = PyramidKind.Direct;

    /// <summary>Pyramid levels in all, the finest included.</summary>
    public int Levels { get; init; } = 3;

    /// <summary>First level that is sampled: 0 for all, <see cref="Levels"/> - 1 for the coarsest only (the paper's Fig. 3).</summary>
    public int FinestLevel { get; init; }

    /// <summary>How samples become a colour.</summary>
    public MarchingRule Marching { get; init; } = MarchingRule.MidPoint;

    /// <summary>Where the coarse samples lie.</summary>
    public CoarseSampling CoarseSampling { get; init; } = CoarseSampling.Stratified;

    /// <summary>Coarse samples per ray.</summary>
    public int CoarseSamples { get; init; } = 32;

    /// <summary>Where the fine samples lie.</summary>
    public FineSampling FineSampling { get; init; } = FineSampling.Importance;

    /// <summary>Fine samples per ray; not used where there are none.</summary>
    public int FineSamples { get; init; } = 32;

    /// <summary>Side of the cube around the origin that the planes span.</summary>
    public double BoxSize { get; init; } = 2;

    /// <summary>Nearest distance of all rays, together with <see cref="Far"/>; without them each ray's own entry into and exit from the box.</summary>
    public double? Near { get; init; }

    /// <summary>Farthest distance of all rays.</summary>
    public double? Far { get; init; }

    /// <summary>Whether the background is white instead of black.</summary>
    public bool WhiteBackground { get; init; }

    /// <summary>Gradient scaling, applied where the surface depth of the rays is given; null for none.</summary>
    public DepthKernel? Kernel { get; init; } = DepthKernel.Official;

    /// <summary>Whether <see cref="ComposedRenderer"/> also returns what it made on the way.</summary>
    public bool KeepIntermediates { get; init; }

    /// <summary>Refuses settings that contradict themselves.</summary>
    /// <exception cref="ArgumentException">A setting does not fit; the message says which.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Levels, 1);
        RaySampler.RequireBox(BoxSize);
        if (FinestLevel < 0 || FinestLevel >= Levels)
        {
            throw new ArgumentException($"The finest level to sample is {FinestLevel}, but there are {Levels} levels (0 is the finest).");
        }

        int fewest = Marching == MarchingRule.MidPoint ? 2 : 1;
        if (CoarseSamples < fewest)
        {
            throw new ArgumentException($"{Marching} marching needs at least {fewest} coarse samples; got {CoarseSamples}.");
        }

        if (FineSampling != FineSampling.None && FineSamples < 1)
        {
            throw new ArgumentException($"{FineSampling} sampling needs at least 1 fine sample; got {FineSamples}.");
        }

        if (FineSampling == FineSampling.Importance && CoarseSamples < RaySampler.FewestForImportance)
        {
            throw new ArgumentException($"Importance sampling needs at least {RaySampler.FewestForImportance} coarse samples; got {CoarseSamples}.");
        }

        if (Near.HasValue != Far.HasValue || (Near is { } near && !(double.IsFinite(near) && double.IsFinite(Far!.Value) && near < Far)))
        {
            throw new ArgumentException($"Near and far must both be given, finite and near < far, or both be left out; got {Near} and {Far}.");
        }
    }
}
