using G3DR.Core.Tensors;
using G3DR.Kernels.Normalization;

namespace G3DR.Core.Networks;

/// <content>Normalisation.</content>
public static partial class Functional
{
    /// <summary>
    /// Group normalisation (Wu and He, arXiv:1803.08494) with what surrounds it in a network, computed in one pass:
    /// act((xhat weight + bias) (scale + 1) + shift) + residual, xhat = (x - mean) / sqrt(var + epsilon) with mean and biased variance of each group of neighbouring
    /// channels of a sample. As many groups as channels make it instance normalisation.
    /// </summary>
    /// <param name="x">Tensor (N, ..., C).</param>
    /// <param name="groups">Number of groups, a divisor of C.</param>
    /// <param name="weight">Factors (C); 1 if left out.</param>
    /// <param name="bias">Summands (C); 0 if left out.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="scaleShift">For each sample C scales, then C shifts (N, 2 C); 0 if left out.</param>
    /// <param name="activation">Applied before the residual is added.</param>
    /// <param name="residual">Added at the end (N, ..., C).</param>
    /// <returns>Tensor of the shape of <paramref name="x"/>.</returns>
    /// <exception cref="ArgumentException">A shape does not fit, or there is nothing to normalise.</exception>
    public static Tensor GroupNorm(
        Tensor x,
        int groups,
        Tensor? weight = null,
        Tensor? bias = null,
        float epsilon = 1e-5f,
        Tensor? scaleShift = null,
        Activation activation = Activation.None,
        Tensor? residual = null)
    {
        const string name = "group_norm";
        int channels = RequireChannels(name, x);
        if (groups < 1 || channels % groups != 0)
        {
            throw new ArgumentException($"'{name}' needs a number of groups that divides the {channels} channels of {x}, got {groups}.", nameof(groups));
        }

        RequireShape(name, "weight", weight, [channels]);
        RequireShape(name, "bias", bias, [channels]);
        RequireShape(name, "scaleShift", scaleShift, [x.Shape[0], 2 * channels]);
        RequireShape(name, "residual", residual, x.Shape);
        var shape = new GroupNormShape(x.Shape[0], checked((int)(x.Length / x.Shape[0] / channels)), channels, groups, epsilon);
        var inputs = new OptionalInputs(x, weight, bias, scaleShift, residual);
        return new GroupNormTensorOp(name, inputs, shape, activation).Apply(inputs.Present);
    }

    /// <summary>
    /// Layer normalisation (Ba, Kiros and Hinton, arXiv:1607.06450) over the last axis: (x - mean) / sqrt(var + epsilon) * weight + bias with the biased variance.
    /// </summary>
    /// <param name="x">Tensor (..., C).</param>
    /// <param name="weight">Factors (C); 1 if left out.</param>
    /// <param name="bias">Summands (C); 0 if left out.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <returns>Tensor of the shape of <paramref name="x"/>.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static Tensor LayerNorm(Tensor x, Tensor? weight = null, Tensor? bias = null, float epsilon = 1e-5f)
    {
        const string name = "layer_norm";
        if (x.Rank < 1 || x.Shape[^1] < 1)
        {
            throw new ArgumentException($"'{name}' needs a last axis with elements, got {x}.", nameof(x));
        }

        RequireShape(name, "weight", weight, [x.Shape[^1]]);
        RequireShape(name, "bias", bias, [x.Shape[^1]]);
        var inputs = new OptionalInputs(x, weight, bias);
        return new LayerNormTensorOp(inputs, epsilon).Apply(inputs.Present);
    }

    /// <summary>
    /// Batch normalisation (Ioffe and Szegedy, arXiv:1502.03167): each channel is normalised over all samples and positions. In training with the mean and biased variance of
    /// the batch, towards which the running ones are moved, the variance being unbiased there; otherwise with the running ones, or with the batch's if there are none.
    /// </summary>
    /// <param name="x">Tensor (N, ..., C).</param>
    /// <param name="runningMean">Running means (C), updated in training; given with <paramref name="runningVar"/> or not at all.</param>
    /// <param name="runningVar">Running variances (C), updated in training.</param>
    /// <param name="weight">Factors (C); 1 if left out.</param>
    /// <param name="bias">Summands (C); 0 if left out.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="training">Whether the network is being trained.</param>
    /// <param name="momentum">Weight of the batch in the running statistics.</param>
    /// <param name="activation">Applied to the result.</param>
    /// <param name="residual">Added at the end (N, ..., C).</param>
    /// <returns>Tensor of the shape of <paramref name="x"/>.</returns>
    /// <exception cref="ArgumentException">A shape does not fit, or there is only one element of a channel to train with.</exception>
    public static Tensor BatchNorm(
        Tensor x,
        Tensor? runningMean,
        Tensor? runningVar,
        Tensor? weight = null,
        Tensor? bias = null,
        float epsilon = 1e-5f,
        bool training = false,
        float momentum = 0.1f,
        Activation activation = Activation.None,
        Tensor? residual = null)
    {
        const string name = "batch_norm";
        int channels = RequireChannels(name, x);
        if (runningMean is null != runningVar is null)
        {
            throw new ArgumentException($"'{name}' needs both the running mean and the running variance, or neither.", nameof(runningMean));
        }

        RequireShape(name, "runningMean", runningMean, [channels]);
        RequireShape(name, "runningVar", runningVar, [channels]);
        RequireShape(name, "weight", weight, [channels]);
        RequireShape(name, "bias", bias, [channels]);
        RequireShape(name, "residual", residual, x.Shape);
        int positions = checked((int)(x.Length / channels));
        if (training && positions < 2)
        {
            throw new ArgumentException($"'{name}' needs more than one element of each channel to train with, got {x}.", nameof(x));
        }

        RunningNumbers? running = null;
        if (runningMean is not null && runningVar is not null)
        {
            RequireLike(name, x, runningMean);
            RequireLike(name, x, runningVar);
            running = new(runningMean, runningVar, training, momentum);
        }

        var inputs = new OptionalInputs(x, weight, bias, null, residual);
        return new GroupNormTensorOp(name, inputs, new(1, positions, channels, channels, epsilon), activation, running).Apply(inputs.Present);
    }

    private static int RequireChannels(string name, Tensor x) => x.Rank >= 2 && x.Length > 0
        ? x.Shape[^1]
        : throw new ArgumentException($"'{name}' needs elements in a shape (N, ..., C), got {x}.", nameof(x));

    private static void RequireShape(string name, string parameter, Tensor? tensor, Shape shape)
    {
        if (tensor is not null && tensor.Shape != shape)
        {
            throw new ArgumentException($"'{name}' needs a {parameter} of shape {shape}, got {tensor}.", parameter);
        }
    }

    // The running statistics are no inputs of the operation, so it does not check them.
    private static void RequireLike(string name, Tensor x, Tensor running)
    {
        running.ThrowIfDisposed();
        Tensor.RequireSameDevice(name, x, running);
        if (running.DType != x.DType)
        {
            throw new ArgumentException($"'{name}' got {x} and {running}; element types must be the same.", nameof(running));
        }
    }
}
