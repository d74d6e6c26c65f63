using G3DR.Core.Tensors;
using G3DR.Kernels.Convolution;

namespace G3DR.Core.Networks;

/// <summary>How a transposed convolution spreads its input over its output.</summary>
public sealed record ConvTranspose2dOptions
{
    /// <summary>Rows and columns of the output between those that pixels of the input are spread around.</summary>
    public (int Y, int X) Stride { get; init; } = (1, 1);

    /// <summary>Rows and columns that are cut off the output.</summary>
    public Padding2d Padding { get; init; }

    /// <summary>Rows below and columns on the right that the output has besides: a stride above 1 leaves its size open.</summary>
    public (int Y, int X) OutputPadding { get; init; }

    /// <summary>Rows and columns of the output between those of the kernel.</summary>
    public (int Y, int X) Dilation { get; init; } = (1, 1);

    /// <summary>Groups of channels that are convolved by themselves.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>All sizes of the convolution that this one is the transpose of: what is input there is output here.</summary>
    /// <param name="x">Shape of the input (N, H, W, C).</param>
    /// <param name="weight">Shape of the weights (C, output channels / groups, kernel height, kernel width).</param>
    /// <exception cref="ArgumentException">The shapes do not fit each other or the options.</exception>
    public ConvolutionShape Sizes(Shape x, Shape weight)
    {
        const string name = "conv_transpose2d";
        ConvolutionChecks.Require(name, x, weight, Stride, Padding, Dilation, Groups);
        if (x[3] != weight[0])
        {
            throw new ArgumentException($"{name}: weights {weight} read {weight[0]} channels, the input {x} has {x[3]}.");
        }

        if (weight[0] % Groups != 0)
        {
            throw new ArgumentException($"{name}: the {weight[0]} input channels of weights {weight} cannot be cut into {Groups} groups.");
        }

        if (!IsOpen(OutputPadding.Y, Stride.Y, Dilation.Y) || !IsOpen(OutputPadding.X, Stride.X, Dilation.X))
        {
            throw new ArgumentException($"{name}: output padding {OutputPadding} must be at least 0 and below stride {Stride} or dilation {Dilation}.");
        }

        int Extent(int length, int stride, int cut, int dilation, int kernel, int more)
        {
            long extent = ((length - 1L) * stride) - cut + ((kernel - 1L) * dilation) + more + 1;
            return extent > 0
                ? checked((int)extent)
                : throw new ArgumentException($"{name}: padding {Padding} leaves nothing of the output of input {x} and weights {weight}.");
        }

        return new()
        {
            Batch = x[0],
            InputHeight = Extent(x[1], Stride.Y, Padding.Top + Padding.Bottom, Dilation.Y, weight[2], OutputPadding.Y),
            InputWidth = Extent(x[2], Stride.X, Padding.Left + Padding.Right, Dilation.X, weight[3], OutputPadding.X),
            InputChannels = checked(weight[1] * Groups),
            OutputHeight = x[1],
            OutputWidth = x[2],
            OutputChannels = x[3],
            KernelHeight = weight[2],
            KernelWidth = weight[3],
            StrideY = Stride.Y,
            StrideX = Stride.X,
            DilationY = Dilation.Y,
            DilationX = Dilation.X,
            PadTop = Padding.Top,
            PadLeft = Padding.Left,
            Groups = Groups,
        };
    }

    private static bool IsOpen(int padding, int stride, int dilation) => padding >= 0 && padding < Math.Max(stride, dilation);
}
