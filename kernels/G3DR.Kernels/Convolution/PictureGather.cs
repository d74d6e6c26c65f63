namespace G3DR.Kernels.Convolution;

/// <summary>
/// The matrix whose rows are pixels of one picture (the result's) and whose columns are taps and channels of the pixels of another one (the source) that they read:
/// both passes of a convolution that use the weights are products with such a matrix, which is read from the source and never stored ("implicit GEMM", Chetlur et al.,
/// "cuDNN: Efficient primitives for deep learning", 2014).
/// Pixel (y, x) of the result reads the source at tap (r, s) at row (y * ScaleY + ShiftY + r * StepY) / DivisorY if that is a whole number inside the source.
/// </summary>
/// <param name="ResultHeight">Rows of a picture of the result.</param>
/// <param name="ResultWidth">Columns of a picture of the result.</param>
/// <param name="Height">Rows of a picture of the source.</param>
/// <param name="Width">Columns of a picture of the source.</param>
/// <param name="Channels">Channels of the source.</param>
/// <param name="KernelWidth">Taps of a row of the kernel.</param>
/// <param name="ScaleY">Rows of the source between those of the result, times the divisor.</param>
/// <param name="ScaleX">The same for columns.</param>
/// <param name="ShiftY">Row that the first row of the result reads at the first tap, times the divisor.</param>
/// <param name="ShiftX">The same for columns.</param>
/// <param name="StepY">Rows of the source between rows of the kernel, times the divisor.</param>
/// <param name="StepX">The same for columns.</param>
/// <param name="DivisorY">Rows of the result between those that read whole rows of the source at one tap.</param>
/// <param name="DivisorX">The same for columns.</param>
public readonly record struct PictureGather(
    int ResultHeight,
    int ResultWidth,
    int Height,
    int Width,
    int Channels,
    int KernelWidth,
    int ScaleY,
    int ScaleX,
    int ShiftY,
    int ShiftX,
    int StepY,
    int StepX,
    int DivisorY,
    int DivisorX)
{
    /// <summary>Output pixels that read the input.</summary>
    public static PictureGather OfInput(in ConvolutionShape shape) => new(
        shape.OutputHeight,
        shape.OutputWidth,
        shape.InputHeight,
        shape.InputWidth,
        shape.InputChannels,
        shape.KernelWidth,
        shape.StrideY,
        shape.StrideX,
        -shape.PadTop,
        -shape.PadLeft,
        shape.DilationY,
        shape.DilationX,
        1,
        1);

    /// <summary>Input pixels that read the output's gradient.</summary>
    public static PictureGather OfOutput(in ConvolutionShape shape) => new(
        shape.InputHeight,
        shape.InputWidth,
        shape.OutputHeight,
        shape.OutputWidth,
        shape.OutputChannels,
        shape.KernelWidth,
        1,
        1,
        shape.PadTop,
        shape.PadLeft,
        -shape.DilationY,
        -shape.DilationX,
        shape.StrideY,
        shape.StrideX);

    /// <summary>Row that a pixel of the result reads at the first tap, times the divisor.</summary>
    /// <param name="pixel">Pixel of the result, counted through the batch.</param>
    public int OriginY(int pixel) => (pixel / ResultWidth % ResultHeight * ScaleY) + ShiftY;

    /// <summary>Column that a pixel of the result reads at the first tap, times the divisor.</summary>
    /// <param name="pixel">Pixel of the result, counted through the batch.</param>
    public int OriginX(int pixel) => (pixel % ResultWidth * ScaleX) + ShiftX;

    /// <summary>First pixel of the source's picture that a pixel of the result reads.</summary>
    /// <param name="pixel">Pixel of the result, counted through the batch.</param>
    public int FirstPixel(int pixel) => pixel / ResultWidth / ResultHeight * Height * Width;

    /// <summary>First element of the source's pixel for an origin and a tap, or -1 if there is none.</summary>
    /// <param name="originY"><see cref="OriginY"/> of the result's pixel.</param>
    /// <param name="originX"><see cref="OriginX"/> of the result's pixel.</param>
    /// <param name="firstPixel"><see cref="FirstPixel"/> of the result's pixel.</param>
    /// <param name="tap">Position of the kernel, row by row.</param>
    public long Offset(int originY, int originX, int firstPixel, int tap)
    {
        int row = originY + (tap / KernelWidth * StepY), column = originX + (tap % KernelWidth * StepX);
        bool whole = row >= 0 && column >= 0;

        // Divisions cost as much as many multiplications; most convolutions have a stride of one.
        if (DivisorY != 1 || DivisorX != 1)
        {
            whole = whole && row % DivisorY == 0 && column % DivisorX == 0;
            row /= DivisorY;
            column /= DivisorX;
        }

        return whole && row < Height && column < Width ? ((long)firstPixel + ((long)row * Width) + column) * Channels : -1;
    }
}
