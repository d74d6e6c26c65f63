using G3DR.Core.Networks.Operations;
using G3DR.Core.Tensors;
using G3DR.Kernels.Resampling;

namespace G3DR.Core.Networks;

/// <content>Pictures in other sizes.</content>
public static partial class Functional
{
    /// <summary>Resizes pictures to any size, larger or smaller, by the rules of PyTorch's <c>interpolate</c>.</summary>
    /// <param name="x">Pictures or activations (N, H, W, C).</param>
    /// <param name="height">Rows of the result.</param>
    /// <param name="width">Columns of the result.</param>
    /// <param name="mode">How values between pixels are found.</param>
    /// <param name="antialias">
    /// Whether an axis that shrinks takes all its pixels into account (bilinear and bicubic), as Pillow does; otherwise pixels between samples are lost.
    /// </param>
    /// <param name="alignCorners">Whether the middles of the corner pixels stay in place (bilinear and bicubic), instead of the borders of the picture.</param>
    /// <param name="scale">
    /// Output pixels per input pixel along rows (Y) and columns (X), from which positions follow as with <c>scale_factor</c> in PyTorch (without
    /// <c>recompute_scale_factor</c>); by default the quotients of the sizes.
    /// </param>
    /// <returns>Pictures (N, height, width, C).</returns>
    /// <exception cref="ArgumentException">
    /// The shape is another one, a size is below 1, a scale is not positive, or options do not go together: antialiasing and aligned corners need bilinear
    /// or bicubic interpolation, and aligned corners go neither with antialiasing nor with a scale.
    /// </exception>
    public static Tensor Resize2d(
        Tensor x,
        int height,
        int width,
        ResizeMode2d mode,
        bool antialias = false,
        bool alignCorners = false,
        (double Y, double X)? scale = null)
    {
        PictureGuard.Require(x, "Resize");
        Interpolation interpolation = mode switch
        {
            ResizeMode2d.Nearest => Interpolation.Nearest,
            ResizeMode2d.NearestExact => Interpolation.NearestExact,
            ResizeMode2d.Bilinear => Interpolation.Linear,
            ResizeMode2d.Bicubic => Interpolation.Cubic,
            _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "There is no such mode."),
        };
        ResizeAxis Axis(int inputs, int outputs, double? along) =>
            new(inputs, outputs, interpolation) { Antialias = antialias, AlignCorners = alignCorners, Scale = along };
        return new SeparableFilterOp("resize2d", Axis(x.Shape[1], height, scale?.Y), Axis(x.Shape[2], width, scale?.X)).Apply(x);
    }
}
