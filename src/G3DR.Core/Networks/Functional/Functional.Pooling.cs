using G3DR.Core.Networks.Operations;
using G3DR.Core.Tensors;
using G3DR.Kernels.Pooling;

namespace G3DR.Core.Networks;

/// <content>Pooling of pictures (N, H, W, C).</content>
public static partial class Functional
{
    /// <summary>The largest element of each window, as PyTorch's <c>max_pool2d</c>; the gradient goes to the first of equal ones.</summary>
    /// <param name="x">Activations (N, H, W, C).</param>
    /// <param name="kernel">Rows and columns of a window.</param>
    /// <param name="options">Stride, padding, dilation, rounding.</param>
    /// <returns>Activations (N, H', W', C).</returns>
    /// <exception cref="ArgumentException">The shape or an option cannot be: the message says which.</exception>
    public static Tensor MaxPool2d(Tensor x, (int Y, int X) kernel, MaxPoolOptions? options = null)
    {
        options ??= new();
        (PoolingAxis rows, PoolingAxis columns) = Windows("Max pooling", x, kernel, options, options.Dilation);
        return new MaxPoolOp("max_pool2d", rows, columns).Apply(x);
    }

    /// <summary>The mean of each window, as PyTorch's <c>avg_pool2d</c>.</summary>
    /// <param name="x">Activations (N, H, W, C).</param>
    /// <param name="kernel">Rows and columns of a window.</param>
    /// <param name="options">Stride, padding, rounding, and what sums are divided by.</param>
    /// <returns>Activations (N, H', W', C).</returns>
    /// <exception cref="ArgumentException">The shape or an option cannot be: the message says which.</exception>
    public static Tensor AvgPool2d(Tensor x, (int Y, int X) kernel, AvgPoolOptions? options = null)
    {
        options ??= new();
        (PoolingAxis rows, PoolingAxis columns) = Windows("Average pooling", x, kernel, options, dilation: (1, 1));
        if (options.DivisorOverride is < 1)
        {
            throw new ArgumentException($"Average pooling needs a divisor of at least 1, got {options.DivisorOverride}.", nameof(options));
        }

        // The divisor of a window stands in the filter of one axis.
        return new SeparableFilterOp(
            "avg_pool2d",
            new AverageAxis(rows, options.CountIncludePad, options.DivisorOverride),
            new AverageAxis(columns, options.CountIncludePad, options.DivisorOverride is null ? null : 1)).Apply(x);
    }

    /// <summary>The largest elements of windows that cover a picture evenly, as PyTorch's <c>adaptive_max_pool2d</c>.</summary>
    /// <param name="x">Activations (N, H, W, C).</param>
    /// <param name="height">Rows of the result.</param>
    /// <param name="width">Columns of the result.</param>
    /// <returns>Activations (N, height, width, C): row i has the rows floor(i H / height) to ceil((i + 1) H / height) - 1, columns alike.</returns>
    /// <exception cref="ArgumentException">The shape is another one, or a size is below 1.</exception>
    public static Tensor AdaptiveMaxPool2d(Tensor x, int height, int width)
    {
        (PoolingAxis rows, PoolingAxis columns) = AdaptiveWindows("Adaptive max pooling", x, height, width);
        return new MaxPoolOp("adaptive_max_pool2d", rows, columns).Apply(x);
    }

    /// <summary>Means of windows that cover a picture evenly, as PyTorch's <c>adaptive_avg_pool2d</c>.</summary>
    /// <inheritdoc cref="AdaptiveMaxPool2d"/>
    public static Tensor AdaptiveAvgPool2d(Tensor x, int height, int width)
    {
        (PoolingAxis rows, PoolingAxis columns) = AdaptiveWindows("Adaptive average pooling", x, height, width);
        return new SeparableFilterOp(
            "adaptive_avg_pool2d", new AverageAxis(rows, CountPadding: false, Divisor: null), new AverageAxis(columns, CountPadding: false, Divisor: null)).Apply(x);
    }

    private static (PoolingAxis Rows, PoolingAxis Columns) AdaptiveWindows(string work, Tensor x, int height, int width)
    {
        PictureGuard.Require(x, work);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        return (PoolingAxis.Adaptive(x.Shape[1], height), PoolingAxis.Adaptive(x.Shape[2], width));
    }

    private static (PoolingAxis Rows, PoolingAxis Columns) Windows(string work, Tensor x, (int Y, int X) kernel, PoolOptions options, (int Y, int X) dilation)
    {
        PictureGuard.Require(x, work);
        (int Y, int X) stride = options.Stride ?? kernel;
        PoolingAxis Axis(string name, int inputs, int size, int step, int padding, int spread)
        {
            if (size < 1 || step < 1 || spread < 1 || padding < 0 || padding > size / 2)
            {
                throw new ArgumentException(
                    $"{work} along the {name} needs a window, stride and dilation of at least 1 and a padding of 0 to half the window, got {size}, {step}, {spread} and {padding}.");
            }

            int outputs = PoolingAxis.CountWindows(inputs, size, step, padding, spread, options.CeilMode);
            return outputs >= 1
                ? new(inputs, outputs, size, step, padding, spread)
                : throw new ArgumentException($"{work}: no window of {size} with dilation {spread} and padding {padding} fits into the {name} of {x.Shape}.", nameof(x));
        }

        return (Axis("height", x.Shape[1], kernel.Y, stride.Y, options.Padding.Y, dilation.Y), Axis("width", x.Shape[2], kernel.X, stride.X, options.Padding.X, dilation.X));
    }
}
