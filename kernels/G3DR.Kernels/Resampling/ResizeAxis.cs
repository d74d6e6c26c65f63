namespace G3DR.Kernels.Resampling;

/// <summary>How values between the elements of an axis are found.</summary>
public enum Interpolation
{
    /// <summary>The element at floor(i s) for a step s of inputs per output: PyTorch's <c>nearest</c>.</summary>
    Nearest,

    /// <summary>The element whose middle is nearest, at floor((i + 0.5) s): PyTorch's <c>nearest-exact</c>.</summary>
    NearestExact,

    /// <summary>Straight lines between neighbours.</summary>
    Linear,

    /// <summary>
    /// Cubic convolution (Keys, "Cubic convolution interpolation for digital image processing", IEEE Trans. ASSP 29, 1981) of four neighbours, with
    /// a = -0.75, or -0.5 when antialiased, as in PyTorch.
    /// </summary>
    Cubic,
}

/// <summary>How one axis is resized.</summary>
/// <param name="Inputs">Length that is read, at least 1.</param>
/// <param name="Outputs">Length that is written, at least 1.</param>
/// <param name="Interpolation">How values in between are found.</param>
public readonly record struct ResizeAxis(int Inputs, int Outputs, Interpolation Interpolation) : IAxisRule
{
    /// <summary>Whether the interpolating function is widened to all inputs of an output when the axis shrinks (linear and cubic only).</summary>
    public bool Antialias { get; init; }

    /// <summary>Whether the first and last elements of both sides meet (linear and cubic only), instead of their outer borders.</summary>
    public bool AlignCorners { get; init; }

    /// <summary>Outputs per input that positions follow, where it is not the quotient of the lengths; <see langword="null"/> for that quotient.</summary>
    public double? Scale { get; init; }

    /// <summary>Inputs from one output to the next.</summary>
    public double Step => AlignCorners ? (Outputs > 1 ? (Inputs - 1.0) / (Outputs - 1) : 0)
        : Scale is { } scale ? 1 / scale
        : (double)Inputs / Outputs;

    /// <inheritdoc/>
    public AxisFilter ToFilter() => AxisFilter.Resize(this);
}
