using G3DR.Compute;
using G3DR.Core.Weights;

namespace G3DR.Core.Networks;

/// <content>Weights files.</content>
public sealed partial class Lpips
{
    /// <summary>Loads a backbone and heads, ready for use: the parameters are frozen. Of a classifier only the features are read.</summary>
    /// <param name="backbone">
    /// Weights of VGG-16, AlexNet or SqueezeNet 1.1 under torchvision's names, or the state dictionary of the lpips package, which holds heads too.
    /// </param>
    /// <param name="heads">The heads, as the authors publish them; null for those of the backbone's file, or, if it has none, to count every channel once.</param>
    /// <param name="device">Device of the network.</param>
    /// <returns>The network; it belongs to the caller.</returns>
    /// <exception cref="WeightsFormatException">A file is damaged or holds something else, or the heads belong to another backbone.</exception>
    /// <exception cref="WeightLoadException">Tensors are missing, unexpected or have other shapes.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static Lpips Load(string backbone, string? heads, Accelerator device)
    {
        ArgumentNullException.ThrowIfNull(device);
        using WeightFile file = WeightFile.Open(backbone);
        (FeatureStack features, PerceptualBackbone found) = LpipsFiles.LoadFeatures(file, device);
        LpipsHeads? loaded = null;
        try
        {
            string? headsPath = heads ?? (LpipsHeads.Recognize(new(file)) is null ? null : backbone);
            loaded = headsPath is null ? null : NetworkLoader.Load<LpipsHeads>(headsPath, device);
            if (loaded is not null && loaded.Backbone != found)
            {
                throw new WeightsFormatException(
                    $"{headsPath} has the heads of LPIPS for {loaded.Backbone.Title()}, but {backbone} is {found.Title()}: give the heads that belong to it.");
            }

            var lpips = new Lpips(features, found, loaded);
            lpips.Eval();
            lpips.Freeze();
            return lpips;
        }
        catch
        {
            features.Dispose();
            loaded?.Dispose();
            throw;
        }
    }
}
