using G3DR.Core.Tensors;
using G3DR.Kernels.Normalization;

namespace G3DR.Core.Networks;

/// <summary>SqueezeNet 1.1 (Iandola et al., arXiv 1602.07360) under torchvision's names: 1.2 million parameters, for a small download and fast answers.</summary>
public sealed class SqueezeNet : ImageClassifier
{
    /// <summary>Name for people.</summary>
    internal const string Title = "SqueezeNet 1.1";

    private readonly Conv2d? _classifier;

    /// <summary>Makes the network.</summary>
    /// <param name="initializer">Makes the parameters.</param>
    /// <param name="withClassifier">Whether the last convolution is made too.</param>
    /// <param name="classes">Number of classes.</param>
    public SqueezeNet(Initializer initializer, bool withClassifier = true, int classes = ImageNet.Classes)
        : base(CreateFeatures(initializer), withClassifier) =>
        _classifier = withClassifier ? AddChild("classifier.1", new Conv2d(initializer, 512, classes, kernel: 1, new() { Activation = Activation.Relu })) : null;

    /// <summary>SqueezeNet 1.1 as torchvision publishes it.</summary>
    internal static NetworkKind Kind { get; } = KindOf("squeezenet", Title, typeof(SqueezeNet), PerceptualBackbone.SqueezeNet, "classifier.1.weight", (initializer, classes) => new SqueezeNet(initializer, classes: classes));

    /// <summary>Makes the convolutional part: seven levels, the first after a convolution and the others after fire modules.</summary>
    /// <param name="initializer">Makes the parameters.</param>
    public static FeatureStack CreateFeatures(Initializer initializer)
    {
        Layer Fire(int inputs, int squeezed, int expanded) => new FireModule(initializer, inputs, squeezed, expanded);
        static Layer Pool() => new MaxPool2d(kernel: 3, stride: 2, ceilMode: true);
        return new(
            Title,
            [
                new Conv2d(initializer, 3, 64, kernel: 3, new() { Stride = (2, 2), Activation = Activation.Relu }),
                null,
                Pool(),
                Fire(64, 16, 64),
                Fire(128, 16, 64),
                Pool(),
                Fire(128, 32, 128),
                Fire(256, 32, 128),
                Pool(),
                Fire(256, 48, 192),
                Fire(384, 48, 192),
                Fire(384, 64, 256),
                Fire(512, 64, 256),
            ],
            [
                new("relu1", 1, 64), new("fire3", 4, 128), new("fire5", 7, 256), new("fire6", 9, 384), new("fire7", 10, 384), new("fire8", 11, 512),
                new("fire9", 12, 512),
            ],
            smallestSide: 25);
    }

    private protected override Tensor Classify(Tensor features)
    {
        using Tensor scores = _classifier!.Forward(features);
        return scores.Mean([1, 2]);
    }

    private protected override Shape TraceClassifier(ModelTrace trace, Shape features)
    {
        Shape scores = trace.Run(_classifier!, features);
        return [scores[0], scores[3]];
    }
}
