namespace G3DR.Kernels.Rendering;

/// <summary>k(x, t) = min(max, max(s1 exp(-(x - t)^2 / s2), min)), Eq. 3 of G3DR: x is the surface's distance, t the sample's.</summary>
/// <param name="S1">Height of the bell.</param>
/// <param name="S2">Squared width of the bell, in squared units of distance; infinity makes k uniform.</param>
/// <param name="Min">Smallest value.</param>
/// <param name="Max">Largest value.</param>
public readonly record struct DepthKernelParameters(float S1, float S2, float Min, float Max)
{
    /// <summary>k == 1: no scaling.</summary>
    public static DepthKernelParameters None => new(1, float.PositiveInfinity, 1, 1);
}
