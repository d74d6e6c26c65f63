namespace G3DR.Core.Networks;

/// <summary>What the numbers of a depth network mean; none of the networks gives metres.</summary>
public enum DepthMeaning
{
    /// <summary>Larger is farther, up to an unknown scale and shift.</summary>
    Depth,

    /// <summary>
    /// Larger is nearer: one over the depth, up to an unknown scale. Networks of this kind were trained up to a shift as well, but end in a ReLU, which puts 0 at the
    /// greatest distance: 0 is taken for infinitely far.
    /// </summary>
    InverseDepth,
}

/// <summary>How the size that a network works at follows from that of a picture.</summary>
public enum DepthResize
{
    /// <summary>The aspect ratio is kept and no side is shorter than wanted (Depth Anything).</summary>
    LowerBound,

    /// <summary>The aspect ratio is kept and no side is longer than wanted (MiDaS v2.1).</summary>
    UpperBound,

    /// <summary>The aspect ratio is kept and the side that changes least gets the wanted length (MiDaS DPT).</summary>
    Minimal,

    /// <summary>A square of the wanted size, whatever the aspect ratio (LeReS).</summary>
    Square,
}

/// <summary>How a picture gets the size that a network works at; both are those of OpenCV.</summary>
public enum DepthInterpolation
{
    /// <summary>Cubic convolution with a = -0.75, without antialiasing, on fractions.</summary>
    Cubic,

    /// <summary>Bilinear, without antialiasing, on bytes in fixed point.</summary>
    LinearBytes,
}

/// <summary>How a depth network wants its pictures.</summary>
public sealed record DepthInput
{
    /// <summary>Wanted length of a side in pixels; which side says <see cref="Resize"/>.</summary>
    public required int Size { get; init; }

    /// <summary>Sides are multiples of this.</summary>
    public required int Multiple { get; init; }

    /// <summary>How the aspect ratio is kept.</summary>
    public required DepthResize Resize { get; init; }

    /// <summary>How pixels are interpolated.</summary>
    public required DepthInterpolation Interpolation { get; init; }

    /// <summary>What is subtracted from red, green and blue in [0, 1].</summary>
    public required IReadOnlyList<float> Mean { get; init; }

    /// <summary>What the differences are divided by.</summary>
    public required IReadOnlyList<float> Deviation { get; init; }

    /// <summary>How the map is brought back to the picture's size, without antialiasing.</summary>
    public ResizeMode2d OutputMode { get; init; } = ResizeMode2d.Bilinear;

    /// <summary>Whether corner pixels stay corner pixels when the map is brought back to the picture's size.</summary>
    public bool OutputAlignsCorners { get; init; }
}
