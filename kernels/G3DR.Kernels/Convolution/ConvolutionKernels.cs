using System.Numerics;
using G3DR.Compute;

namespace G3DR.Kernels.Convolution;

/// <summary>
/// Two-dimensional convolutions and their gradients. Variants: <c>plain</c> (one element of the result per item). float64 has the plain one only. The order of every
/// sum depends on the sizes alone.
/// <para>
/// Weights may be standardised on the way (Qiao et al., "Micro-batch training with batch-channel normalization and weight standardization", 2019): with
/// <c>statistics</c> (OutputChannels, 2), mean and scale of each output channel, the convolution uses (w - mean) * scale in place of w.
/// </para>
/// </summary>
public static partial class ConvolutionKernels
{
    /// <summary>y = conv(x, weight) + bias, by the variant that suits the device.</summary>
    /// <typeparam name="T"><c>float</c> or <c>double</c>.</typeparam>
    /// <param name="device">Where to run.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="x">Input.</param>
    /// <param name="weight">Weights.</param>
    /// <param name="bias">One number for each output channel, or empty.</param>
    /// <param name="statistics">Mean and scale for each output channel, or empty.</param>
    /// <param name="y">Output.</param>
    /// <exception cref="ArgumentException">A view does not have the length that the sizes ask for.</exception>
    public static void Forward<T>(
        Accelerator device, in ConvolutionShape shape, ArrayView<T> x, ArrayView<T> weight, ArrayView<T> bias, ArrayView<T> statistics, ArrayView<T> y)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        RequireLengths(shape, x.Length, weight.Length, y.Length, statistics.Length);
        Require("bias", bias.Length, shape.OutputChannels, mayBeEmpty: true);
        if (shape.OutputLength > 0)
        {
            RunPlainForward(device, shape, x, weight, bias, statistics, y);
        }
    }

    /// <summary>dx, the gradient of the input, by the variant that suits the device. It is the transposed convolution of dy, too.</summary>
    /// <typeparam name="T"><c>float</c> or <c>double</c>.</typeparam>
    /// <param name="device">Where to run.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="dy">Gradient of the output.</param>
    /// <param name="weight">Weights.</param>
    /// <param name="statistics">Mean and scale for each output channel, or empty.</param>
    /// <param name="dx">Gradient of the input.</param>
    /// <exception cref="ArgumentException">A view does not have the length that the sizes ask for.</exception>
    public static void InputGradient<T>(
        Accelerator device, in ConvolutionShape shape, ArrayView<T> dy, ArrayView<T> weight, ArrayView<T> statistics, ArrayView<T> dx)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        RequireLengths(shape, dx.Length, weight.Length, dy.Length, statistics.Length);
        if (shape.InputLength > 0)
        {
            RunPlainInputGradient(device, shape, dy, weight, statistics, dx);
        }
    }

    /// <summary>
    /// dw, the gradient of the weights that the convolution used, by the variant that suits the device. Where they are standardised, it is that of the standardised ones.
    /// </summary>
    /// <typeparam name="T"><c>float</c> or <c>double</c>.</typeparam>
    /// <param name="device">Where to run.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="x">Input.</param>
    /// <param name="dy">Gradient of the output.</param>
    /// <param name="dw">Gradient of the weights.</param>
    /// <exception cref="ArgumentException">A view does not have the length that the sizes ask for.</exception>
    public static void WeightGradient<T>(Accelerator device, in ConvolutionShape shape, ArrayView<T> x, ArrayView<T> dy, ArrayView<T> dw)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        RequireLengths(shape, x.Length, dw.Length, dy.Length, statistics: 0);
        if (shape.WeightLength > 0)
        {
            RunPlainWeightGradient(device, shape, x, dy, dw);
        }
    }

    /// <summary>The plain variant of <see cref="Forward"/>.</summary>
    public static void RunPlainForward<T>(
        Accelerator device, in ConvolutionShape shape, ArrayView<T> x, ArrayView<T> weight, ArrayView<T> bias, ArrayView<T> statistics, ArrayView<T> y)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        device.Launch(PlainForward, Shards.PlainExtent(y.Length), x, weight, bias, statistics, y, shape);

    /// <summary>The plain variant of <see cref="InputGradient"/>.</summary>
    public static void RunPlainInputGradient<T>(
        Accelerator device, in ConvolutionShape shape, ArrayView<T> dy, ArrayView<T> weight, ArrayView<T> statistics, ArrayView<T> dx)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        device.Launch(PlainInputGradient, Shards.PlainExtent(dx.Length), dy, weight, statistics, dx, shape);

    /// <summary>The plain variant of <see cref="WeightGradient"/>.</summary>
    public static void RunPlainWeightGradient<T>(Accelerator device, in ConvolutionShape shape, ArrayView<T> x, ArrayView<T> dy, ArrayView<T> dw)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        device.Launch(PlainWeightGradient, Shards.PlainExtent(dw.Length), x, dy, dw, shape);

    private static void RequireLengths(in ConvolutionShape shape, long input, long weight, long output, long statistics)
    {
        Require("input", input, shape.InputLength);
        Require("weights", weight, shape.WeightLength);
        Require("output", output, shape.OutputLength);
        Require("statistics", statistics, 2L * shape.OutputChannels, mayBeEmpty: true);
    }

    private static void Require(string what, long got, long needed, bool mayBeEmpty = false)
    {
        if (got != needed && !(mayBeEmpty && got == 0))
        {
            throw new ArgumentException($"The {what} of this convolution must have {needed} elements, got {got}.");
        }
    }
}
