using System.Numerics;
using G3DR.Compute;

namespace G3DR.Kernels.Rendering;

/// <summary>
/// Weights of the samples of a ray in the volume rendering sum (Max, "Optical models for direct volume rendering", 1995), in both profiles' forms,
/// with their exact adjoints. One item is one ray, walked from the camera and, in the adjoints, back.
/// </summary>
public static class RayWeights
{
    /// <summary>Added to each factor 1 - alpha of the transmittance by the released code.</summary>
    public const double TransmittanceOffset = 1e-10;

    /// <summary>w_i = alpha_i prod_(j&lt;i) (1 - alpha_j + 1e-10).</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="ray">Ray.</param>
    /// <param name="alpha">Opacities (rays, samples).</param>
    /// <param name="weights">Weights (rays, samples), overwritten.</param>
    /// <param name="samples">Samples per ray.</param>
    [Kernel]
    public static void FromAlpha<T>(Index1D ray, ArrayView<T> alpha, ArrayView<T> weights, int samples)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T offset = T.CreateTruncating(TransmittanceOffset);
        long first = (long)ray.X * samples;
        T transmittance = T.One;
        for (int i = 0; i < samples; i++)
        {
            T a = alpha[first + i];
            weights[first + i] = a * transmittance;
            transmittance *= T.One - a + offset;
        }
    }

    /// <summary>
    /// Adjoint of <see cref="FromAlpha"/>. With T_i the transmittance before i and behind_i = sum_(j&gt;i) g_j alpha_j prod_(i&lt;k&lt;j) (1 - alpha_k + 1e-10)
    /// the gradient is T_i (g_i - behind_i); the recursion for behind_i divides by nothing, so opaque samples are as exact as others.
    /// </summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="ray">Ray.</param>
    /// <param name="alpha">Opacities (rays, samples).</param>
    /// <param name="cotangent">Gradient of the weights g (rays, samples).</param>
    /// <param name="gradient">Gradient of the opacities (rays, samples), overwritten.</param>
    /// <param name="samples">Samples per ray.</param>
    [Kernel]
    public static void FromAlphaGradient<T>(Index1D ray, ArrayView<T> alpha, ArrayView<T> cotangent, ArrayView<T> gradient, int samples)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T offset = T.CreateTruncating(TransmittanceOffset);
        long first = (long)ray.X * samples;
        T behind = T.Zero;
        for (int i = samples - 1; i >= 0; i--)
        {
            T a = alpha[first + i], g = cotangent[first + i];
            gradient[first + i] = g - behind;
            behind = (g * a) + ((T.One - a + offset) * behind);
        }

        T transmittance = T.One;
        for (int i = 0; i < samples; i++)
        {
            gradient[first + i] *= transmittance;
            transmittance *= T.One - alpha[first + i] + offset;
        }
    }

    /// <summary>Eq. 1 of G3DR: w_i = (1 - exp(-x_i)) exp(-sum_(j&lt;i) x_j) for optical thicknesses x_i = sigma_i delta_i.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="ray">Ray.</param>
    /// <param name="thickness">Optical thicknesses (rays, samples).</param>
    /// <param name="weights">Weights (rays, samples), overwritten.</param>
    /// <param name="samples">Samples per ray.</param>
    [Kernel]
    public static void FromThickness<T>(Index1D ray, ArrayView<T> thickness, ArrayView<T> weights, int samples)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        long first = (long)ray.X * samples;
        T before = T.Zero;
        for (int i = 0; i < samples; i++)
        {
            T x = thickness[first + i];
            weights[first + i] = (T.One - T.Exp(-x)) * T.Exp(-before);
            before += x;
        }
    }

    /// <summary>Adjoint of <see cref="FromThickness"/>: the gradient of x_i is g_i T_(i+1) - sum_(j&gt;i) g_j w_j, T_i the transmittance before i.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="ray">Ray.</param>
    /// <param name="thickness">Optical thicknesses (rays, samples).</param>
    /// <param name="weights">The weights that the forward pass gave (rays, samples).</param>
    /// <param name="cotangent">Gradient of the weights g (rays, samples).</param>
    /// <param name="gradient">Gradient of the thicknesses (rays, samples), overwritten.</param>
    /// <param name="samples">Samples per ray.</param>
    [Kernel]
    public static void FromThicknessGradient<T>(
        Index1D ray, ArrayView<T> thickness, ArrayView<T> weights, ArrayView<T> cotangent, ArrayView<T> gradient, int samples)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        long first = (long)ray.X * samples;
        T until = T.Zero;
        for (int i = 0; i < samples; i++)
        {
            until += thickness[first + i];
            gradient[first + i] = cotangent[first + i] * T.Exp(-until);
        }

        T behind = T.Zero;
        for (int i = samples - 1; i >= 0; i--)
        {
            gradient[first + i] -= behind;
            behind += cotangent[first + i] * weights[first + i];
        }
    }
}
