using G3DR.Core.Rendering.Operations;
using G3DR.Core.Tensors;

namespace G3DR.Core.Rendering;

/// <content>The kernel on tensors.</content>
public sealed partial record DepthKernel
{
    /// <summary>k of every sample.</summary>
    /// <param name="t">Distances of the samples (..., S).</param>
    /// <param name="surface">Distance of the surface along each ray: (...) or (..., 1).</param>
    /// <returns>Kernel values (..., S), a constant for gradients.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public Tensor Values(Tensor t, Tensor surface)
    {
        ShapeGuard.RequireElements(t, "distances");
        Shape perRay = ShapeGuard.ReplaceLast(t.Shape);
        if (surface.Shape != perRay && surface.Shape != ShapeGuard.ReplaceLast(t.Shape, 1))
        {
            throw new ArgumentException(
                $"For distances of shape {t.Shape} the surface depth must have shape {perRay} or {ShapeGuard.ReplaceLast(t.Shape, 1)}; got {surface.Shape}.");
        }

        return new DepthKernelOp(S1, S2, Min, Max).Apply(t, surface);
    }

    /// <summary>
    /// Passes density and colour on, bit for bit and without copying them; in the backward pass their gradients are multiplied by k (Eq. 2). Distances and surface are
    /// constants: no gradient flows to them.
    /// </summary>
    /// <param name="density">Densities (..., S), or whatever the weights are made from, such as opacities.</param>
    /// <param name="colour">Colours (..., S, C).</param>
    /// <param name="t">Distances of the samples (..., S).</param>
    /// <param name="surface">Distance of the surface along each ray: (...) or (..., 1).</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public (Tensor Density, Tensor Colour) ScaleGradients(Tensor density, Tensor colour, Tensor t, Tensor surface)
    {
        ShapeGuard.RequireShape(density, "density", "that of the distances", t.Shape);
        if (colour.Rank != t.Rank + 1 || !colour.Shape.AsSpan()[..^1].SequenceEqual(t.Shape.AsSpan()))
        {
            throw new ArgumentException($"The colour must have the shape of the distances, {t.Shape}, and one more axis; got {colour.Shape}.");
        }

        using Tensor factors = Values(t, surface);
        return (new ScaleGradientOp().Apply(density, factors), new ScaleGradientOp().Apply(colour, factors));
    }
}
