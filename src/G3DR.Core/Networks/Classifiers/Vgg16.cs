using G3DR.Kernels.Normalization;

namespace G3DR.Core.Networks;

/// <summary>
/// VGG-16 without batch normalisation (Simonyan and Zisserman, ICLR 2015) under torchvision's names: 138 million parameters, 15 million of them in its features, which are
/// what G3DR's perceptual loss compares.
/// </summary>
public sealed class Vgg16 : LinearClassifier
{
    /// <summary>Name for people.</summary>
    internal const string Title = "VGG-16";

    private static readonly int[][] s_blocks = [[64, 64], [128, 128], [256, 256, 256], [512, 512, 512], [512, 512, 512]];

    /// <summary>Makes the network.</summary>
    /// <param name="initializer">Makes the parameters.</param>
    /// <param name="withClassifier">Whether the linear layers are made too.</param>
    /// <param name="classes">Number of classes.</param>
    public Vgg16(Initializer initializer, bool withClassifier = true, int classes = ImageNet.Classes)
        : base(initializer, CreateFeatures(initializer), channels: 512, side: 7, classes, withClassifier ? [0, 3, 6] : null)
    {
    }

    /// <summary>VGG-16 as torchvision publishes it.</summary>
    internal static NetworkKind Kind { get; } = KindOf("vgg16", Title, typeof(Vgg16), PerceptualBackbone.Vgg16, "classifier.6.weight", (initializer, classes) => new Vgg16(initializer, classes: classes));

    /// <summary>Makes the convolutional part: levels relu1_2, relu2_2, relu3_3, relu4_3 and relu5_3.</summary>
    /// <param name="initializer">Makes the parameters.</param>
    public static FeatureStack CreateFeatures(Initializer initializer)
    {
        List<Layer?> layers = [];
        List<FeatureLevel> levels = [];
        int inputs = 3;
        for (int block = 0; block < s_blocks.Length; block++)
        {
            foreach (int outputs in s_blocks[block])
            {
                layers.Add(new Conv2d(initializer, inputs, outputs, kernel: 3, new() { Padding = 1, Activation = Activation.Relu }));
                layers.Add(null);
                inputs = outputs;
            }

            levels.Add(new($"relu{block + 1}_{s_blocks[block].Length}", layers.Count - 1, inputs));
            layers.Add(new MaxPool2d(kernel: 2, stride: 2));
        }

        return new(Title, layers, levels, smallestSide: 16);
    }
}
