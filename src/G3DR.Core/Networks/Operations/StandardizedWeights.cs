using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>Weight standardisation of convolutions (Qiao et al. 2019), over all weights of an output channel.</summary>
internal static class StandardizedWeights
{
    /// <summary>Mean and 1 / sqrt(variance + epsilon) of each output channel (output channels, 2).</summary>
    public static Tensor Statistics(Tensor weight, float epsilon)
    {
        Tensor rows = weight.Reshape(weight.Shape[0], -1);
        Tensor mean = rows.Mean([1], keepDims: true);
        Tensor scale = ((rows - mean).Square().Mean([1], keepDims: true) + epsilon).Rsqrt();
        return Tensor.Concat([mean, scale], axis: 1);
    }

    /// <summary>The gradient of the weights from that of the standardised ones.</summary>
    public static Tensor Pullback(Tensor weight, Tensor statistics, Tensor gradient)
    {
        Tensor rows = weight.Reshape(weight.Shape[0], -1), g = gradient.Reshape(weight.Shape[0], -1);
        Tensor mean = statistics.Slice(1, 0, 1), scale = statistics.Slice(1, 1, 1);
        Tensor standard = (rows - mean) * scale;
        Tensor result = scale * (g - g.Mean([1], keepDims: true) - (standard * (standard * g).Mean([1], keepDims: true)));
        return result.Reshape(weight.Shape.AsSpan());
    }
}
