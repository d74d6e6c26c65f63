using G3DR.Kernels.MatMul;

namespace G3DR.Kernels.Convolution;

/// <summary>
/// What forward pass and input gradient have in common: for each group, results of <see cref="Lines"/> channels are sums over taps and
/// <see cref="Depth"/> channels of an input, in pictures of channels-last layout.
/// </summary>
/// <param name="Batch">Pictures.</param>
/// <param name="Groups">Groups of channels.</param>
/// <param name="Depth">Channels of the input in a group.</param>
/// <param name="Lines">Channels of the result in a group.</param>
/// <param name="KernelWidth">Columns of the kernel.</param>
/// <param name="KernelTaps">Positions of the kernel, used or not.</param>
/// <param name="Transposed">Whether the weights are stored as (Depth, Lines, taps) instead of (Lines, Depth, taps).</param>
/// <param name="Y">Rows.</param>
/// <param name="X">Columns.</param>
internal sealed record TapConvolution(
    int Batch, int Groups, int Depth, int Lines, int KernelWidth, int KernelTaps, bool Transposed, TapAxis Y, TapAxis X)
{
    /// <summary>Channels of the input.</summary>
    public int InputChannels => Groups * Depth;

    /// <summary>Channels of the result.</summary>
    public int ResultChannels => Groups * Lines;

    /// <summary>Taps in use.</summary>
    public int Taps => Y.Taps.Length * X.Taps.Length;

    /// <summary>Weights of a group.</summary>
    public long GroupWeights => (long)Lines * Depth * KernelTaps;

    /// <summary>Weights between neighbouring lines.</summary>
    public int LineStep => Transposed ? KernelTaps : Depth * KernelTaps;

    /// <summary>Weights between neighbouring channels of the input.</summary>
    public int DepthStep => Transposed ? Lines * KernelTaps : KernelTaps;

    /// <summary>A matrix product: rows of A are pixels, B the weights of a single tap.</summary>
    public static TapConvolution Product(MatMulShape s) =>
        new(1, 1, s.K, s.N, 1, 1, Transposed: !s.TransposeB, Y: TapAxis.Pointwise(1), X: TapAxis.Pointwise(s.M));

    /// <summary>The forward pass.</summary>
    public static TapConvolution Forward(in ConvolutionShape s) => new(
        s.Batch,
        s.Groups,
        s.GroupInputChannels,
        s.GroupOutputChannels,
        s.KernelWidth,
        s.Taps,
        Transposed: false,
        Y: TapAxis.Forward(s.InputHeight, s.OutputHeight, s.KernelHeight, s.StrideY, s.DilationY, s.PadTop),
        X: TapAxis.Forward(s.InputWidth, s.OutputWidth, s.KernelWidth, s.StrideX, s.DilationX, s.PadLeft));

    /// <summary>The input gradient at the positions of one remainder in rows and columns.</summary>
    public static TapConvolution Gradient(in ConvolutionShape s, int phaseY, int phaseX) => new(
        s.Batch,
        s.Groups,
        s.GroupOutputChannels,
        s.GroupInputChannels,
        s.KernelWidth,
        s.Taps,
        Transposed: true,
        Y: TapAxis.Gradient(s.InputHeight, s.OutputHeight, s.KernelHeight, s.StrideY, s.DilationY, s.PadTop, phaseY),
        X: TapAxis.Gradient(s.InputWidth, s.OutputWidth, s.KernelWidth, s.StrideX, s.DilationX, s.PadLeft, phaseX));

    /// <summary>The same with all pixels in one row, where no tap looks at neighbours.</summary>
    public TapConvolution Flattened()
    {
        return Y.IsPointwise && X.IsPointwise
            ? this with { Batch = 1, Y = TapAxis.Pointwise(1), X = TapAxis.Pointwise(checked(Batch * Y.Count * X.Count)) }
            : this;
    }
}
