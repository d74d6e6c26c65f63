using System.Globalization;
using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>Layers one after the other, named 0, 1, 2 and so on. What lies between them is disposed as soon as the next layer has run.</summary>
public sealed class Sequential : Layer
{
    private readonly Layer[] _layers;

    /// <summary>Takes the layers.</summary>
    /// <param name="layers">At least one; they belong to this module from now on.</param>
    /// <exception cref="ArgumentException">There is no layer.</exception>
    public Sequential(params IReadOnlyList<Layer> layers)
    {
        if (layers.Count == 0)
        {
            throw new ArgumentException("A sequence needs at least one layer.", nameof(layers));
        }

        _layers = [.. layers];
        for (int i = 0; i < _layers.Length; i++)
        {
            AddChild(i.ToString(CultureInfo.InvariantCulture), _layers[i]);
        }
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x)
    {
        using var scope = TensorScope.Begin(x.Accelerator);
        Tensor y = _layers[0].Forward(x);
        foreach (Layer layer in _layers.AsSpan(1))
        {
            Tensor next = layer.Forward(y);
            y.Dispose();
            y = next;
        }

        return scope.Keep(y);
    }

    /// <inheritdoc/>
    public override Shape Trace(ModelTrace trace, Shape input) => _layers.Aggregate(input, (shape, layer) => trace.Run(layer, shape));
}
