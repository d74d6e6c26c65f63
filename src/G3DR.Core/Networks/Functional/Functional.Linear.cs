using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <content>Linear layers.</content>
public static partial class Functional
{
    /// <summary>y = x W^T + b over the last axis.</summary>
    /// <param name="x">Input (..., inputs).</param>
    /// <param name="weight">W (outputs, inputs).</param>
    /// <param name="bias">b (outputs), or none.</param>
    /// <returns>Output (..., outputs).</returns>
    /// <exception cref="ArgumentException">The shapes do not fit each other; devices or element types differ.</exception>
    public static Tensor Linear(Tensor x, Tensor weight, Tensor? bias = null)
    {
        if (x.Rank < 1 || weight.Rank != 2 || x.Shape[^1] != weight.Shape[1] || (bias is not null && (bias.Rank != 1 || bias.Shape[0] != weight.Shape[0])))
        {
            throw new ArgumentException(
                $"linear: weights (outputs, inputs) need an input (..., inputs) and a bias (outputs); got weights {weight.Shape}, input {x.Shape}, bias {(bias is null ? "none" : bias.Shape.ToString())}.");
        }

        using var scope = TensorScope.Begin(x.Accelerator);
        Tensor rows = x.Rank == 1 ? x.Reshape(1, -1) : x;
        Tensor product = rows.MatMul(weight, transposeRight: true);
        Tensor y = bias is null ? product : product + bias;
        return scope.Keep(x.Rank == 1 ? y.Reshape(-1) : y);
    }
}
