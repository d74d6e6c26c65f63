using System.Numerics;

namespace G3DR.Core.Imaging;

/// <summary>
/// Paints numbers as colours. Turbo is the polynomial published with it (Mikhailov, "Turbo, an improved rainbow colormap", 2019), which leaves its table
/// by up to some 30 levels at the two ends; viridis and magma (Smith and van der Walt, 2015) are polynomials of degree 6, at the ends within 5 levels.
/// </summary>
public sealed class ColorMap
{
    // Coefficients of 1, t, t^2, ...; each vector is (red, green, blue).
    private readonly Vector3[] _polynomial;

    private ColorMap(string name, params Vector3[] polynomial) => (Name, _polynomial) = (name, polynomial);

    /// <summary>A rainbow of even brightness steps, dark blue to dark red: shows detail best.</summary>
    public static ColorMap Turbo { get; } = new(
        "turbo",
        new(0.13572138f, 0.09140261f, 0.10667330f),
        new(4.61539260f, 2.19418839f, 12.64194608f),
        new(-42.66032258f, 4.84296658f, -60.58204836f),
        new(132.13108234f, -14.18503333f, 110.36276771f),
        new(-152.94239396f, 4.27729857f, -89.90310912f),
        new(59.28637943f, 2.82956604f, 27.34824973f));

    /// <summary>Dark violet over green to yellow, perceptually uniform and safe for colour-blind readers.</summary>
    public static ColorMap Viridis { get; } = new(
        "viridis",
        new(0.27772733f, 0.00540734f, 0.33409981f),
        new(0.10509304f, 1.40461353f, 1.38459016f),
        new(-0.33086183f, 0.21484756f, 0.09509516f),
        new(-4.63423050f, -5.79910097f, -19.33244096f),
        new(6.22826994f, 14.17993337f, 56.69055260f),
        new(4.77638500f, -13.74514538f, -65.35303263f),
        new(-5.43545586f, 4.64585261f, 26.31243525f));

    /// <summary>Black over purple to pale yellow, perceptually uniform.</summary>
    public static ColorMap Magma { get; } = new(
        "magma",
        new(-0.00213649f, -0.00074966f, -0.00538613f),
        new(0.25166054f, 0.67752324f, 2.49402660f),
        new(8.35371728f, -3.57771951f, 0.31446790f),
        new(-27.66873309f, 14.26473078f, -13.64921319f),
        new(52.17613981f, -27.94360607f, 12.94416944f),
        new(-50.76852537f, 29.04658282f, 4.23415299f),
        new(18.65570507f, -11.48977352f, -5.60196151f));

    /// <summary>Black to white.</summary>
    public static ColorMap Grey { get; } = new("grey", Vector3.Zero, Vector3.One);

    /// <summary>All maps.</summary>
    public static IReadOnlyList<ColorMap> All { get; } = [Turbo, Viridis, Magma, Grey];

    /// <summary>The map's name, for example "turbo".</summary>
    public string Name { get; }

    /// <summary>Finds a map by its name, ignoring case.</summary>
    /// <param name="name">"turbo", "viridis", "magma" or "grey".</param>
    /// <returns>The map.</returns>
    /// <exception cref="ArgumentException">There is no map of that name.</exception>
    public static ColorMap Parse(string name) =>
        All.FirstOrDefault(map => map.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new ArgumentException($"There is no colour map '{name}'; need one of {string.Join(", ", All.Select(map => map.Name))}.", nameof(name));

    /// <summary>The colour of a value.</summary>
    /// <param name="t">0 to 1; others are clamped, NaN counts as 0.</param>
    /// <returns>The colour.</returns>
    public Rgb24 At(float t)
    {
        t = t > 0f ? MathF.Min(t, 1f) : 0f;
        Vector3 color = _polynomial[^1];
        for (int i = _polynomial.Length - 2; i >= 0; i--)
            color = color * t + _polynomial[i];
        color = Vector3.Clamp(color, Vector3.Zero, Vector3.One) * 255f + new Vector3(0.5f);
        return new Rgb24((byte)color.X, (byte)color.Y, (byte)color.Z);
    }

    /// <summary>Paints values between two ends of a range.</summary>
    /// <param name="values">(height, width), row-major. NaN and infinities become <paramref name="invalid"/>.</param>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="low">The value painted in the first colour.</param>
    /// <param name="high">The value painted in the last colour. May be below <paramref name="low"/>, which reverses the map.</param>
    /// <param name="invalid">Colour of values that are not finite; null for black.</param>
    /// <returns>An 8-bit RGB picture.</returns>
    /// <exception cref="ArgumentException">The number of values does not fit, or an end of the range is not finite.</exception>
    public Image Paint(ReadOnlySpan<float> values, int width, int height, float low, float high, Rgb24? invalid = null)
    {
        var image = new Image(width, height, 3);
        if (values.Length != (long)width * height)
            throw new ArgumentException($"Got {values.Length} values, need {height} x {width} = {(long)width * height}.", nameof(values));
        if (!float.IsFinite(low) || !float.IsFinite(high))
            throw new ArgumentException($"The range from {low} to {high} must be finite.", nameof(low));
        Rgb24[] table = [.. Enumerable.Range(0, 1024).Select(i => At(i / 1023f))];
        float scale = low == high ? 0f : 1023f / (high - low);
        Span<byte> data = image.Data8;
        for (int i = 0; i < values.Length; i++)
        {
            Rgb24 color = float.IsFinite(values[i])
                ? table[(int)(Math.Clamp((values[i] - low) * scale, 0f, 1023f) + 0.5f)]
                : invalid ?? Rgb24.Black;
            (data[3 * i], data[3 * i + 1], data[3 * i + 2]) = (color.R, color.G, color.B);
        }
        return image;
    }

    /// <summary>Paints a depth map with near surfaces in the last (bright or warm) colours.</summary>
    /// <param name="depth">(height, width) distances.</param>
    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="range">The distances painted in the last and in the first colour; null for <see cref="RobustRange"/>.</param>
    /// <returns>An 8-bit RGB picture.</returns>
    /// <exception cref="ArgumentException">The number of values does not fit.</exception>
    public Image PaintDepth(ReadOnlySpan<float> depth, int width, int height, (float Near, float Far)? range = null)
    {
        (float near, float far) = range ?? RobustRange(depth);
        return Paint(depth, width, height, low: far, high: near);
    }

    /// <summary>The values below which given shares of the finite values lie: a range that single outliers do not stretch.</summary>
    /// <param name="values">The values; those that are not finite are left out.</param>
    /// <param name="lowShare">Share below the lower end, 0 to 1.</param>
    /// <param name="highShare">Share below the upper end, 0 to 1.</param>
    /// <returns>Both ends, interpolated between neighbouring values; (0, 1) if no value is finite.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The shares are not in order within 0 to 1.</exception>
    public static (float Low, float High) RobustRange(ReadOnlySpan<float> values, double lowShare = 0.01, double highShare = 0.99)
    {
        if (!(lowShare >= 0 && lowShare <= highShare && highShare <= 1))
            throw new ArgumentOutOfRangeException(nameof(lowShare), $"The shares {lowShare} and {highShare} must be in order and within 0 to 1.");
        var finite = new List<float>(values.Length);
        foreach (float value in values)
        {
            if (float.IsFinite(value))
                finite.Add(value);
        }
        if (finite.Count == 0)
            return (0f, 1f);
        finite.Sort();
        return (Quantile(finite, lowShare), Quantile(finite, highShare));
    }

    private static float Quantile(List<float> sorted, double share)
    {
        double place = share * (sorted.Count - 1);
        int below = (int)place;
        int above = Math.Min(below + 1, sorted.Count - 1);
        return (float)(sorted[below] + (place - below) * ((double)sorted[above] - sorted[below]));
    }
}
