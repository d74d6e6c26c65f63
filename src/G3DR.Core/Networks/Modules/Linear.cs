using G3DR.Core.Tensors;

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
    public override Tensor Forward(Tensor x) => Functional.Linear(x, Weight, Bias);

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
