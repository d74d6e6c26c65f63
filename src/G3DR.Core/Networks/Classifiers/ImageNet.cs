using G3DR.Compute;
using G3DR.Core.Imaging;
using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>What networks trained on ImageNet share: how their pictures were prepared, by the conventions of torchvision.</summary>
public static class ImageNet
{
    /// <summary>Classes of the challenge of 2012.</summary>
    public const int Classes = 1000;

    /// <summary>Pixels that the shorter side is resized to.</summary>
    public const int ShorterSide = 256;

    /// <summary>Pixels per side of the square that is cut out of the middle.</summary>
    public const int CropSize = 224;

    /// <summary>Means of red, green and blue in [0, 1].</summary>
    public static IReadOnlyList<float> Mean { get; } = [0.485f, 0.456f, 0.406f];

    /// <summary>Standard deviations of red, green and blue.</summary>
    public static IReadOnlyList<float> Deviation { get; } = [0.229f, 0.224f, 0.225f];

    /// <summary>Subtracts the means and divides by the standard deviations.</summary>
    /// <param name="pictures">Pictures (..., 3) with colours in [0, 1].</param>
    /// <returns>Pictures of the same shape, as the networks expect them.</returns>
    public static Tensor Normalize(Tensor pictures) => ChannelScaling.Apply(pictures, Mean, Deviation);

    /// <summary>Prepares a photo for a classifier: shorter side 256 (bilinear with antialiasing, as Pillow), middle square of 224, normalised.</summary>
    /// <param name="device">Device of the tensor.</param>
    /// <param name="photo">The photo; alpha is laid over white.</param>
    /// <returns>A picture (1, 224, 224, 3).</returns>
    public static Tensor Prepare(Accelerator device, Image photo)
    {
        ArgumentNullException.ThrowIfNull(photo);
        Image square = ImageResize.CenterCrop(ImageResize.ResizeShorterSide(photo.ToRgb8(), ShorterSide, ResizeFilter.Bilinear), CropSize);
        using Tensor colors = Tensor.FromArray(device, square.ToFloat(), [1, CropSize, CropSize, 3]);
        return Normalize(colors);
    }
}
