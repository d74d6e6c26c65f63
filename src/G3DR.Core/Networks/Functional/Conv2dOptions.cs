using G3DR.Core.Tensors;
using G3DR.Kernels.Convolution;
using G3DR.Kernels.Normalization;

namespace G3DR.Core.Networks;

/// <summary>How a convolution moves over its input.</summary>
public sealed record Conv2dOptions
{
    /// <summary>Rows and columns of the input between those of the output.</summary>
    public (int Y, int X) Stride { get; init; } = (1, 1);

    /// <summary>Zeros around the input.</summary>
    public Padding2d Padding { get; init; }

    /// <summary>Rows and columns of the input between those of the kernel.</summary>
    public (int Y, int X) Dilation { get; init; } = (1, 1);

    /// <summary>Groups of channels that are convolved by themselves.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>
    /// The epsilon of weight standardisation: the weights of each output channel are used less their mean, times 1 / sqrt(variance + epsilon).
    /// <see langword="null"/> uses them as they are.
    /// </summary>
    public float? WeightStandardization { get; init; }

    /// <summary>Applied to the result, in the pass that writes it.</summary>
    public Activation Activation { get; init; }

    /// <summary>All sizes of a convolution with these options.</summary>
    /// <param name="x">Shape of the input (N, H, W, C).</param>
    /// <param name="weight">Shape of the weights (output channels, C / groups, kernel height, kernel width).</param>
    /// <exception cref="ArgumentException">The shapes do not fit each other or the options.</exception>
    public ConvolutionShape Sizes(Shape x, Shape weight)
    {
        const string name = "conv2d";
        ConvolutionChecks.Require(name, x, weight, Stride, Padding, Dilation, Groups);
        if (x[3] != weight[1] * (long)Groups)
        {
            throw new ArgumentException($"{name}: weights {weight} in {Groups} group(s) read {weight[1] * (long)Groups} channels, the input {x} has {x[3]}.");
        }

        if (weight[0] % Groups != 0)
        {
            throw new ArgumentException($"{name}: the {weight[0]} output channels of weights {weight} cannot be cut into {Groups} groups.");
        }

        int Extent(int length, int before, int after, int kernel, int dilation, int stride)
        {
            long room = (long)length + before + after - (((long)kernel - 1) * dilation) - 1;
            return room >= 0
                ? checked((int)(room / stride) + 1)
                : throw new ArgumentException($"{name}: the kernel of weights {weight} with dilation {Dilation} is larger than the input {x} with padding {Padding}.");
        }

        return new()
        {
            Batch = x[0],
            InputHeight = x[1],
            InputWidth = x[2],
            InputChannels = x[3],
            OutputHeight = Extent(x[1], Padding.Top, Padding.Bottom, weight[2], Dilation.Y, Stride.Y),
            OutputWidth = Extent(x[2], Padding.Left, Padding.Right, weight[3], Dilation.X, Stride.X),
            OutputChannels = weight[0],
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
}
