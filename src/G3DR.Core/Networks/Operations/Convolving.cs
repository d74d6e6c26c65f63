using System.Numerics;
using G3DR.Compute;
using G3DR.Core.Tensors;
using G3DR.Kernels.Convolution;
using G3DR.Kernels.MatMul;
using G3DR.Kernels.Normalization;

namespace G3DR.Core.Networks;

/// <summary>Convolution kernels on tensors of either element type.</summary>
internal static class Convolving
{
    /// <summary>y = activation(conv(x, weight) + bias) + residual.</summary>
    public static void Forward(
        in ConvolutionShape shape, Tensor x, Tensor weight, Tensor? bias, Tensor? statistics, Activation activation, Tensor? residual, Tensor y)
    {
        if (x.DType == DType.Float32)
        {
            Forward<float>(shape, x, weight, bias, statistics, activation, residual, y);
        }
        else
        {
            Forward<double>(shape, x, weight, bias, statistics, activation, residual, y);
        }
    }

    /// <summary>dx, the gradient of the input.</summary>
    public static void InputGradient(in ConvolutionShape shape, Tensor dy, Tensor weight, Tensor? statistics, Tensor dx)
    {
        Accelerator device = dy.Accelerator;
        if (dy.DType == DType.Float32)
        {
            ConvolutionKernels.InputGradient(device, shape, dy.View<float>(), weight.View<float>(), ViewOf<float>(statistics), dx.View<float>());
        }
        else
        {
            ConvolutionKernels.InputGradient(device, shape, dy.View<double>(), weight.View<double>(), ViewOf<double>(statistics), dx.View<double>());
        }
    }

    /// <summary>dw, the gradient of the weights.</summary>
    public static void WeightGradient(in ConvolutionShape shape, Tensor x, Tensor dy, Tensor dw)
    {
        if (x.DType == DType.Float32)
        {
            ConvolutionKernels.WeightGradient(x.Accelerator, shape, x.View<float>(), dy.View<float>(), dw.View<float>());
        }
        else
        {
            ConvolutionKernels.WeightGradient(x.Accelerator, shape, x.View<double>(), dy.View<double>(), dw.View<double>());
        }
    }

    /// <summary>Mean and 1 / sqrt(variance + epsilon) of the weights of each output channel (output channels, 2).</summary>
    public static Tensor Statistics(Tensor weight, float epsilon)
    {
        Tensor statistics = weight.Like([weight.Shape[0], 2], "weight_statistics");
        if (weight.DType == DType.Float32)
        {
            WeightStandardization.Statistics(weight.Accelerator, weight.View<float>(), weight.Shape[0], epsilon, statistics.View<float>());
        }
        else
        {
            WeightStandardization.Statistics(weight.Accelerator, weight.View<double>(), weight.Shape[0], epsilon, statistics.View<double>());
        }

        return statistics;
    }

    /// <summary>Turns the gradient of standardised weights into that of the weights, in place.</summary>
    public static void StandardizationPullback(Tensor weight, Tensor statistics, Tensor gradient)
    {
        if (weight.DType == DType.Float32)
        {
            WeightStandardization.Pullback(weight.Accelerator, weight.View<float>(), statistics.View<float>(), gradient.View<float>());
        }
        else
        {
            WeightStandardization.Pullback(weight.Accelerator, weight.View<double>(), statistics.View<double>(), gradient.View<double>());
        }
    }

    private static void Forward<T>(
        in ConvolutionShape shape, Tensor x, Tensor weight, Tensor? bias, Tensor? statistics, Activation activation, Tensor? residual, Tensor y)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var epilogue = new Epilogue<T>(activation, ViewOf<T>(residual));
        ConvolutionKernels.Forward(x.Accelerator, shape, x.View<T>(), weight.View<T>(), ViewOf<T>(bias), ViewOf<T>(statistics), epilogue, y.View<T>());
    }

    private static ArrayView<T> ViewOf<T>(Tensor? tensor)
        where T : unmanaged => tensor is null ? default : tensor.View<T>();
}
