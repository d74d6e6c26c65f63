using G3DR.Compute;
using G3DR.Core.Rendering.Operations;
using G3DR.Core.Tensors;

namespace G3DR.Core.Rendering;

/// <summary>
/// From samples along rays to colour, depth and opacity, differentiable in colours and densities. Rays have any leading axes, for example (N, R).
/// </summary>
public static class VolumeMarching
{
    /// <summary>Added to the opacity that a depth is divided by (Eq. 4), so that empty rays have depth 0.</summary>
    public const double DepthEpsilon = 0.001;

    // Densities are softplus(raw - 1): an untrained network, whose outputs are near 0, starts nearly transparent.
    private const double DensityShift = 1;

    /// <summary>
    /// The released code's mid-point rule. Colour, density and distance of an interval are the means of its two samples; alpha = 1 - exp(-softplus(density - 1) delta),
    /// w_i = alpha_i prod_(j&lt;i) (1 - alpha_j + 1e-10), colour = 2 sum w c - 1. The depth kernel acts on alpha and on the mean colour of each interval.
    /// </summary>
    /// <param name="colors">Colours of the samples (..., S, 3), in [0, 1].</param>
    /// <param name="densities">Raw densities of the samples (..., S).</param>
    /// <param name="distances">Distances of the samples (..., S), rising, S at least 2.</param>
    /// <param name="whiteBackground">Adds the light of a white background where rays are not opaque.</param>
    /// <param name="kernel">Scales gradients around <paramref name="surface"/>; needs it.</param>
    /// <param name="surface">Distance of the surface along each ray (...).</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or there is a kernel without a surface.</exception>
    public static MarchingResult MidPoint(
        Tensor colors, Tensor densities, Tensor distances, bool whiteBackground = false, DepthKernel? kernel = null, Tensor? surface = null)
    {
        RequireSamples(colors, densities, distances, fewest: 2);
        using var scope = TensorScope.Begin(distances.Accelerator);
        Tensor color = Intervals.Midpoints(colors, axis: -2);
        Tensor density = Intervals.Midpoints(densities, axis: -1);
        Tensor center = Intervals.Midpoints(distances, axis: -1);
        Tensor delta = Intervals.Differences(distances, axis: -1);
        Tensor alpha = 1 - (-(Density(density) * delta)).Exp();
        if (kernel is not null)
        {
            (alpha, color) = kernel.ScaleGradients(alpha, color, center, RequireSurface(surface));
        }

        Tensor weights = new AlphaWeightsOp().Apply(alpha);
        return Keep(scope, Composite(weights, color, center, whiteBackground, colorScale: 2, colorShift: -1));
    }

    /// <summary>
    /// The paper's Eq. 1: one weight per sample, w_i = (1 - exp(-sigma_i delta_i)) exp(-sum_(j&lt;i) sigma_j delta_j) with sigma = softplus(density - 1);
    /// delta_i reaches to the next sample, the last one to <paramref name="far"/>. The depth kernel acts on sigma and colour of each sample (Eq. 2).
    /// </summary>
    /// <param name="colors">Colours of the samples (..., S, 3), in [0, 1].</param>
    /// <param name="densities">Raw densities of the samples (..., S).</param>
    /// <param name="distances">Distances of the samples (..., S), rising.</param>
    /// <param name="far">Where each ray ends (...).</param>
    /// <param name="whiteBackground">Adds the light of a white background where rays are not opaque.</param>
    /// <param name="kernel">Scales gradients around <paramref name="surface"/>; needs it.</param>
    /// <param name="surface">Distance of the surface along each ray (...).</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or there is a kernel without a surface.</exception>
    public static MarchingResult PerSample(
        Tensor colors,
        Tensor densities,
        Tensor distances,
        Tensor far,
        bool whiteBackground = false,
        DepthKernel? kernel = null,
        Tensor? surface = null)
    {
        RequireSamples(colors, densities, distances, fewest: 1);
        ShapeGuard.RequireShape(far, "far distances", "that of the distances without the last axis", ShapeGuard.ReplaceLast(distances.Shape));
        using var scope = TensorScope.Begin(distances.Accelerator);
        Tensor end = far.Reshape(ShapeGuard.ReplaceLast(distances.Shape, 1).AsSpan());
        Tensor delta = Intervals.Differences(Tensor.Concat([distances, end], axis: -1), axis: -1);
        Tensor sigma = Density(densities), color = colors;
        if (kernel is not null)
        {
            (sigma, color) = kernel.ScaleGradients(sigma, color, distances, RequireSurface(surface));
        }

        return Keep(scope, Composite(Weights(sigma, delta), color, distances, whiteBackground));
    }

    /// <summary>The density that both rules make of the decoder's raw output: softplus(raw - 1).</summary>
    /// <param name="raw">Raw densities.</param>
    public static Tensor Density(Tensor raw)
    {
        using Tensor shifted = raw - DensityShift;
        return shifted.Softplus();
    }

    /// <summary>The weights of Eq. 1: w_i = (1 - exp(-sigma_i delta_i)) exp(-sum_(j&lt;i) sigma_j delta_j).</summary>
    /// <param name="sigma">Densities (..., S), not negative.</param>
    /// <param name="delta">Lengths (..., S) that the samples stand for.</param>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static Tensor Weights(Tensor sigma, Tensor delta)
    {
        ShapeGuard.RequireElements(sigma, "densities");
        ShapeGuard.RequireShape(delta, "lengths of the samples", "that of the densities", sigma.Shape);
        using Tensor thickness = sigma * delta;
        return new ThicknessWeightsOp().Apply(thickness);
    }

    /// <summary>The weights of the released code: w_i = alpha_i prod_(j&lt;i) (1 - alpha_j + 1e-10).</summary>
    /// <param name="alpha">Opacities (..., S).</param>
    /// <exception cref="ArgumentException">There are no elements.</exception>
    public static Tensor WeightsFromAlpha(Tensor alpha)
    {
        ShapeGuard.RequireElements(alpha, "opacities");
        return new AlphaWeightsOp().Apply(alpha);
    }

    /// <summary>Weighted sums: colour = scale (sum w c [+ 1 - sum w]) + shift, depth = sum w t / (sum w + 0.001), opacity = sum w.</summary>
    /// <param name="weights">Weights (..., S).</param>
    /// <param name="colors">Colours (..., S, 3).</param>
    /// <param name="centers">Distances (..., S).</param>
    /// <param name="whiteBackground">Adds the light of a white background where rays are not opaque.</param>
    /// <param name="colorScale">Factor of the colour.</param>
    /// <param name="colorShift">Added to the scaled colour.</param>
    /// <returns>The sums; weights and centres are new handles on the given ones.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static MarchingResult Composite(
        Tensor weights, Tensor colors, Tensor centers, bool whiteBackground = false, double colorScale = 1, double colorShift = 0)
    {
        RequireSamples(colors, weights, centers, fewest: 1);
        Accelerator device = weights.Accelerator;
        using var scope = TensorScope.Begin(device);
        Tensor perChannel = weights.Reshape([.. weights.Shape.AsSpan(), 1]);
        Tensor color = (perChannel * colors).Sum([-2]);
        Tensor opacity = weights.Sum([-1]);
        if (whiteBackground)
        {
            color += (1 - opacity).Reshape([.. opacity.Shape.AsSpan(), 1]);
        }

        if (colorScale != 1 || colorShift != 0)
        {
            color = color.Affine(colorScale, colorShift);
        }

        Tensor depth = (weights * centers).Sum([-1]) / (opacity + DepthEpsilon);
        return Keep(scope, new(color, depth, opacity, weights.Reshape(weights.Shape.AsSpan()), centers.Reshape(centers.Shape.AsSpan())));
    }

    private static MarchingResult Keep(TensorScope scope, MarchingResult result)
    {
        scope.Keep(result.Color);
        scope.Keep(result.Depth);
        scope.Keep(result.Opacity);
        scope.Keep(result.Weights);
        scope.Keep(result.Centers);
        return result;
    }

    private static Tensor RequireSurface(Tensor? surface) => surface
        ?? throw new ArgumentException("A depth kernel needs the surface depth of each ray.", nameof(surface));

    private static void RequireSamples(Tensor colors, Tensor densities, Tensor distances, int fewest)
    {
        ShapeGuard.RequireElements(distances, "distances");
        if (distances.Shape[^1] < fewest)
        {
            throw new ArgumentException($"Rays need at least {fewest} samples; got distances of shape {distances.Shape}.");
        }

        ShapeGuard.RequireShape(densities, "densities", "that of the distances", distances.Shape);
        ShapeGuard.RequireShape(colors, "colours", "that of the distances and 3 channels", new([.. distances.Shape.AsSpan(), 3]));
    }
}
