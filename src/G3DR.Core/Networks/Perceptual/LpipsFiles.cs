using System.Globalization;
using G3DR.Compute;
using G3DR.Core.Weights;

namespace G3DR.Core.Networks;

/// <summary>The files that <see cref="Lpips"/> is made of: a classifier of torchvision and the authors' heads, or one file with both as their package writes it.</summary>
internal static class LpipsFiles
{
    private const string Torchvision = "features.", Package = "net.";

    /// <summary>What the package's file holds besides the heads: the backbone, constants, and every head a second time.</summary>
    public static IReadOnlyList<string> BesideHeads { get; } = [Package + "*", "scaling_layer.*", "lins.*"];

    /// <summary>Loads the features of a classifier and leaves the rest of its file where it is.</summary>
    /// <exception cref="WeightsFormatException">The file holds something else.</exception>
    public static (FeatureStack Features, PerceptualBackbone Backbone) LoadFeatures(WeightFile file, Accelerator device)
    {
        var names = new NetworkFile(file);
        (PerceptualBackbone backbone, bool package) = RecognizeFeatures(names) ?? throw NetworkLoader.Mismatch(
            names, $"{string.Join(", ", Enum.GetValues<PerceptualBackbone>().Select(known => known.Title()))} or the state dictionary of the lpips package");
        FeatureStack features = Initializer.Empty(device).Build(initializer => backbone.CreateFeatures(initializer));
        try
        {
            features.Load(file, package
                ? new() { Prefix = Package, NameMap = new(features.Levels.Select((_, slice) => ($"{Slice(slice)}*", "*"))) }
                : new() { Prefix = Torchvision });
            return (features, backbone);
        }
        catch
        {
            features.Dispose();
            throw;
        }
    }

    /// <summary>Whose features a file has, under which of the two namings.</summary>
    public static (PerceptualBackbone Backbone, bool Package)? RecognizeFeatures(NetworkFile file)
    {
        if (PerceptualBackbones.Recognize(file, (layer, part) => Invariant($"{Torchvision}{layer}.{part}")) is { } published)
        {
            return (published, false);
        }

        // Layers keep their numbers inside of slices, of which each ends at a level.
        string InSlice(int layer, string part)
        {
            string end = Invariant($".{layer}.{part}");
            return file.Names.FirstOrDefault(name => name.StartsWith(Package + "slice", StringComparison.Ordinal) && name.EndsWith(end, StringComparison.Ordinal)) ?? end;
        }

        return PerceptualBackbones.Recognize(file, InSlice) is { } packaged ? (packaged, true) : null;
    }

    private static string Slice(int level) => Invariant($"slice{level + 1}.");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
