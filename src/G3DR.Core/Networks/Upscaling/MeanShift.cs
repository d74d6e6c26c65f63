using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>Takes the mean colour of the training pictures away, or adds it again: a fixed 1x1 convolution that stands in the checkpoint and is not trained.</summary>
internal sealed class MeanShift : Layer
{
    // Mean red, green and blue of DIV2K (Agustsson and Timofte, CVPR workshops 2017), of 1.
    private static readonly float[] s_mean = [0.4488f, 0.4371f, 0.4040f];

    private readonly Slot _weight, _bias;
    private readonly int _sign;

    public MeanShift(Initializer initializer, int sign)
    {
        _sign = sign;
        _weight = AddBuffer("weight", initializer.Buffer([Rcan.Colors, Rcan.Colors, 1, 1], 0));
        _bias = AddBuffer("bias", initializer.Buffer([Rcan.Colors], 0));
        Reset();
    }

    /// <summary>Gives the tensors the values that all published networks have.</summary>
    public void Reset()
    {
        Set(_weight.Tensor, [1, 0, 0, 0, 1, 0, 0, 0, 1]);

        // Rounded to single precision, as they are published.
        Set(_bias.Tensor, [.. s_mean.Select(mean => (double)(_sign * (float)Rcan.Range * mean))]);
    }

    public override Tensor Forward(Tensor x) => Functional.Conv2d(x, _weight.Tensor, _bias.Tensor);

    private static void Set(Tensor tensor, double[] values)
    {
        using Tensor source = Tensor.FromArray(tensor.Accelerator, values, tensor.Shape, tensor.DType);
        tensor.CopyFrom(source);
    }
}
