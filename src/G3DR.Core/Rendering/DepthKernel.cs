using G3DR.Kernels.Rendering;

namespace G3DR.Core.Rendering;

/// <summary>
/// The depth kernel of G3DR (CVPR 2024, Eq. 2 and 3): while a picture with known depth is learned, the gradients of density and colour of a sample
/// at distance t are multiplied by k(x, t) = min(max, max(s1 exp(-(x - t)^2 / s2), min)), where x is the distance of the pixel's surface. Samples
/// near the surface learn, the others hardly do; this keeps the volume from collapsing onto the picture plane.
/// </summary>
/// <remarks>
/// Only arithmetic on distances and gradients: any radiance field can use it. Call <see cref="ScaleGradients"/> on density and colour between the
/// network and the volume rendering sum; values pass unchanged.
/// </remarks>
public sealed partial record DepthKernel
{
    private DepthKernel(double s1, double s2, double min, double max) => (S1, S2, Min, Max) = (s1, s2, min, max);

    /// <summary>The released code's kernel: 1.25 exp(-(x - t)^2 / 0.03), kept between 0.05 and 1.</summary>
    public static DepthKernel Official { get; } = new(1.25, 0.03, 0.05, 1);

    /// <summary>k = 1 everywhere: gradients stay as they are.</summary>
    public static DepthKernel None { get; } = new(1, double.PositiveInfinity, 1, 1);

    /// <summary>Height of the bell before it is cut.</summary>
    public double S1 { get; }

    /// <summary>Squared width of the bell, in squared units of distance; infinity makes k uniform.</summary>
    public double S2 { get; }

    /// <summary>Smallest value.</summary>
    public double Min { get; }

    /// <summary>Largest value.</summary>
    public double Max { get; }

    /// <summary>The parameters in the form that the float32 kernels take.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public DepthKernelParameters Parameters => new((float)S1, (float)S2, (float)Min, (float)Max);

    /// <summary>A kernel by the paper's four numbers.</summary>
    /// <param name="s1">Height of the bell, finite, not negative.</param>
    /// <param name="s2">Squared width of the bell, positive; infinity makes k uniform. See <see cref="HalfSampleDistance"/> for the paper's rule.</param>
    /// <param name="min">Smallest value, positive: with zero, samples far from the surface would never learn (<see cref="WithoutFloor"/>).</param>
    /// <param name="max">Largest value, at least <paramref name="min"/>.</param>
    /// <exception cref="ArgumentException">A parameter is out of range or not a number; the message says which.</exception>
    public static DepthKernel Paper(double s1, double s2, double min, double max)
    {
        if (!(min > 0))
        {
            throw new ArgumentException($"The smallest value of a depth kernel must be positive; got {min}.", nameof(min));
        }

        return Create(s1, s2, min, max);
    }

    /// <summary>A kernel whose smallest value is 0: samples far from the surface get no gradient at all from the picture.</summary>
    /// <param name="s1">Height of the bell, finite, not negative.</param>
    /// <param name="s2">Squared width of the bell, positive; infinity makes k uniform.</param>
    /// <param name="max">Largest value, not negative.</param>
    /// <exception cref="ArgumentException">A parameter is out of range or not a number; the message says which.</exception>
    public static DepthKernel WithoutFloor(double s1, double s2, double max) => Create(s1, s2, 0, max);

    /// <summary>The paper's s2, half the distance of the coarse samples, with the released code's other numbers.</summary>
    /// <param name="near">Nearest distance of the samples.</param>
    /// <param name="far">Farthest distance of the samples.</param>
    /// <param name="samples">Coarse samples per ray.</param>
    public static DepthKernel PaperRule(double near, double far, int samples) => new(Official.S1, HalfSampleDistance(near, far, samples), Official.Min, Official.Max);

    /// <summary>
    /// <see cref="PaperRule"/> with a floor of 0.5: the best of twelve settings when a scene is fitted to one picture (<c>docs/depth-kernel.md</c>), where far samples
    /// must learn quickly to be empty.
    /// </summary>
    /// <param name="near">Nearest distance of the samples.</param>
    /// <param name="far">Farthest distance of the samples.</param>
    /// <param name="samples">Coarse samples per ray.</param>
    public static DepthKernel SinglePicture(double near, double far, int samples) => new(Official.S1, HalfSampleDistance(near, far, samples), 0.5, Official.Max);

    /// <summary>The paper's rule for s2: half the distance between neighbouring coarse samples, (far - near) / samples / 2.</summary>
    /// <param name="near">Nearest distance of the rays.</param>
    /// <param name="far">Farthest distance, beyond <paramref name="near"/>.</param>
    /// <param name="samples">Coarse samples per ray.</param>
    /// <exception cref="ArgumentException">The range is empty or not finite, or there are no samples.</exception>
    public static double HalfSampleDistance(double near, double far, int samples)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        if (!double.IsFinite(near) || !double.IsFinite(far) || far <= near)
        {
            throw new ArgumentException($"The distance of the samples needs near < far, both finite; got {near} and {far}.");
        }

        return (far - near) / samples / 2;
    }

    /// <summary>k of one sample.</summary>
    /// <param name="t">Distance of the sample.</param>
    /// <param name="surface">Distance of the surface x.</param>
    public double Value(double t, double surface) => new DepthKernelConstants<double>(S1, S2, Min, Max).Value(t, surface);

    private static DepthKernel Create(double s1, double s2, double min, double max)
    {
        if (!double.IsFinite(s1) || s1 < 0)
        {
            throw new ArgumentException($"The height s1 of a depth kernel must be finite and not negative; got {s1}.", nameof(s1));
        }

        // Checked after rounding to float32 as well: a width that rounds to zero there would give 0 / 0 on the surface.
        if (!((float)s2 > 0))
        {
            throw new ArgumentException($"The squared width s2 of a depth kernel must be positive (infinity is allowed); got {s2}.", nameof(s2));
        }

        if (double.IsNaN(max) || max < min)
        {
            throw new ArgumentException($"The largest value of a depth kernel must not be below the smallest, {min}; got {max}.", nameof(max));
        }

        return new(s1, s2, min, max);
    }
}
