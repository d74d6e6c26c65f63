using System.Globalization;
using G3DR.Core.Tensors;
using G3DR.Kernels.Normalization;

namespace G3DR.Core.Networks;

/// <summary>A classifier whose features are averaged to a few pixels, which three linear layers read; dropout does nothing here.</summary>
public abstract class LinearClassifier : ImageClassifier
{
    private const int Hidden = 4096;

    private readonly Linear[] _layers = [];
    private readonly int _side;

    // The numbers of the layers count activations and dropout too.
    private protected LinearClassifier(Initializer initializer, FeatureStack features, int channels, int side, int classes, int[]? numbers)
        : base(features, numbers is not null)
    {
        _side = side;
        if (numbers is not null)
        {
            int[] widths = [checked(channels * side * side), Hidden, Hidden, classes];
            _layers = [.. numbers.Select((number, i) => AddChild(
                string.Create(CultureInfo.InvariantCulture, $"classifier.{number}"), new Linear(initializer, widths[i], widths[i + 1])))];
        }
    }

    private protected override Tensor Classify(Tensor features)
    {
        // The weights expect channel after channel.
        using Tensor pooled = Functional.AdaptiveAvgPool2d(features, _side, _side);
        Tensor x = pooled.Permute(0, 3, 1, 2).Reshape(features.Shape[0], -1);
        for (int i = 0; i < _layers.Length; i++)
        {
            x = _layers[i].Forward(x, i < _layers.Length - 1 ? Activation.Relu : Activation.None);
        }

        return x;
    }

    private protected override Shape TraceClassifier(ModelTrace trace, Shape features)
    {
        Shape pooled = [features[0], features[3] * _side * _side];
        return _layers.Aggregate(pooled, (shape, layer) => trace.Run(layer, shape));
    }
}
