using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>Normalisation over the last axis (Ba et al., 2016).</summary>
public sealed class LayerNorm : Layer
{
    private readonly Slot _weight, _bias;
    private readonly float _epsilon;

    /// <summary>Makes the parameters: <c>weight</c> (channels) of ones and <c>bias</c> (channels) of zeros.</summary>
    /// <param name="initializer">Makes the values.</param>
    /// <param name="channels">Length of the last axis.</param>
    /// <param name="epsilon">Added to the variance.</param>
    public LayerNorm(Initializer initializer, int channels, float epsilon = 1e-5f)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        _epsilon = epsilon;
        _weight = AddParameter("weight", initializer.Constant([channels], 1));
        _bias = AddParameter("bias", initializer.Constant([channels], 0));
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Functional.LayerNorm(x, _weight.Tensor, _bias.Tensor, _epsilon);
}
