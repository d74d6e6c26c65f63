namespace G3DR.Core.Imaging;

/// <summary>The weight function of <see cref="ImageResize"/>; when shrinking it is widened by the factor, so no filter aliases.</summary>
public enum ResizeFilter
{
    /// <summary>The mean of the pixels that fall together; repeats pixels when enlarging. Support 0.5.</summary>
    Box,

    /// <summary>A triangle, support 1.</summary>
    Bilinear,

    /// <summary>Cubic convolution with a = -0.5 (Keys 1981), support 2.</summary>
    Bicubic,

    /// <summary>Sinc windowed by a sinc three times as wide, support 3. The authors' choice for their training pictures.</summary>
    Lanczos,
}
