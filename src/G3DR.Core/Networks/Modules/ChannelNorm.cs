using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>
/// Normalisation over the channels of each pixel with a gain and no offset: what lucidrains' diffusion code, and with it the released U-Net, calls a layer norm.
/// </summary>
public sealed class ChannelNorm : Layer
{
    private const float Epsilon = 1e-5f;
    private readonly Slot _gain;

    /// <summary>Makes the gain: <c>g</c> (1, channels, 1, 1) of ones.</summary>
    /// <param name="initializer">Makes the values.</param>
    /// <param name="channels">Channels of the input.</param>
    public ChannelNorm(Initializer initializer, int channels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        _gain = AddParameter("g", initializer.Constant([1, channels, 1, 1], 1));
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        using Tensor gain = _gain.Tensor.Reshape(-1);
        return Functional.LayerNorm(x, gain, null, Epsilon);
    }
}
