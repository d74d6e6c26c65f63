using G3DR.Compute;
using G3DR.Core.Imaging;
using G3DR.Core.Tensors;
using PillowResize = G3DR.Core.Imaging.ImageResize;
using TensorResize = G3DR.Core.Losses.ImageResize;

namespace G3DR.Core.Networks;

/// <summary>Makes of pictures what <see cref="ClipImageEncoder"/> reads: as openai/CLIP's <c>_transform</c> for files, and differentiably for pictures that were rendered.</summary>
public static class ClipPreprocessing
{
    /// <summary>Mean of each channel, red first, of colours in [0, 1].</summary>
    public static IReadOnlyList<float> Mean { get; } = [0.48145466f, 0.4578275f, 0.40821073f];

    /// <summary>Standard deviation of each channel, red first, of colours in [0, 1].</summary>
    public static IReadOnlyList<float> Deviation { get; } = [0.26862954f, 0.26130258f, 0.27577711f];

    /// <summary>The square that the network sees of a picture: shorter side resized to <paramref name="size"/> (bicubic, as Pillow), then the middle.</summary>
    /// <param name="image">Any picture; transparent pixels lose their transparency, not their colour.</param>
    /// <param name="size">Pixels per side.</param>
    /// <returns>Picture (size, size) in 8-bit RGB.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The size is below 1.</exception>
    public static Image Crop(Image image, int size)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);

        // Colours are resized with their transparency and lose it afterwards, as in the reference.
        Image resized = PillowResize.ResizeShorterSide(image.To8Bit(), size, ResizeFilter.Bicubic);
        return PillowResize.CenterCrop(resized, size).WithoutAlpha().ToRgb8();
    }

    /// <summary>Pictures as the network reads them.</summary>
    /// <param name="device">Device of the result.</param>
    /// <param name="images">Pictures of any sizes.</param>
    /// <param name="size">Pixels per side.</param>
    /// <returns>Pictures (N, size, size, 3), normalised by <see cref="Mean"/> and <see cref="Deviation"/>.</returns>
    /// <exception cref="ArgumentException">There are no pictures, or the size is below 1.</exception>
    public static Tensor ToTensor(Accelerator device, IReadOnlyList<Image> images, int size = 224)
    {
        ArgumentNullException.ThrowIfNull(device);
        ArgumentNullException.ThrowIfNull(images);
        if (images.Count == 0)
        {
            throw new ArgumentException("CLIP needs at least one picture.", nameof(images));
        }

        float[] values = [.. images.SelectMany(image => Crop(image, size).ToFloat())];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (values[i] - Mean[i % 3]) / Deviation[i % 3];
        }

        return Tensor.FromArray(device, values, [images.Count, size, size, 3]);
    }

    /// <summary>Normalises pictures; differentiable.</summary>
    /// <param name="pictures">Colours (N, H, W, 3) in [0, 1].</param>
    /// <returns>Pictures of the same shape.</returns>
    /// <exception cref="ArgumentException">The shape is another one.</exception>
    public static Tensor Normalize(Tensor pictures)
    {
        PictureGuard.Require(pictures, "CLIP's normalisation");
        return ChannelScaling.Apply(pictures, Mean, Deviation);
    }

    /// <summary>
    /// Rendered pictures as the network reads them; differentiable: resized bilinearly without antialiasing, as the released code of G3DR does, and normalised.
    /// </summary>
    /// <param name="pictures">Colours (N, H, W, 3) in [-1, 1].</param>
    /// <param name="size">Pixels per side; other proportions are changed.</param>
    /// <returns>Pictures (N, size, size, 3).</returns>
    /// <exception cref="ArgumentException">The shape is another one, or the size is below 1.</exception>
    public static Tensor FromRendered(Tensor pictures, int size = 224)
    {
        using var scope = TensorScope.Begin(pictures.Accelerator);
        return scope.Keep(Normalize(TensorResize.Bilinear(pictures, size, size).Affine(0.5, 0.5)));
    }
}
