using G3DR.Core.Tensors;

namespace G3DR.Core.Losses;

/// <summary>Losses on what volume rendering gives for each ray.</summary>
public static class RayLosses
{
    // Keeps the logarithm of a weight finite, as in DS-NeRF.
    internal const double WeightOffset = 1e-5;

    /// <summary>Mean of 1 - opacity: small when every ray meets a surface.</summary>
    /// <param name="opacity">Sums of weights, of any shape.</param>
    /// <exception cref="ArgumentException">There are no elements.</exception>
    public static Tensor Transparency(Tensor opacity)
    {
        if (opacity.Length == 0)
        {
            throw new ArgumentException($"The opacity needs at least one element; got shape {opacity.Shape}.", nameof(opacity));
        }

        using var scope = TensorScope.Begin(opacity.Accelerator);
        return scope.Keep(1 - opacity.Mean());
    }

    /// <summary>
    /// Kullback-Leibler divergence of the weights from a normal distribution around the known depth, up to a constant (Deng et al., DS-NeRF, CVPR 2022, Eq. 6): mean
    /// over rays of sum_k -log(w_k + 1e-5) exp(-(t_k - D)^2 / (2 variance)) delta_k.
    /// </summary>
    /// <param name="weights">Weights (..., S).</param>
    /// <param name="distances">Distances that the weights belong to (..., S).</param>
    /// <param name="lengths">Lengths that the weights stand for (..., S).</param>
    /// <param name="depth">Known depth of each ray (...).</param>
    /// <param name="variance">Squared standard deviation of the known depth.</param>
    /// <exception cref="ArgumentException">The shapes do not fit or the variance is not positive.</exception>
    public static Tensor KlDepth(Tensor weights, Tensor distances, Tensor lengths, Tensor depth, double variance)
    {
        LossGuard.RequireAlike(weights, distances);
        using var scope = TensorScope.Begin(weights.Accelerator);
        return scope.Keep(KlPerRay(weights, distances, lengths, depth, variance).Mean());
    }

    internal static Tensor KlPerRay(Tensor weights, Tensor distances, Tensor lengths, Tensor depth, double variance)
    {
        LossGuard.RequireVariance(variance, nameof(variance));
        LossGuard.RequireShape(distances, "distances", weights.Shape);
        LossGuard.RequireShape(lengths, "lengths", weights.Shape);
        LossGuard.RequireShape(depth, "depth", new(weights.Shape.AsSpan()[..^1]));
        Tensor offset = distances - depth.Reshape([.. depth.Shape.AsSpan(), 1]);
        Tensor bell = (offset.Square() * (-0.5 / variance)).Exp();
        return -((weights + WeightOffset).Log() * bell * lengths).Sum([-1]);
    }
}
