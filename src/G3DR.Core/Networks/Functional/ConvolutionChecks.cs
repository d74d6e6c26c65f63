using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>What convolutions of both directions ask of their parameters.</summary>
internal static class ConvolutionChecks
{
    /// <summary>Requires pictures, weights of four axes, and options that make sense by themselves.</summary>
    /// <exception cref="ArgumentException">They do not.</exception>
    public static void Require(string name, Shape x, Shape weight, (int Y, int X) stride, Padding2d padding, (int Y, int X) dilation, int groups)
    {
        if (x.Rank != 4 || x.Contains(0))
        {
            throw new ArgumentException($"{name}: the input must be pictures (N, H, W, C) with something in them, got {x}.");
        }

        if (weight.Rank != 4 || weight.Contains(0))
        {
            throw new ArgumentException($"{name}: weights must have four axes, the last two the kernel's height and width, got {weight}.");
        }

        if (stride.Y < 1 || stride.X < 1 || dilation.Y < 1 || dilation.X < 1 || groups < 1)
        {
            throw new ArgumentException($"{name}: stride {stride}, dilation {dilation} and groups {groups} must be at least 1.");
        }

        if (padding.Top < 0 || padding.Bottom < 0 || padding.Left < 0 || padding.Right < 0)
        {
            throw new ArgumentException($"{name}: padding {padding} must not be negative.");
        }
    }

    /// <summary>Requires one number for each output channel.</summary>
    /// <exception cref="ArgumentException">The bias has another shape.</exception>
    public static void RequireBias(string name, Shape bias, int outputChannels)
    {
        if (bias.Rank != 1 || bias[0] != outputChannels)
        {
            throw new ArgumentException($"{name}: the bias must be ({outputChannels}), one number for each output channel, got {bias}.");
        }
    }
}
