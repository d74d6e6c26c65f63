namespace G3DR.Core.Networks;

/// <summary>MiDaS v2.1 small with an EfficientNet-Lite3 (midas_v21_small_256.pt): 17 million parameters.</summary>
/// <param name="initializer">Makes the parameters.</param>
public sealed class MidasSmall(Initializer initializer) : MidasNetwork(
    "MiDaS v2.1 small",
    size: 256,
    new EfficientNetLite(initializer),
    new MidasDecoder(initializer, EfficientNetLite.Outputs, [64, 128, 256, 512], isSmall: true))
{
    /// <summary>What files of this network are known by.</summary>
    public static NetworkKind Kind { get; } = DepthKinds.MidasSmall();
}
