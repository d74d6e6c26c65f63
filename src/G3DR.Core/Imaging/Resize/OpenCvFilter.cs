namespace G3DR.Core.Imaging;

/// <summary>
/// How <see cref="OpenCvResize"/> finds values between pixels. Unlike <see cref="ResizeFilter"/>, none of these widens when a picture shrinks: pixels between the samples are
/// lost, as the networks that were trained so expect.
/// </summary>
public enum OpenCvFilter
{
    /// <summary>Linear between two neighbours along both axes (<c>INTER_LINEAR</c>).</summary>
    Linear,

    /// <summary>Cubic convolution of four neighbours along both axes with a = -0.75 (<c>INTER_CUBIC</c>); it may overshoot.</summary>
    Cubic,
}
