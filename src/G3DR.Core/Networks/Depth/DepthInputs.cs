namespace G3DR.Core.Networks;

/// <summary>How the convolutional depth networks want their pictures: all by the statistics of ImageNet.</summary>
internal static class DepthInputs
{
    /// <summary>As MiDaS v2.1 wants them.</summary>
    /// <param name="size">Length of the longer side.</param>
    public static DepthInput Midas(int size) => Normalised(size, DepthResize.UpperBound, DepthInterpolation.Cubic, alignsCorners: false);

    /// <summary>As LeReS wants them.</summary>
    public static DepthInput LeRes { get; } = Normalised(448, DepthResize.Square, DepthInterpolation.LinearBytes, alignsCorners: false);

    private static DepthInput Normalised(int size, DepthResize resize, DepthInterpolation interpolation, bool alignsCorners) => new()
    {
        Size = size,
        Multiple = 32,
        Resize = resize,
        Interpolation = interpolation,
        Mean = [0.485f, 0.456f, 0.406f],
        Deviation = [0.229f, 0.224f, 0.225f],
        OutputAlignsCorners = alignsCorners,
    };
}
