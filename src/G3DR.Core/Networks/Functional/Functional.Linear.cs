using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <content>Linear maps.</content>
public static partial class Functional
{
    /// <summary>
    /// y = x weight^T + bias over the last axis. The product reads the weights as the checkpoint has them, one row for each output, and packs them while it runs; nothing is kept
    /// between calls.
    /// </summary>
    /// <param name="x">Rows (..., inputs).</param>
    /// <param name="weight">Weights (outputs, inputs).</param>
    /// <param name="bias">One number for each output, or none.</param>
    /// <returns>Rows (..., outputs).</returns>
    /// <exception cref="ArgumentException">Shapes do not fit each other; devices or element types differ.</exception>
    public static Tensor Linear(Tensor x, Tensor weight, Tensor? bias = null)
    {
        if (weight.Rank != 2 || x.Rank < 1 || x.Shape[^1] != weight.Shape[1])
        {
            throw new ArgumentException($"linear: weights (outputs, inputs) and rows (..., inputs) are needed, got weights {weight.Shape} and rows {x.Shape}.");
        }

        if (bias is not null && (bias.Rank != 1 || bias.Shape[0] != weight.Shape[0]))
        {
            throw new ArgumentException($"linear: the bias must be ({weight.Shape[0]}), one number for each output, got {bias.Shape}.");
        }

        Tensor y = x.Rank == 1
            ? x.Reshape(1, -1).MatMul(weight, transposeRight: true).Reshape(weight.Shape[0])
            : x.MatMul(weight, transposeRight: true);
        return bias is null ? y : y + bias;
    }
}
