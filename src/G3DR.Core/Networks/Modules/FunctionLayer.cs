using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>A function of a tensor as a layer without parameters, for a place in a <see cref="Sequential"/>: activations, changes of resolution.</summary>
/// <param name="function">Gives a new tensor.</param>
/// <param name="shape">Shape of the output for that of the input; by default the same.</param>
public sealed class FunctionLayer(Func<Tensor, Tensor> function, Func<Shape, Shape>? shape = null) : Layer
{
    /// <summary>max(x, 0), element by element, as a layer.</summary>
    public static FunctionLayer Relu() => new(x => x.Relu());

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => function(x);

    /// <inheritdoc/>
    public override Shape Trace(ModelTrace trace, Shape input) => shape is null ? input : shape(input);
}
