using G3DR.Core.Imaging;
using G3DR.Core.Networks;

namespace G3DR.Core.Depth;

/// <summary>What a network estimates of a photo: a number for each pixel.</summary>
public sealed class DepthMap
{
    private const float FullScale = 65536;

    /// <summary>Wraps values without copying them.</summary>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="values">(height, width) numbers, row-major.</param>
    /// <param name="meaning">What they mean.</param>
    /// <exception cref="ArgumentException">The number of values does not fit, or a size is not positive.</exception>
    public DepthMap(int width, int height, float[] values, DepthMeaning meaning)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentNullException.ThrowIfNull(values);
        if (values.Length != (long)width * height)
        {
            throw new ArgumentException($"Got {values.Length} values, need {height} x {width} = {(long)width * height}.", nameof(values));
        }

        (Width, Height, Values, Meaning) = (width, height, values, meaning);
        (Minimum, Maximum) = (float.NaN, float.NaN);
        foreach (float value in values)
        {
            if (float.IsFinite(value))
            {
                (Minimum, Maximum) = (Minimum <= value ? Minimum : value, Maximum >= value ? Maximum : value);
            }
        }
    }

    /// <summary>Width in pixels.</summary>
    public int Width { get; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; }

    /// <summary>The network's numbers, (height, width), row-major.</summary>
    public float[] Values { get; }

    /// <summary>What the numbers mean.</summary>
    public DepthMeaning Meaning { get; }

    /// <summary>Smallest finite number; NaN if there is none.</summary>
    public float Minimum { get; }

    /// <summary>Largest finite number; NaN if there is none.</summary>
    public float Maximum { get; }

    /// <summary>Distances from the camera in [4, 6], as G3DR takes them: see <see cref="DepthConversion"/>.</summary>
    /// <param name="options">How outliers are told; null for the defaults.</param>
    /// <returns>(height, width) distances.</returns>
    /// <exception cref="ArgumentException">No value is finite.</exception>
    public float[] ToDistances(DepthConversionOptions? options = null) => DepthConversion.ToDistances(Values, Meaning, options);

    /// <summary>The distances as a grey picture of 16 bits, 0 near to 65535 far, as <see cref="RgbdPicture"/> reads it.</summary>
    /// <inheritdoc cref="ToDistances"/>
    public Image ToImage(DepthConversionOptions? options = null)
    {
        float[] distances = ToDistances(options);
        ushort[] levels = Array.ConvertAll(distances, distance =>
            (ushort)Math.Min(ushort.MaxValue, MathF.Round((distance - RgbdPicture.NearDepth) / (RgbdPicture.FarDepth - RgbdPicture.NearDepth) * FullScale)));
        return new(Width, Height, 1, levels);
    }

    /// <summary>The distances in colours, near surfaces in the last ones.</summary>
    /// <param name="map">The colours; null for turbo.</param>
    /// <param name="options">How outliers are told; null for the defaults.</param>
    /// <returns>An 8-bit RGB picture.</returns>
    /// <exception cref="ArgumentException">No value is finite.</exception>
    public Image Paint(ColorMap? map = null, DepthConversionOptions? options = null) =>
        (map ?? ColorMap.Turbo).PaintDepth(ToDistances(options), Width, Height, (RgbdPicture.NearDepth, RgbdPicture.FarDepth));
}
