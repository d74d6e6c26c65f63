using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>Sizes that convolutions have and need.</summary>
internal static class SpatialSizes
{
    /// <summary>Refuses impossible layers.</summary>
    public static void RequireChannels(int inputs, int outputs, int kernel, int groups)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(kernel, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(groups, 1);
        if (inputs % groups != 0 || outputs % groups != 0)
        {
            throw new ArgumentException($"{groups} groups need to divide both the {inputs} channels of the input and the {outputs} of the output.");
        }
    }

    /// <summary>Refuses what are no pictures (N, H, W, channels).</summary>
    public static void RequirePictures(Shape shape, int channels)
    {
        if (shape.Rank != 4 || shape[3] != channels)
        {
            throw new ArgumentException($"The layer needs pictures (N, H, W, {channels}); got {shape}.");
        }
    }

    /// <summary>Length of an axis after a convolution.</summary>
    public static int Convolved(int size, int padding, int kernel, int stride, int dilation)
    {
        int free = size + padding - (dilation * (kernel - 1)) - 1;
        return free >= 0
            ? (free / stride) + 1
            : throw new ArgumentException($"{size} pixels with {padding} of padding are fewer than the {(dilation * (kernel - 1)) + 1} that the kernel spans.");
    }

    /// <summary>Length of an axis after a transposed convolution.</summary>
    public static int Enlarged(int size, int padding, int kernel, int stride, int dilation, int outputPadding) =>
        ((size - 1) * stride) - padding + (dilation * (kernel - 1)) + outputPadding + 1;
}
