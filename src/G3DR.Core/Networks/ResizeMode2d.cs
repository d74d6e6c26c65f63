namespace G3DR.Core.Networks;

/// <summary>How <see cref="Functional.Resize2d"/> finds values between pixels; the names and rules are those of PyTorch's <c>interpolate</c>.</summary>
public enum ResizeMode2d
{
    /// <summary>The pixel at floor(i s), for s input pixels per output pixel.</summary>
    Nearest,

    /// <summary>The pixel whose middle is nearest, at floor((i + 0.5) s).</summary>
    NearestExact,

    /// <summary>Linear between the neighbours along both axes.</summary>
    Bilinear,

    /// <summary>Cubic convolution (Keys 1981) of four neighbours along both axes, a = -0.75, or -0.5 with antialiasing.</summary>
    Bicubic,
}
