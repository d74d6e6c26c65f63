using G3DR.Core.Tensors;
using G3DR.Kernels.Normalization;

namespace G3DR.Core.Networks;

/// <summary>
/// Normalisation over pictures and positions of each channel (Ioffe and Szegedy, ICML 2015): by the batch's own statistics in training, by running ones in inference.
/// </summary>
public sealed class BatchNorm2d : Layer
{
    private readonly Slot _weight, _bias, _mean, _variance, _batches;
    private readonly float _epsilon, _momentum;

    /// <summary>
    /// Makes the parameters <c>weight</c> and <c>bias</c>, and the buffers <c>running_mean</c>, <c>running_var</c> (channels) and <c>num_batches_tracked</c> (a scalar).
    /// </summary>
    /// <param name="initializer">Makes the values.</param>
    /// <param name="channels">Channels of the input.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="momentum">Share of a new batch in the running statistics.</param>
    public BatchNorm2d(Initializer initializer, int channels, float epsilon = 1e-5f, float momentum = 0.1f)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        (_epsilon, _momentum) = (epsilon, momentum);
        _weight = AddParameter("weight", initializer.Constant([channels], 1));
        _bias = AddParameter("bias", initializer.Constant([channels], 0));
        _mean = AddBuffer("running_mean", initializer.Buffer([channels], 0));
        _variance = AddBuffer("running_var", initializer.Buffer([channels], 1));
        _batches = AddBuffer("num_batches_tracked", initializer.Buffer([], 0));
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Forward(x, Activation.None);

    /// <summary>Normalises, activates and adds in one pass.</summary>
    /// <param name="x">Input (N, ..., C).</param>
    /// <param name="activation">Applied to the normalised values.</param>
    /// <param name="residual">Added after the activation, of the shape of the input; or none.</param>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public Tensor Forward(Tensor x, Activation activation, Tensor? residual = null)
    {
        Tensor y = Functional.BatchNorm(
            x, _mean.Tensor, _variance.Tensor, _weight.Tensor, _bias.Tensor, _epsilon, IsTraining, _momentum, activation, residual);
        if (IsTraining)
        {
            using Tensor one = Tensor.Ones(x.Accelerator, [], x.DType);
            _batches.Tensor.AddInPlace(one);
        }

        return y;
    }
}
