using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>A module that makes one tensor of one tensor.</summary>
public abstract class Layer : Module
{
    /// <summary>Computes the output.</summary>
    /// <param name="x">Input; it stays the caller's.</param>
    /// <returns>A new tensor.</returns>
    /// <exception cref="ArgumentException">The shape does not fit.</exception>
    public abstract Tensor Forward(Tensor x);

    /// <summary>
    /// Shape of the output, while the cost of the layer is told to a trace: its own products by <see cref="ModelTrace.AddProducts(long)"/>, parts by
    /// <see cref="ModelTrace.Run(Layer, Shape)"/>. Unless overridden: shape unchanged, no products.
    /// </summary>
    /// <param name="trace">Takes the cost.</param>
    /// <param name="input">Shape of the input.</param>
    public virtual Shape Trace(ModelTrace trace, Shape input) => input;
}
