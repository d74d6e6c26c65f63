using G3DR.Core.Tensors;
using G3DR.Kernels.Normalization;

namespace G3DR.Core.Networks;

/// <content>Linear maps.</content>
public static partial class Functional
{
    /// <summary>
    /// y = activation(x weight^T + bias) + residual over the last axis. The product reads the weights as the checkpoint has them, one row for each output, and packs them
    /// while it runs; nothing is kept between calls. What follows the product happens in the pass that writes it.
    /// </summary>
    /// <param name="x">Rows (..., inputs).</param>
    /// <param name="weight">Weights (outputs, inputs).</param>
    /// <param name="bias">One number for each output, or none.</param>
    /// <param name="activation">Applied to the sum of product and bias.</param>
    /// <param name="residual">Added at the end (..., outputs), or none.</param>
    /// <returns>Rows (..., outputs).</returns>
    /// <exception cref="ArgumentException">Shapes do not fit each other; devices or element types differ.</exception>
    public static Tensor Linear(Tensor x, Tensor weight, Tensor? bias = null, Activation activation = Activation.None, Tensor? residual = null)
    {
        if (weight.Rank != 2 || x.Rank < 1 || x.Shape[^1] != weight.Shape[1])
        {
            throw new ArgumentException($"linear: weights (outputs, inputs) and rows (..., inputs) are needed, got weights {weight.Shape} and rows {x.Shape}.");
        }

        int outputs = weight.Shape[0];
        if (bias is not null && (bias.Rank != 1 || bias.Shape[0] != outputs))
        {
            throw new ArgumentException($"linear: the bias must be ({outputs}), one number for each output, got {bias.Shape}.");
        }

        Shape leading = new(x.Shape.AsSpan()[..^1]), result = [.. leading, outputs];
        RequireShape("linear", nameof(residual), residual, result);
        int rows = checked((int)leading.Length);
        var inputs = new OptionalInputs(x, weight, bias, residual);
        return new LinearTensorOp(inputs, rows, weight.Shape, activation, result).Apply(inputs.Present);
    }
}
