using G3DR.Kernels.Normalization;

namespace G3DR.Core.Networks;

/// <summary>AlexNet in the variant for one device (Krizhevsky, arXiv 1404.5997) under torchvision's names: 61 million parameters, 2.5 million of them in its features.</summary>
public sealed class AlexNet : LinearClassifier
{
    /// <summary>Name for people.</summary>
    internal const string Title = "AlexNet";

    /// <summary>Makes the network.</summary>
    /// <param name="initializer">Makes the parameters.</param>
    /// <param name="withClassifier">Whether the linear layers are made too.</param>
    /// <param name="classes">Number of classes.</param>
    public AlexNet(Initializer initializer, bool withClassifier = true, int classes = ImageNet.Classes)
        : base(initializer, CreateFeatures(initializer), channels: 256, side: 6, classes, withClassifier ? [1, 4, 6] : null)
    {
    }

    /// <summary>AlexNet as torchvision publishes it.</summary>
    internal static NetworkKind Kind { get; } = KindOf("alexnet", Title, typeof(AlexNet), PerceptualBackbone.AlexNet, "classifier.6.weight", (initializer, classes) => new AlexNet(initializer, classes: classes));

    /// <summary>Makes the convolutional part: levels relu1 to relu5.</summary>
    /// <param name="initializer">Makes the parameters.</param>
    public static FeatureStack CreateFeatures(Initializer initializer)
    {
        Layer Convolution(int inputs, int outputs, int kernel, int stride, int padding) =>
            new Conv2d(initializer, inputs, outputs, kernel, new() { Stride = (stride, stride), Padding = padding, Activation = Activation.Relu });
        return new(
            Title,
            [
                Convolution(3, 64, kernel: 11, stride: 4, padding: 2),
                null,
                new MaxPool2d(kernel: 3, stride: 2),
                Convolution(64, 192, kernel: 5, stride: 1, padding: 2),
                null,
                new MaxPool2d(kernel: 3, stride: 2),
                Convolution(192, 384, kernel: 3, stride: 1, padding: 1),
                null,
                Convolution(384, 256, kernel: 3, stride: 1, padding: 1),
                null,
                Convolution(256, 256, kernel: 3, stride: 1, padding: 1),
                null,
                new MaxPool2d(kernel: 3, stride: 2),
            ],
            [new("relu1", 1, 64), new("relu2", 4, 192), new("relu3", 7, 384), new("relu4", 9, 256), new("relu5", 11, 256)],
            smallestSide: 31);
    }
}
