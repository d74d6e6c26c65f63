namespace G3DR.Core.Imaging;

/// <summary>
/// A photo with its depth map, prepared as the authors' training data: the shorter side resized to a given size with Lanczos, the middle square cut out,
/// colours in [0, 1] and depths as distances from the camera between <see cref="NearDepth"/> and <see cref="FarDepth"/>.
/// </summary>
public sealed class RgbdPicture
{
    /// <summary>The distance that depth map value 0 stands for.</summary>
    public const float NearDepth = 4f;

    /// <summary>The distance just beyond depth map value 65535.</summary>
    public const float FarDepth = 6f;

    /// <summary>Wraps prepared data without copying it.</summary>
    /// <param name="size">Side of the square in pixels.</param>
    /// <param name="color">(size, size, 3) colours in [0, 1].</param>
    /// <param name="depth">(size, size) distances from the camera.</param>
    /// <exception cref="ArgumentException">An array's length does not fit the size.</exception>
    public RgbdPicture(int size, float[] color, float[] depth)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        ArgumentNullException.ThrowIfNull(color);
        ArgumentNullException.ThrowIfNull(depth);
        long pixels = (long)size * size;
        if (color.Length != 3 * pixels)
            throw new ArgumentException($"Got {color.Length} colour values, need {size} x {size} x 3 = {3 * pixels}.", nameof(color));
        if (depth.Length != pixels)
            throw new ArgumentException($"Got {depth.Length} depths, need {size} x {size} = {pixels}.", nameof(depth));
        Size = size;
        Color = color;
        Depth = depth;
    }

    /// <summary>Side of the square in pixels.</summary>
    public int Size { get; }

    /// <summary>Colours, (size, size, 3), in [0, 1].</summary>
    public float[] Color { get; }

    /// <summary>Distances from the camera, (size, size), in [4, 6] up to a slight overshoot of the resizing filter at edges.</summary>
    public float[] Depth { get; }

    /// <summary>Reads a photo and its depth map.</summary>
    /// <param name="photoPath">PNG or JPEG; alpha is laid over white.</param>
    /// <param name="depthPath">Grey PNG of 16 bits, 0 near and 65535 far, of the photo's aspect ratio. 8 bits are spread over the same range.</param>
    /// <param name="size">Side of the square to make.</param>
    /// <param name="options">How to read the files; null for the defaults.</param>
    /// <returns>The prepared pair.</returns>
    /// <exception cref="ImageFormatException">A file is not a readable picture, the depth map has colours, or the aspect ratios differ.</exception>
    public static RgbdPicture Load(string photoPath, string depthPath, int size, ImageLoadOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        Image photo = Image.Load(photoPath, options);
        Image depth = Image.Load(depthPath, options);
        try
        {
            return FromImages(photo, depth, size);
        }
        catch (ImageFormatException e)
        {
            throw new ImageFormatException($"'{photoPath}' with '{depthPath}': {e.Message}", e);
        }
    }

    /// <summary>Reads a photo and its depth map from streams.</summary>
    /// <param name="photo">PNG or JPEG.</param>
    /// <param name="depth">Grey PNG, 0 near.</param>
    /// <param name="size">Side of the square to make.</param>
    /// <param name="options">How to read them; null for the defaults.</param>
    /// <returns>The prepared pair.</returns>
    /// <exception cref="ImageFormatException">A stream is not a readable picture, the depth map has colours, or the aspect ratios differ.</exception>
    public static RgbdPicture Load(Stream photo, Stream depth, int size, ImageLoadOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        return FromImages(Image.Load(photo, options), Image.Load(depth, options), size);
    }

    /// <summary>Prepares a photo and its depth map.</summary>
    /// <param name="photo">The photo.</param>
    /// <param name="depth">The depth map, 0 near; it may have another resolution.</param>
    /// <param name="size">Side of the square to make.</param>
    /// <returns>The prepared pair.</returns>
    /// <exception cref="ImageFormatException">The depth map has colours, or the aspect ratios differ.</exception>
    public static RgbdPicture FromImages(Image photo, Image depth, int size)
    {
        ArgumentNullException.ThrowIfNull(photo);
        ArgumentNullException.ThrowIfNull(depth);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        CheckAspect(photo, depth);
        return new RgbdPicture(size, PrepareColor(photo, size), PrepareDepth(depth, size));
    }

    /// <summary>Prepares a photo alone: resized, cropped and scaled as the colours of a pair.</summary>
    /// <param name="photo">The photo.</param>
    /// <param name="size">Side of the square to make.</param>
    /// <returns>(size, size, 3) colours in [0, 1].</returns>
    public static float[] PrepareColor(Image photo, int size)
    {
        ArgumentNullException.ThrowIfNull(photo);
        return ImageResize.CenterCrop(ImageResize.ResizeShorterSide(photo.ToRgb8(), size), size).ToFloat();
    }

    /// <summary>Prepares a depth map alone: resized without clipping, cropped and scaled to distances, value / 65536 * 2 + 4.</summary>
    /// <param name="depth">The depth map, 0 near.</param>
    /// <param name="size">Side of the square to make.</param>
    /// <returns>(size, size) distances.</returns>
    /// <exception cref="ImageFormatException">The depth map has colours.</exception>
    public static float[] PrepareDepth(Image depth, int size)
    {
        ArgumentNullException.ThrowIfNull(depth);
        int[] values = Array.ConvertAll(GreyValues(depth), value => (int)value);
        (int width, int height) = ImageResize.ShorterSideSize(depth.Width, depth.Height, size);
        int[] resized = ImageResize.Resize(values, depth.Width, depth.Height, width, height);
        int left = ImageResize.CropStart(width, size);
        int top = ImageResize.CropStart(height, size);
        float[] distances = new float[size * size];
        for (int y = 0; y < size; y++)
        {
            for (int x = 0; x < size; x++)
                distances[y * size + x] = resized[(top + y) * width + left + x] / 65536f * (FarDepth - NearDepth) + NearDepth;
        }
        return distances;
    }

    /// <summary>Mirrors colours and depths left to right (the authors' augmentation).</summary>
    /// <returns>A new picture.</returns>
    public RgbdPicture FlipHorizontal()
    {
        float[] color = new float[Color.Length];
        float[] depth = new float[Depth.Length];
        for (int y = 0; y < Size; y++)
        {
            for (int x = 0; x < Size; x++)
            {
                int from = y * Size + Size - 1 - x;
                int to = y * Size + x;
                depth[to] = Depth[from];
                Color.AsSpan(3 * from, 3).CopyTo(color.AsSpan(3 * to));
            }
        }
        return new RgbdPicture(Size, color, depth);
    }

    private static void CheckAspect(Image photo, Image depth)
    {
        // The smaller of the two may have been rounded to whole pixels, so less than one pixel of the larger one's scale is no difference.
        long difference = Math.Abs((long)photo.Width * depth.Height - (long)photo.Height * depth.Width);
        long onePixel = Math.Max(Math.Max(photo.Width, photo.Height), Math.Max(depth.Width, depth.Height));
        if (difference >= onePixel)
        {
            throw new ImageFormatException($"The photo has {photo.Width} x {photo.Height} pixels and the depth map {depth.Width} x {depth.Height}: "
                + "they must show the same view, so their aspect ratios must be equal.");
        }
    }

    private static ushort[] GreyValues(Image depth)
    {
        Image plain = depth.WithoutAlpha().To16Bit();
        if (plain.Channels == 3)
        {
            ReadOnlySpan<ushort> values = plain.Data16;
            for (int i = 0; i < values.Length; i += 3)
            {
                if (values[i] != values[i + 1] || values[i] != values[i + 2])
                    throw new ImageFormatException("The depth map is coloured. Need a grey picture, best of 16 bits, with 0 near and 65535 far (not one painted with a colour map).");
            }
        }
        return plain.ToGrey16();
    }
}
