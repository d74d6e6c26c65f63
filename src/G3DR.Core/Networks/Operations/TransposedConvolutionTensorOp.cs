using G3DR.Core.Tensors;
using G3DR.Kernels.Convolution;
using G3DR.Kernels.Elementwise;
using G3DR.Kernels.Normalization;

namespace G3DR.Core.Networks;

/// <summary>
/// Transposed convolution with weights and perhaps a bias. The map is the input gradient of the mirrored convolution, so its gradients are that convolution's
/// forward pass and weight gradient.
/// </summary>
internal sealed class TransposedConvolutionTensorOp(ConvolutionShape mirrored) : TensorOp
{
    public override string Name => "conv_transpose2d";

    public override IReadOnlyList<Tensor> Forward(OpContext context, IReadOnlyList<Tensor> inputs)
    {
        Tensor x = inputs[0], weight = inputs[1];
        Tensor y = x.Like([mirrored.Batch, mirrored.InputHeight, mirrored.InputWidth, mirrored.InputChannels], Name);
        Convolving.InputGradient(mirrored, x, weight, null, y);
        context.Save(x, weight);
        if (inputs.Count > 2)
        {
            Broadcasting.Run<ForwardOf<Add>>(y, inputs[2], inputs[2], y);
        }

        return [y];
    }

    public override IReadOnlyList<Tensor?> Backward(OpContext context, IReadOnlyList<Tensor?> gradients)
    {
        IReadOnlyList<Tensor> saved = context.Saved;
        Tensor x = saved[0], weight = saved[1], g = gradients[0]!;
        var results = new Tensor?[context.InputShapes.Count];
        if (context.NeedsGradient(0))
        {
            results[0] = x.Like(x.Shape, Name);
            Convolving.Forward(mirrored, g, weight, null, null, Activation.None, residual: null, results[0]!);
        }

        if (context.NeedsGradient(1))
        {
            results[1] = weight.Like(weight.Shape, Name);
            Convolving.WeightGradient(mirrored, g, x, results[1]!);
        }

        if (results.Length > 2 && context.NeedsGradient(2))
        {
            results[2] = Reducing.SumTo(g, context.InputShapes[2]);
        }

        return results;
    }
}
