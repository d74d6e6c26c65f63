using G3DR.Compute;
using G3DR.Core.Rendering;
using G3DR.Core.Tensors;

namespace G3DR.Core.Losses;

/// <summary>
/// DS-NeRF's SigmaLoss as its authors released it (Deng et al., CVPR 2022), for comparison with the depth kernel: samples evenly from near to far, the last interval
/// 1e10 long, so that with a large uncertainty that one term outweighs all others.
/// </summary>
public static class SigmaLoss
{
    /// <summary>Length that the released code gives the interval behind the last sample.</summary>
    public const double LastInterval = 1e10;

    /// <summary>Distances of the samples (R, S): even from near to far, or, with noise, one between the middles around each of these.</summary>
    /// <param name="near">Nearest distances (R).</param>
    /// <param name="far">Farthest distances (R).</param>
    /// <param name="samples">Samples per ray, at least 2.</param>
    /// <param name="noise">Numbers in [0, 1) (R, S), or null.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor Distances(Tensor near, Tensor far, int samples, Tensor? noise = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 2);
        LossGuard.RequireShape(far, "far distances", near.Shape);
        Accelerator device = near.Accelerator;
        using IDisposable constant = device.NoGrad();
        using var scope = TensorScope.Begin(device);
        Tensor even = RaySampler.Stratified(near, far, Tensor.Zeros(device, [.. near.Shape.AsSpan(), samples], near.DType));
        if (noise is null)
        {
            return scope.Keep(even);
        }

        LossGuard.RequireShape(noise, "noise", even.Shape);
        Tensor middle = (even.Slice(-1, 1, samples - 1) + even.Slice(-1, 0, samples - 1)) * 0.5;
        Tensor lower = Tensor.Concat([even.Slice(-1, 0, 1), middle], axis: -1);
        Tensor upper = Tensor.Concat([middle, even.Slice(-1, samples - 1, 1)], axis: -1);
        return scope.Keep(lower + ((upper - lower) * noise));
    }

    /// <summary>The loss of each ray.</summary>
    /// <param name="rawDensity">Output of the network before its relu (R, S).</param>
    /// <param name="directions">Directions (R, 3), not necessarily of unit length.</param>
    /// <param name="distances">Distances (R, S) in units of the directions; see <see cref="Distances"/>.</param>
    /// <param name="depth">Known depths (R).</param>
    /// <param name="variance">Squared uncertainty of the known depths.</param>
    /// <returns>Losses (R); gradients flow to the densities.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit or the variance is not positive.</exception>
    public static Tensor PerRay(Tensor rawDensity, Tensor directions, Tensor distances, Tensor depth, double variance)
    {
        if (rawDensity.Rank != 2 || rawDensity.Length == 0 || rawDensity.Shape[1] < 2)
        {
            throw new ArgumentException($"Raw densities must have shape (R, S) with at least 2 samples; got {rawDensity.Shape}.", nameof(rawDensity));
        }

        Accelerator device = rawDensity.Accelerator;
        int rays = rawDensity.Shape[0], samples = rawDensity.Shape[1];
        LossGuard.RequireShape(directions, "directions", [rays, 3]);
        LossGuard.RequireShape(distances, "distances", rawDensity.Shape);
        using var scope = TensorScope.Begin(device);
        Tensor between = distances.Slice(-1, 1, samples - 1) - distances.Slice(-1, 0, samples - 1);
        Tensor last = Tensor.Full(device, [rays, 1], LastInterval, rawDensity.DType);
        Tensor lengths = Tensor.Concat([between, last], axis: -1) * directions.Square().Sum([-1], keepDims: true).Sqrt();
        Tensor alpha = 1 - (-(rawDensity.Relu() * lengths)).Exp();
        Tensor weights = VolumeMarching.WeightsFromAlpha(alpha);
        return scope.Keep(RayLosses.KlPerRay(weights, distances, lengths, depth, variance));
    }
}
