using G3DR.Core.Tensors;
using G3DR.Kernels.Normalization;

namespace G3DR.Core.Networks;

/// <summary>
/// A transformer block with normalisation before each branch: x + attention(norm(x)), then x + perceptron(norm(x)) (Vaswani et al., 2017; Dosovitskiy et al., "An image is
/// worth 16x16 words", ICLR 2021).
/// </summary>
internal sealed class TransformerBlock : Layer
{
    private readonly LayerNorm _attentionNorm, _mlpNorm;
    private readonly Slot _projectionWeight, _projectionBias;
    private readonly Slot? _attentionScale, _mlpScale;
    private readonly Linear _attentionOutput, _expansion, _contraction;
    private readonly AttentionOptions _attention;
    private readonly Activation _activation;

    /// <summary>Makes the parameters.</summary>
    public TransformerBlock(Initializer initializer, TransformerBlockOptions options)
    {
        (int width, TransformerNames names) = (options.Width, options.Names);
        int hidden = options.HiddenWidth ?? checked(4 * width);
        _attention = new() { Heads = options.Heads, Causal = options.Causal };
        _activation = options.Activation;
        _attentionNorm = AddChild(names.AttentionNorm, new LayerNorm(initializer, width, options.Epsilon));
        _projectionWeight = AddParameter(names.Projection + "weight", initializer.FanIn([checked(3 * width), width], width));
        _projectionBias = AddParameter(names.Projection + "bias", initializer.FanIn([3 * width], width));
        _attentionOutput = AddChild(names.AttentionOutput, new Linear(initializer, width, width));
        _attentionScale = options.LayerScale ? AddParameter(names.AttentionScale, initializer.Constant([width], 1)) : null;
        _mlpNorm = AddChild(names.MlpNorm, new LayerNorm(initializer, width, options.Epsilon));
        _expansion = AddChild(names.Expansion, new Linear(initializer, width, hidden));
        _contraction = AddChild(names.Contraction, new Linear(initializer, hidden, width));
        _mlpScale = options.LayerScale ? AddParameter(names.MlpScale, initializer.Constant([width], 1)) : null;
    }

    /// <summary>Tokens (N, L, width) to tokens of the same shape.</summary>
    public override Tensor Forward(Tensor x)
    {
        using var scope = TensorScope.Begin(x.Accelerator);
        using Tensor attended = Attend(x);
        return scope.Keep(Perceive(attended));
    }

    /// <inheritdoc/>
    public override Shape Trace(ModelTrace trace, Shape input)
    {
        long tokens = (long)input[0] * input[1], width = input[2];

        // Queries, keys and values; then the products with keys and with values.
        trace.AddProducts(checked((tokens * width * 3 * width) + (2 * tokens * input[1] * width)));
        return trace.Run(_contraction, trace.Run(_expansion, trace.Run(_attentionOutput, input)));
    }

    private Tensor Attend(Tensor x)
    {
        using var scope = TensorScope.Begin(x.Accelerator);
        Tensor projected;
        using (Tensor normalized = _attentionNorm.Forward(x))
        {
            projected = Functional.Linear(normalized, _projectionWeight.Tensor, _projectionBias.Tensor);
        }

        Tensor mixed = Functional.SelfAttention(projected, _attention);
        projected.Dispose();
        return scope.Keep(AddBranch(x, _attentionOutput, mixed, _attentionScale));
    }

    private Tensor Perceive(Tensor x)
    {
        using var scope = TensorScope.Begin(x.Accelerator);
        Tensor expanded;
        using (Tensor normalized = _mlpNorm.Forward(x))
        {
            expanded = _expansion.Forward(normalized, _activation);
        }

        return scope.Keep(AddBranch(x, _contraction, expanded, _mlpScale));
    }

    // x plus the end of a branch, in the pass that computes it where the branch is not scaled.
    private static Tensor AddBranch(Tensor x, Linear end, Tensor branch, Slot? scale)
    {
        if (scale is null)
        {
            return end.Forward(branch, Activation.None, residual: x);
        }

        using Tensor result = end.Forward(branch), scaled = result * scale.Tensor;
        return x + scaled;
    }
}
