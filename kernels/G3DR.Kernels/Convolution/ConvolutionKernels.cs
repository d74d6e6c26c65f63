using System.Numerics;
using G3DR.Compute;
using G3DR.Kernels.MatMul;

namespace G3DR.Kernels.Convolution;

/// <summary>
/// Two-dimensional convolutions and their gradients. Variants: <c>plain</c> (one element of the result per item), <c>direct</c>, <c>winograd2</c>,
/// <c>winograd4</c> and <c>fourier</c> on the processor's vectors (<see cref="DirectConvolution"/>, <see cref="WinogradConvolution"/>, <see cref="FourierConvolution"/>; the latter two not if <see cref="AcceleratorOptions.Exact"/>), and <c>tiled</c> for devices with shared memory (<see cref="ConvolutionTiles"/>). float64 has the plain one only. The order of every
/// sum depends on the sizes alone.
/// <para>
/// Weights may be standardised on the way (Qiao et al., "Micro-batch training with batch-channel normalization and weight standardization", 2019): with
/// <c>statistics</c> (OutputChannels, 2), mean and scale of each output channel, the convolution uses (w - mean) * scale in place of w.
/// </para>
/// </summary>
public static partial class ConvolutionKernels
{
    /// <summary>y = activation(conv(x, weight) + bias) + residual, by the variant that suits the device.</summary>
    /// <typeparam name="T"><c>float</c> or <c>double</c>.</typeparam>
    /// <param name="device">Where to run.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="x">Input.</param>
    /// <param name="weight">Weights.</param>
    /// <param name="bias">One number for each output channel, or empty.</param>
    /// <param name="statistics">Mean and scale for each output channel, or empty.</param>
    /// <param name="epilogue">Activation and residual.</param>
    /// <param name="y">Output.</param>
    /// <exception cref="ArgumentException">A view does not have the length that the sizes ask for.</exception>
    public static void Forward<T>(
        Accelerator device,
        in ConvolutionShape shape,
        ArrayView<T> x,
        ArrayView<T> weight,
        ArrayView<T> bias,
        ArrayView<T> statistics,
        Epilogue<T> epilogue,
        ArrayView<T> y)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        RequireLengths(shape, x.Length, weight.Length, y.Length, statistics.Length);
        Require("bias", bias.Length, shape.OutputChannels, mayBeEmpty: true);
        epilogue.Require(y.Length);
        if (shape.OutputLength == 0)
        {
            return;
        }

        if (typeof(T) != typeof(float))
        {
            RunPlainForward(device, shape, x, weight, bias, statistics, y);
            epilogue.Run(device, y);
            return;
        }

        RunSingleForward(
            device, shape, x.Cast<float>(), weight.Cast<float>(), bias.Cast<float>(), statistics.Cast<float>(), epilogue.Cast<float>(), y.Cast<float>());
    }

    /// <summary>y = conv(x, weight) + bias, by the variant that suits the device.</summary>
    /// <inheritdoc cref="Forward{T}(Accelerator, in ConvolutionShape, ArrayView{T}, ArrayView{T}, ArrayView{T}, ArrayView{T}, Epilogue{T}, ArrayView{T})"/>
    public static void Forward<T>(
        Accelerator device, in ConvolutionShape shape, ArrayView<T> x, ArrayView<T> weight, ArrayView<T> bias, ArrayView<T> statistics, ArrayView<T> y)
        where T : unmanaged, IFloatingPointIeee754<T> => Forward(device, shape, x, weight, bias, statistics, default, y);

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
        if (shape.InputLength == 0)
        {
            return;
        }

        if (typeof(T) != typeof(float))
        {
            RunPlainInputGradient(device, shape, dy, weight, statistics, dx);
            return;
        }

        RunSingleInputGradient(device, shape, dy.Cast<float>(), weight.Cast<float>(), statistics.Cast<float>(), dx.Cast<float>());
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
        if (shape.WeightLength == 0)
        {
            return;
        }

        if (typeof(T) != typeof(float))
        {
            RunPlainWeightGradient(device, shape, x, dy, dw);
            return;
        }

        RunSingleWeightGradient(device, shape, x.Cast<float>(), dy.Cast<float>(), dw.Cast<float>());
    }

    /// <summary>The plain variant of <c>Forward</c>.</summary>
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

    // The choice of a variant in single precision, for each pass.
    private static void RunSingleForward(
        Accelerator device,
        in ConvolutionShape shape,
        ArrayView<float> x,
        ArrayView<float> weight,
        ArrayView<float> bias,
        ArrayView<float> statistics,
        Epilogue<float> epilogue,
        ArrayView<float> y)
    {
        if (IsWinogradSuited(device, shape, ConvolutionPass.Forward, out WinogradTile tile))
        {
            WinogradConvolution.Forward(Shards.RequireCpu(device), shape, tile, x, weight, bias, statistics, epilogue, y);
            return;
        }

        if (IsPatchSuited(device, shape, statistics))
        {
            PatchConvolution.Forward(Shards.RequireCpu(device), shape, x, weight, bias, epilogue, y);
            return;
        }

        if (Shards.UseVectors(device) && !IsFourierSuited(device, shape))
        {
            DirectConvolution.Forward(Shards.RequireCpu(device), shape, x, weight, bias, statistics, epilogue, y);
            return;
        }

        if (IsFourierSuited(device, shape))
        {
            FourierConvolution.Forward(Shards.RequireCpu(device), shape, x, weight, bias, statistics, y);
        }
        else if (ConvolutionTiles.IsSuited(device, shape, ConvolutionPass.Forward))
        {
            ConvolutionTiles.Forward(device, shape, x, weight, bias, statistics, y);
        }
        else
        {
            RunPlainForward(device, shape, x, weight, bias, statistics, y);
        }

        epilogue.Run(device, y);
    }

    private static void RunSingleInputGradient(
        Accelerator device, in ConvolutionShape shape, ArrayView<float> dy, ArrayView<float> weight, ArrayView<float> statistics, ArrayView<float> dx)
    {
        if (IsWinogradSuited(device, shape, ConvolutionPass.InputGradient, out WinogradTile tile))
        {
            WinogradConvolution.InputGradient(Shards.RequireCpu(device), shape, tile, dy, weight, statistics, dx);
        }
        else if (IsPatchSuited(device, shape, statistics))
        {
            PatchConvolution.InputGradient(Shards.RequireCpu(device), shape, dy, weight, dx);
        }
        else if (IsFourierSuited(device, shape))
        {
            FourierConvolution.InputGradient(Shards.RequireCpu(device), shape, dy, weight, statistics, dx);
        }
        else if (Shards.UseVectors(device))
        {
            DirectConvolution.InputGradient(Shards.RequireCpu(device), shape, dy, weight, statistics, dx);
        }
        else if (ConvolutionTiles.IsSuited(device, shape, ConvolutionPass.InputGradient))
        {
            ConvolutionTiles.InputGradient(device, shape, dy, weight, statistics, dx);
        }
        else
        {
            RunPlainInputGradient(device, shape, dy, weight, statistics, dx);
        }
    }

    private static void RunSingleWeightGradient(Accelerator device, in ConvolutionShape shape, ArrayView<float> x, ArrayView<float> dy, ArrayView<float> dw)
    {
        if (IsWinogradSuited(device, shape, ConvolutionPass.WeightGradient, out WinogradTile tile))
        {
            WinogradConvolution.WeightGradient(Shards.RequireCpu(device), shape, tile, x, dy, dw);
        }
        else if (IsFourierSuited(device, shape))
        {
            FourierConvolution.WeightGradient(Shards.RequireCpu(device), shape, x, dy, dw);
        }
        else if (Shards.UseVectors(device))
        {
            DirectConvolution.WeightGradient(Shards.RequireCpu(device), shape, x, dy, dw);
        }
        else if (ConvolutionTiles.IsSuited(device, shape, ConvolutionPass.WeightGradient))
        {
            ConvolutionTiles.WeightGradient(device, shape, x, dy, dw);
        }
        else
        {
            RunPlainWeightGradient(device, shape, x, dy, dw);
        }
    }

    private static bool IsWinogradSuited(Accelerator device, in ConvolutionShape shape, ConvolutionPass pass, out WinogradTile tile)
    {
        WinogradTile? choice = Shards.UseVectors(device) && !device.Exact ? WinogradConvolution.Choose(shape, pass) : null;
        tile = choice.GetValueOrDefault();
        return choice.HasValue;
    }

    private static bool IsFourierSuited(Accelerator device, in ConvolutionShape shape) =>
        Shards.UseVectors(device) && !device.Exact && FourierConvolution.Choose(shape);

    private static bool IsPatchSuited(Accelerator device, in ConvolutionShape shape, ArrayView<float> statistics) =>
        Shards.UseVectors(device) && statistics.Length == 0 && PatchConvolution.IsSuited(shape);

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
