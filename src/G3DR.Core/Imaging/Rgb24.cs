namespace G3DR.Core.Imaging;

/// <summary>A colour of three 8-bit parts in sRGB.</summary>
/// <param name="R">Red, 0..255.</param>
/// <param name="G">Green, 0..255.</param>
/// <param name="B">Blue, 0..255.</param>
public readonly record struct Rgb24(byte R, byte G, byte B)
{
    /// <summary>White (255, 255, 255).</summary>
    public static Rgb24 White => new(255, 255, 255);

    /// <summary>Black (0, 0, 0).</summary>
    public static Rgb24 Black => default;
}
