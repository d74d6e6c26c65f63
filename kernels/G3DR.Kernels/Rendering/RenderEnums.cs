namespace G3DR.Kernels.Rendering;

/// <summary>Which pair of coordinates each of the three planes reads, as (u along W, v along H).</summary>
public enum PlaneAxes
{
    /// <summary>(x,y), (x,z), (z,x): what EG3D's and G3DR's released code reads; the second and third see the same coordinates.</summary>
    Official,

    /// <summary>(x,y), (x,z), (z,y): one plane for each pair, as the papers describe.</summary>
    Corrected,
}

/// <summary>How the coarser pyramid levels come about.</summary>
public enum PyramidKind
{
    /// <summary>Every level straight from the finest (released code).</summary>
    Direct,

    /// <summary>Every level from the one before (paper).</summary>
    Cascade,
}

/// <summary>How samples along a ray become a colour.</summary>
public enum MarchingRule
{
    /// <summary>Mid-point rule of the released code: intervals between samples, density softplus(mean - 1), colour in [-1, 1].</summary>
    MidPoint,

    /// <summary>The paper's Eq. 1: one weight per sample, density softplus(raw - 1), colour in [0, 1].</summary>
    PerSample,
}

/// <summary>Where the coarse samples of a ray lie.</summary>
public enum CoarseSampling
{
    /// <summary>near + (s + noise) (far - near) / (S - 1): the released code's, whose last sample may lie behind far.</summary>
    Stratified,

    /// <summary>One draw in each of S equal bins of [near, far] (paper).</summary>
    Bins,

    /// <summary>Distances given by the caller, rising along each ray.</summary>
    Given,
}

/// <summary>Where the fine samples of a ray lie.</summary>
public enum FineSampling
{
    /// <summary>There are none.</summary>
    None,

    /// <summary>Drawn from the weights of the coarse samples.</summary>
    Importance,

    /// <summary>Evenly within 0.05 of the given surface depth, without jitter (released code, on some canonical steps).</summary>
    SurfaceGuided,
}
