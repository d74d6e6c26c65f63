using G3DR.Core.Tensors;
using G3DR.Kernels.Normalization;

namespace G3DR.Core.Networks;

/// <summary>Normalisation over positions and the channels of each group, for each picture by itself (Wu and He, ECCV 2018).</summary>
public sealed class GroupNorm : Layer
{
    private readonly Slot _weight, _bias;

    /// <summary>Makes the parameters: <c>weight</c> (channels) of ones and <c>bias</c> (channels) of zeros.</summary>
    /// <param name="initializer">Makes the values.</param>
    /// <param name="groups">Number of groups; as many as channels gives instance normalisation.</param>
    /// <param name="channels">Channels of the input.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <exception cref="ArgumentException">The groups do not divide the channels.</exception>
    public GroupNorm(Initializer initializer, int groups, int channels, float epsilon = 1e-5f)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(groups, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        if (channels % groups != 0)
        {
            throw new ArgumentException($"{groups} groups do not divide {channels} channels.", nameof(groups));
        }

        (Groups, Epsilon) = (groups, epsilon);
        _weight = AddParameter("weight", initializer.Constant([channels], 1));
        _bias = AddParameter("bias", initializer.Constant([channels], 0));
    }

    /// <summary>Number of groups.</summary>
    public int Groups { get; }

    /// <summary>Added to the variance.</summary>
    public float Epsilon { get; }

    /// <summary>Gains (channels).</summary>
    public Tensor Weight => _weight.Tensor;

    /// <summary>Offsets (channels).</summary>
    public Tensor Bias => _bias.Tensor;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Forward(x, scaleShift: null);

    /// <summary>Normalises, modulates, activates and adds in one pass.</summary>
    /// <param name="x">Input (N, ..., C).</param>
    /// <param name="scaleShift">Scale, then shift, of every channel (N, 2C): the normalised value times (1 + scale) plus shift; or null.</param>
    /// <param name="activation">What follows.</param>
    /// <param name="residual">Added to the result, of the shape of the input; or null.</param>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public Tensor Forward(Tensor x, Tensor? scaleShift, Activation activation = Activation.None, Tensor? residual = null) =>
        Functional.GroupNorm(x, Groups, Weight, Bias, Epsilon, scaleShift: scaleShift, activation: activation, residual: residual);
}
