namespace G3DR.Core.Networks;

/// <summary>MiDaS v2.1 with a ResNeXt-101 32x8d (midas_v21_384.pt): 105 million parameters.</summary>
/// <param name="initializer">Makes the parameters.</param>
/// <param name="encoder">Sizes of the encoder; null for those of the published network.</param>
/// <param name="channels">Channels of the decoder.</param>
/// <exception cref="ArgumentException">A size is not possible.</exception>
public sealed class MidasV21(Initializer initializer, ResNetOptions? encoder = null, int channels = 256) : MidasNetwork(
    "MiDaS v2.1",
    size: 384,
    new ResNetEncoder(initializer, encoder ?? ResNetOptions.ResNext101, "layer1.0", "layer1.1", "layer1.4"),
    new MidasDecoder(initializer, (encoder ?? ResNetOptions.ResNext101).Outputs(), [channels, channels, channels, channels], isSmall: false))
{
    /// <summary>What files of this network are known by.</summary>
    public static NetworkKind Kind { get; } = DepthKinds.MidasV21();
}
