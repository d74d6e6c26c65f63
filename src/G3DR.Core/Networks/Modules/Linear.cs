using G3DR.Core.Tensors;
using G3DR.Kernels.Normalization;

namespace G3DR.Core.Networks;

/// <summary>y = x W^T + b over the last axis.</summary>
public sealed class Linear : Layer
{
    private readonly Slot _weight;
    private readonly Slot? _bias;

    /// <summary>Makes the parameters: <c>weight</c> (outputs, inputs) and <c>bias</c> (outputs).</summary>
    /// <param name="initializer">Makes the values.</param>
    /// <param name="inputs">Length of the last axis of the input.</param>
    /// <param name="outputs">Length of the last axis of the output.</param>
    /// <param name="bias">Whether a bias is added.</param>
    public Linear(Initializer initializer, int inputs, int outputs, bool bias = true)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        _weight = AddParameter("weight", initializer.FanIn([outputs, inputs], inputs));
        _bias = bias ? AddParameter("bias", initializer.FanIn([outputs], inputs)) : null;
    }

    /// <summary>W (outputs, inputs).</summary>
    public Tensor Weight => _weight.Tensor;

    /// <summary>b (outputs), or <see langword="null"/>.</summary>
    public Tensor? Bias => _bias?.Tensor;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Forward(x, Activation.None);

    /// <summary>Maps, activates and adds in one pass.</summary>
    /// <param name="x">Rows (..., inputs).</param>
    /// <param name="activation">Applied to the result.</param>
    /// <param name="residual">Added at the end, of the shape of the result; or none.</param>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public Tensor Forward(Tensor x, Activation activation, Tensor? residual = null) => Functional.Linear(x, Weight, Bias, activation, residual);

    /// <inheritdoc/>
    public override Shape Trace(ModelTrace trace, Shape input)
    {
        if (input.Rank == 0 || input[^1] != Weight.Shape[1])
        {
            throw new ArgumentException($"A linear layer of {Weight.Shape[1]} inputs got shape {input}.", nameof(input));
        }

        trace.AddProducts(checked(input.Length * Weight.Shape[0]));
        return [.. input.AsSpan()[..^1], Weight.Shape[0]];
    }
}
