using G3DR.Core.Tensors;
using G3DR.Kernels.Normalization;

namespace G3DR.Core.Networks;

/// <summary>Batch normalisation and the ReLU behind it in one pass, under the names of the normalisation.</summary>
internal sealed class NormRelu : Layer
{
    private readonly BatchNorm2d _norm;

    /// <summary>Makes the parameters.</summary>
    /// <param name="initializer">Makes the values.</param>
    /// <param name="channels">Channels of the input.</param>
    public NormRelu(Initializer initializer, int channels) => _norm = AddChild(string.Empty, new BatchNorm2d(initializer, channels));

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => _norm.Forward(x, Activation.Relu);
}
