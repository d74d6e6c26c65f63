using G3DR.Core.Networks;
using G3DR.Core.Tensors;

namespace G3DR.Core.Losses;

/// <summary>Differentiable resizing of pictures, as networks that judge pictures expect it.</summary>
public static class ImageResize
{
    /// <summary>
    /// Bilinear, without antialiasing, as PyTorch's <c>interpolate(mode = "bilinear", align_corners = False)</c>: what the released code does before CLIP.
    /// </summary>
    /// <param name="images">Pictures (N, H, W, C).</param>
    /// <param name="height">Rows of the result.</param>
    /// <param name="width">Pixels per row of the result.</param>
    /// <returns>Pictures (N, height, width, C).</returns>
    /// <exception cref="ArgumentException">The pictures have another rank or a size is below 1.</exception>
    public static Tensor Bilinear(Tensor images, int height, int width)
    {
        LossGuard.RequireImages(images, smallestSide: 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        return Functional.Resize2d(images, height, width, ResizeMode2d.Bilinear);
    }
}
