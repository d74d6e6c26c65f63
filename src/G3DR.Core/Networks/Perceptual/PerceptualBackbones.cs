namespace G3DR.Core.Networks;

/// <summary>What is known of each <see cref="PerceptualBackbone"/>.</summary>
internal static class PerceptualBackbones
{
    /// <summary>Makes its convolutional part.</summary>
    public static FeatureStack CreateFeatures(this PerceptualBackbone backbone, Initializer initializer) => backbone switch
    {
        PerceptualBackbone.Vgg16 => Vgg16.CreateFeatures(initializer),
        PerceptualBackbone.AlexNet => AlexNet.CreateFeatures(initializer),
        PerceptualBackbone.SqueezeNet => SqueezeNet.CreateFeatures(initializer),
        _ => throw new ArgumentOutOfRangeException(nameof(backbone), backbone, "There is no such backbone."),
    };

    /// <summary>Channels of its levels.</summary>
    public static IReadOnlyList<int> Channels(this PerceptualBackbone backbone) => backbone switch
    {
        PerceptualBackbone.Vgg16 => [64, 128, 256, 512, 512],
        PerceptualBackbone.AlexNet => [64, 192, 384, 256, 256],
        PerceptualBackbone.SqueezeNet => [64, 128, 256, 384, 384, 512, 512],
        _ => throw new ArgumentOutOfRangeException(nameof(backbone), backbone, "There is no such backbone."),
    };

    /// <summary>Its name for people.</summary>
    public static string Title(this PerceptualBackbone backbone) => backbone switch
    {
        PerceptualBackbone.Vgg16 => Vgg16.Title,
        PerceptualBackbone.AlexNet => AlexNet.Title,
        PerceptualBackbone.SqueezeNet => SqueezeNet.Title,
        _ => throw new ArgumentOutOfRangeException(nameof(backbone), backbone, "There is no such backbone."),
    };

    /// <summary>The one whose features a file has, after a prefix; or none.</summary>
    public static PerceptualBackbone? Recognize(NetworkFile file, Func<int, string, string> nameOf)
    {
        bool Has(int layer, string part, params ReadOnlySpan<long> shape) => file.Shape(nameOf(layer, part)) is { } found && shape.SequenceEqual([.. found]);
        return Has(0, "weight", 64, 3, 11, 11) && Has(10, "weight", 256, 256, 3, 3) ? PerceptualBackbone.AlexNet
            : Has(0, "weight", 64, 3, 3, 3) && Has(12, "expand3x3.weight", 256, 64, 3, 3) ? PerceptualBackbone.SqueezeNet
            : Has(0, "weight", 64, 3, 3, 3) && Has(17, "weight", 512, 256, 3, 3) && Has(28, "weight", 512, 512, 3, 3) ? PerceptualBackbone.Vgg16
            : null;
    }
}
