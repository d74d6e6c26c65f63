using G3DR.Core.Tensors;
using G3DR.Kernels.Convolution;

namespace G3DR.Core.Networks;

/// <summary>Convolution of pictures with weights and perhaps a bias; the weights are standardised first where there is an epsilon for it.</summary>
internal sealed class ConvolutionTensorOp(ConvolutionShape shape, float? epsilon) : TensorOp
{
    public override string Name => "conv2d";

    public override IReadOnlyList<Tensor> Forward(OpContext context, IReadOnlyList<Tensor> inputs)
    {
        Tensor x = inputs[0], weight = inputs[1];
        Tensor? bias = inputs.Count > 2 ? inputs[2] : null;
        Tensor? statistics = epsilon is { } value ? Convolving.Statistics(weight, value) : null;
        Tensor y = x.Like([shape.Batch, shape.OutputHeight, shape.OutputWidth, shape.OutputChannels], Name);
        Convolving.Forward(shape, x, weight, bias, statistics, y);
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
        Tensor x = saved[0], weight = saved[1], g = gradients[0]!;
        Tensor? statistics = epsilon is null ? null : saved[2];
        var results = new Tensor?[context.InputShapes.Count];
        if (context.NeedsGradient(0))
        {
            results[0] = x.Like(x.Shape, Name);
            Convolving.InputGradient(shape, g, weight, statistics, results[0]!);
        }

        if (context.NeedsGradient(1))
        {
            results[1] = weight.Like(weight.Shape, Name);
            Convolving.WeightGradient(shape, x, g, results[1]!);
            if (statistics is not null)
            {
                Convolving.StandardizationPullback(weight, statistics, results[1]!);
            }
        }

        if (results.Length > 2 && context.NeedsGradient(2))
        {
            results[2] = Reducing.SumTo(g, context.InputShapes[2]);
        }

        return results;
    }
}
