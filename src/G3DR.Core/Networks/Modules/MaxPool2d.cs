using G3DR.Core.Tensors;
using G3DR.Kernels.Pooling;

namespace G3DR.Core.Networks;

/// <summary>The largest element of each window as a layer: <see cref="Functional.MaxPool2d"/> with a square window.</summary>
/// <param name="kernel">Rows and columns of a window.</param>
/// <param name="stride">Rows and columns from one window to the next.</param>
/// <param name="padding">Rows and columns added on each side.</param>
/// <param name="ceilMode">Whether a last window that does not fit counts too.</param>
public sealed class MaxPool2d(int kernel, int stride, int padding = 0, bool ceilMode = false) : Layer
{
    private readonly MaxPoolOptions _options = new() { Stride = (stride, stride), Padding = (padding, padding), CeilMode = ceilMode };

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Functional.MaxPool2d(x, (kernel, kernel), _options);

    /// <inheritdoc/>
    public override Shape Trace(ModelTrace trace, Shape input)
    {
        int Outputs(int inputs) => PoolingAxis.CountWindows(inputs, kernel, stride, padding, dilation: 1, ceilMode);
        return [input[0], Outputs(input[1]), Outputs(input[2]), input[3]];
    }
}
