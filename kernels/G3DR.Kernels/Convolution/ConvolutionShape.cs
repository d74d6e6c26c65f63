namespace G3DR.Kernels.Convolution;

/// <summary>
/// Sizes of a two-dimensional convolution (cross-correlation, as the field calls it): input (Batch, InputHeight, InputWidth, InputChannels), weights
/// (OutputChannels, InputChannels / Groups, KernelHeight, KernelWidth), output (Batch, OutputHeight, OutputWidth, OutputChannels), all dense and row-major.
/// Output (y, x) reads input (y * StrideY - PadTop + r * DilationY, x * StrideX - PadLeft + s * DilationX) for each tap (r, s); outside the input counts zero,
/// so padding below and to the right follows from the output's size.
/// </summary>
public readonly record struct ConvolutionShape
{
    /// <summary>Pictures.</summary>
    public required int Batch { get; init; }

    /// <summary>Rows of the input.</summary>
    public required int InputHeight { get; init; }

    /// <summary>Columns of the input.</summary>
    public required int InputWidth { get; init; }

    /// <summary>Channels of the input, a multiple of <see cref="Groups"/>.</summary>
    public required int InputChannels { get; init; }

    /// <summary>Rows of the output.</summary>
    public required int OutputHeight { get; init; }

    /// <summary>Columns of the output.</summary>
    public required int OutputWidth { get; init; }

    /// <summary>Channels of the output, a multiple of <see cref="Groups"/>.</summary>
    public required int OutputChannels { get; init; }

    /// <summary>Rows of the kernel.</summary>
    public required int KernelHeight { get; init; }

    /// <summary>Columns of the kernel.</summary>
    public required int KernelWidth { get; init; }

    /// <summary>Input rows between output rows.</summary>
    public int StrideY { get; init; } = 1;

    /// <summary>Input columns between output columns.</summary>
    public int StrideX { get; init; } = 1;

    /// <summary>Input rows between rows of the kernel.</summary>
    public int DilationY { get; init; } = 1;

    /// <summary>Input columns between columns of the kernel.</summary>
    public int DilationX { get; init; } = 1;

    /// <summary>Zero rows above the input.</summary>
    public int PadTop { get; init; }

    /// <summary>Zero columns left of the input.</summary>
    public int PadLeft { get; init; }

    /// <summary>Groups of channels that are convolved by themselves.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Sizes with stride, dilation and groups of one and no padding unless they are set.</summary>
    public ConvolutionShape()
    {
    }

    /// <summary>Input channels that one output channel reads.</summary>
    public int GroupInputChannels => InputChannels / Groups;

    /// <summary>Output channels of a group.</summary>
    public int GroupOutputChannels => OutputChannels / Groups;

    /// <summary>Positions of the kernel.</summary>
    public int Taps => KernelHeight * KernelWidth;

    /// <summary>Positions of the output, of the whole batch.</summary>
    public long OutputPixels => (long)Batch * OutputHeight * OutputWidth;

    /// <summary>Elements of the input.</summary>
    public long InputLength => (long)Batch * InputHeight * InputWidth * InputChannels;

    /// <summary>Elements of the weights.</summary>
    public long WeightLength => (long)OutputChannels * GroupInputChannels * Taps;

    /// <summary>Elements of the output.</summary>
    public long OutputLength => OutputPixels * OutputChannels;

    /// <summary>Floating-point operations by definition: a multiplication and an addition for each weight and output position.</summary>
    public double Flops => 2.0 * OutputPixels * OutputChannels * GroupInputChannels * Taps;

    /// <summary>Row of the input that a row of the output reads at a tap; it may lie outside.</summary>
    /// <param name="outputRow">Row of the output.</param>
    /// <param name="tap">Position of the kernel, row by row.</param>
    public int InputRow(int outputRow, int tap) => (outputRow * StrideY) - PadTop + (tap / KernelWidth * DilationY);

    /// <summary>Column of the input that a column of the output reads at a tap; it may lie outside.</summary>
    /// <param name="outputColumn">Column of the output.</param>
    /// <param name="tap">Position of the kernel, row by row.</param>
    public int InputColumn(int outputColumn, int tap) => (outputColumn * StrideX) - PadLeft + (tap % KernelWidth * DilationX);

    /// <summary>The convolution that makes the input's gradient from the output's, with rotated taps, where stride, dilation and groups are one.</summary>
    internal ConvolutionShape Mirrored() => this with
    {
        InputHeight = OutputHeight,
        InputWidth = OutputWidth,
        InputChannels = OutputChannels,
        OutputHeight = InputHeight,
        OutputWidth = InputWidth,
        OutputChannels = InputChannels,
        PadTop = KernelHeight - 1 - PadTop,
        PadLeft = KernelWidth - 1 - PadLeft,
    };

    /// <summary>Row of the output that reads a row of the input at a tap, or -1 if none does.</summary>
    /// <param name="inputRow">Row of the input.</param>
    /// <param name="tap">Position of the kernel, row by row.</param>
    public int OutputRow(int inputRow, int tap) => Step(inputRow + PadTop - (tap / KernelWidth * DilationY), StrideY, OutputHeight);

    /// <summary>Column of the output that reads a column of the input at a tap, or -1 if none does.</summary>
    /// <param name="inputColumn">Column of the input.</param>
    /// <param name="tap">Position of the kernel, row by row.</param>
    public int OutputColumn(int inputColumn, int tap) => Step(inputColumn + PadLeft - (tap % KernelWidth * DilationX), StrideX, OutputWidth);

    /// <summary>Whether a pixel lies in the input and not in its padding.</summary>
    /// <param name="row">Row, from 0 in the input.</param>
    /// <param name="column">Column, from 0 in the input.</param>
    public bool IsInsideInput(int row, int column) => row >= 0 && row < InputHeight && column >= 0 && column < InputWidth;

    /// <summary>First element of a pixel of the input.</summary>
    /// <param name="picture">Picture of the batch.</param>
    /// <param name="row">Row.</param>
    /// <param name="column">Column.</param>
    public long InputOffset(int picture, int row, int column) => ((((long)picture * InputHeight) + row) * InputWidth + column) * InputChannels;

    /// <summary>First element of a pixel of the output.</summary>
    /// <param name="picture">Picture of the batch.</param>
    /// <param name="row">Row.</param>
    /// <param name="column">Column.</param>
    public long OutputOffset(int picture, int row, int column) => ((((long)picture * OutputHeight) + row) * OutputWidth + column) * OutputChannels;

    private static int Step(int distance, int stride, int count) =>
        distance < 0 || distance % stride != 0 || distance / stride >= count ? -1 : distance / stride;
}
