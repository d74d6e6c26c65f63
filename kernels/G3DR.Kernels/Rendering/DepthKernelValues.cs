using System.Numerics;
using G3DR.Compute;

namespace G3DR.Kernels.Rendering;

/// <summary>The depth kernel of G3DR and the scaling of gradients with it (Eq. 2 and 3).</summary>
public static class DepthKernelValues
{
    /// <summary>k = min(max, max(s1 exp(-(t - surface)^2 / s2), min)) of one sample.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="item">(ray, sample), row-major.</param>
    /// <param name="distances">Distances t (rays, samples).</param>
    /// <param name="surface">Distance of the surface along each ray (rays).</param>
    /// <param name="values">Kernel values (rays, samples), overwritten.</param>
    /// <param name="samples">Samples per ray.</param>
    /// <param name="kernel">Parameters.</param>
    [Kernel]
    public static void Evaluate<T>(
        Index1D item, ArrayView<T> distances, ArrayView<T> surface, ArrayView<T> values, int samples, DepthKernelConstants<T> kernel)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        values[item.X] = kernel.Value(distances[item.X], surface[item.X / samples]);

    /// <summary>Multiplies the gradient of all channels of a sample by the sample's kernel value.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="item">(ray, sample, channel), row-major.</param>
    /// <param name="cotangent">Incoming gradient (rays, samples, channels).</param>
    /// <param name="values">Kernel values (rays, samples).</param>
    /// <param name="gradient">Scaled gradient (rays, samples, channels), overwritten.</param>
    /// <param name="channels">Values per sample.</param>
    [Kernel]
    public static void Scale<T>(Index1D item, ArrayView<T> cotangent, ArrayView<T> values, ArrayView<T> gradient, int channels)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        gradient[item.X] = cotangent[item.X] * values[item.X / channels];
}

/// <summary>Parameters of the depth kernel in the precision of the computation; see <see cref="DepthKernelParameters"/>.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="S1">Height of the bell.</param>
/// <param name="S2">Squared width of the bell; infinity makes k uniform.</param>
/// <param name="Min">Smallest value.</param>
/// <param name="Max">Largest value.</param>
public readonly record struct DepthKernelConstants<T>(T S1, T S2, T Min, T Max)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>The kernel value at distance <paramref name="t"/> for a surface at <paramref name="surface"/>.</summary>
    public T Value(T t, T surface)
    {
        T offset = t - surface;
        return T.Min(Max, T.Max(S1 * T.Exp(-(offset * offset / S2)), Min));
    }
}
