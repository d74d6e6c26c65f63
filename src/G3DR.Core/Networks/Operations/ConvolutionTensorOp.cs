using G3DR.Core.Tensors;
using G3DR.Kernels.Convolution;
using G3DR.Kernels.Normalization;

namespace G3DR.Core.Networks;

/// <summary>
/// Convolution of pictures with weights and perhaps a bias, an activation and a residual; the weights are standardised first where there is an epsilon for it.
/// Inputs: x, weight, then bias and residual, or none.
/// </summary>
/// <param name="inputs">The inputs.</param>
/// <param name="shape">Sizes.</param>
/// <param name="epsilon">Epsilon of weight standardisation, or none.</param>
/// <param name="activation">Activation.</param>
internal sealed class ConvolutionTensorOp(OptionalInputs inputs, ConvolutionShape shape, float? epsilon, Activation activation) : TensorOp
{
    private const int X = 0, Weight = 1, Bias = 2, Residual = 3;

    private readonly ActivatedResult _result = new(activation);

    public override string Name => "conv2d";

    /// <summary>Shape of the result.</summary>
    public static Shape ResultShape(in ConvolutionShape shape) => [shape.Batch, shape.OutputHeight, shape.OutputWidth, shape.OutputChannels];

    public override IReadOnlyList<Tensor> Forward(OpContext context, IReadOnlyList<Tensor> present)
    {
        Tensor x = present[X], weight = present[Weight];
        Tensor? statistics = epsilon is { } value ? Convolving.Statistics(weight, value) : null;
        Tensor y = _result.Forward(
            context,
            x.Like(ResultShape(shape), Name),
            inputs.Get(present, Residual),
            (function, residual, result) => Convolving.Forward(shape, x, weight, inputs.Get(present, Bias), statistics, function, residual, result));
        context.Save(x, weight);
        if (statistics is not null)
        {
            context.Save(statistics);
        }

        return [y];
    }

    public override IReadOnlyList<Tensor?> Backward(OpContext context, IReadOnlyList<Tensor?> gradients)
    {
        IReadOnlyList<Tensor> saved = context.Saved;
        Tensor x = saved[_result.Saved + X], weight = saved[_result.Saved + Weight], g = gradients[0]!, product = _result.Backward(context, g);
        Tensor? statistics = epsilon is null ? null : saved[_result.Saved + 2];
        Tensor? dx = inputs.Gradient(context, g, X, Name), dw = inputs.Gradient(context, g, Weight, Name);
        if (dx is not null)
        {
            Convolving.InputGradient(shape, product, weight, statistics, dx);
        }

        if (dw is not null)
        {
            Convolving.WeightGradient(shape, x, product, dw);
            if (statistics is not null)
            {
                Convolving.StandardizationPullback(weight, statistics, dw);
            }
        }

        return inputs.OfPresent(dx, dw, inputs.SumGradient(context, product, Bias), g);
    }
}
