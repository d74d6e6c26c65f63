using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>
/// A classifier of pictures under torchvision's names: <c>features</c>, which other networks use too, and the <c>classifier</c> behind it. Without the latter, which
/// is most of the memory of <see cref="Vgg16"/> and <see cref="AlexNet"/>, only the features can be computed.
/// </summary>
public abstract class ImageClassifier : Layer
{
    private protected ImageClassifier(FeatureStack features, bool hasClassifier)
    {
        Features = AddChild("features", features);
        HasClassifier = hasClassifier;
    }

    /// <summary>Name of the network.</summary>
    public string Name => Features.Name;

    /// <summary>The convolutional part.</summary>
    public FeatureStack Features { get; }

    /// <summary>Whether the part behind the features was made too.</summary>
    public bool HasClassifier { get; }

    /// <summary>Classifies pictures.</summary>
    /// <param name="x">Pictures (N, H, W, 3), normalised by <see cref="ImageNet.Normalize"/>; usually 224 x 224 pixels.</param>
    /// <returns>A score for each class (N, classes); softmax makes probabilities of them.</returns>
    /// <exception cref="ArgumentException">The shape does not fit.</exception>
    /// <exception cref="InvalidOperationException">The network has no classifier.</exception>
    public override Tensor Forward(Tensor x)
    {
        RequireClassifier();
        using var scope = TensorScope.Begin(x.Accelerator);
        using Tensor features = Features.Forward(x);
        return scope.Keep(Classify(features));
    }

    /// <inheritdoc/>
    public override Shape Trace(ModelTrace trace, Shape input)
    {
        RequireClassifier();
        return TraceClassifier(trace, trace.Run(Features, input));
    }

    /// <summary>From features to scores.</summary>
    private protected abstract Tensor Classify(Tensor features);

    /// <summary>Cost and shape of <see cref="Classify"/>.</summary>
    private protected abstract Shape TraceClassifier(ModelTrace trace, Shape features);

    /// <summary>A kind of classifiers of torchvision, recognised by its features and by the shape of its last layer.</summary>
    private protected static NetworkKind KindOf(
        string name, string title, Type module, PerceptualBackbone features, string lastLayer, Func<Initializer, int, ImageClassifier> create) => new(
            name,
            $"{title} (torchvision)",
            module,
            new(StringComparer.Ordinal) { ["official"] = initializer => create(initializer, ImageNet.Classes) },
            file => LpipsFiles.RecognizeFeatures(file) == (features, false) && file.Has(lastLayer) && file.Size(lastLayer, 0) is var classes
                ? new($"{title}, {classes} classes", initializer => create(initializer, classes), new())
                : null);

    private void RequireClassifier()
    {
        if (!HasClassifier)
        {
            throw new InvalidOperationException($"This {Name} was made without its classifier.");
        }
    }
}
