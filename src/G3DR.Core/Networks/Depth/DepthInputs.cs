namespace G3DR.Core.Networks;

/// <summary>How the convolutional depth networks want their pictures: all by the statistics of ImageNet.</summary>
internal static class DepthInputs
{
    /// <summary>As LeReS wants them.</summary>
    public static DepthInput LeRes { get; } = Normalised(448, DepthResize.Square, DepthInterpolation.LinearBytes, ResizeMode2d.Bilinear);

    /// <summary>As MiDaS v2.1 wants them.</summary>
    /// <param name="size">Length of the longer side.</param>
    public static DepthInput Midas(int size) => Normalised(size, DepthResize.UpperBound, DepthInterpolation.Cubic, ResizeMode2d.Bicubic);

    private static DepthInput Normalised(int size, DepthResize resize, DepthInterpolation interpolation, ResizeMode2d output) => new()
    {
        Size = size,
        Multiple = 32,
        Resize = resize,
        Interpolation = interpolation,
        Mean = ImageNet.Mean,
        Deviation = ImageNet.Deviation,
        OutputMode = output,
    };
}
