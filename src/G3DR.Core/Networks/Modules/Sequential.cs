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
    public override Tensor Forward(Tensor x) => Run(x, _layers);

    /// <inheritdoc/>
    public override Shape Trace(ModelTrace trace, Shape input) => Trace(trace, input, _layers);

    /// <summary>Runs layers of any module one after the other and disposes what lies between them.</summary>
    /// <param name="x">Input; it stays the caller's.</param>
    /// <param name="layers">At least one.</param>
    internal static Tensor Run(Tensor x, params ReadOnlySpan<Layer> layers)
    {
        using var scope = TensorScope.Begin(x.Accelerator);
        Tensor y = layers[0].Forward(x);
        foreach (Layer layer in layers[1..])
        {
            Tensor next = layer.Forward(y);
            y.Dispose();
            y = next;
        }

        return scope.Keep(y);
    }

    /// <summary>Follows a shape through layers of the module that is being traced.</summary>
    internal static Shape Trace(ModelTrace trace, Shape input, params ReadOnlySpan<Layer> layers)
    {
        Shape shape = input;
        foreach (Layer layer in layers)
        {
            shape = trace.Run(layer, shape);
        }

        return shape;
    }
}
