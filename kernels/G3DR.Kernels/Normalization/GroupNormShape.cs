using System.Numerics;
using G3DR.Compute;

namespace G3DR.Kernels.Normalization;

/// <summary>Sizes of a group normalisation of (batch, positions, channels).</summary>
/// <param name="Batch">Samples.</param>
/// <param name="Positions">Positions of a sample, for example height times width.</param>
/// <param name="Channels">Channels.</param>
/// <param name="Groups">Groups of neighbouring channels; a divisor of their number.</param>
/// <param name="Epsilon">Added to the variance.</param>
public readonly record struct GroupNormShape(int Batch, int Positions, int Channels, int Groups, float Epsilon)
{
    /// <summary>Channels of a group.</summary>
    public int GroupChannels => Channels / Groups;

    /// <summary>Elements of the tensor.</summary>
    public long Length => (long)Batch * Positions * Channels;

    /// <summary>Elements that are normalised together.</summary>
    public long GroupLength => (long)Positions * (Channels / Groups);
}

/// <summary>What follows the normalisation; views that are empty are left out.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="Weight">Factors of the channels (channels).</param>
/// <param name="Bias">Summands of the channels (channels).</param>
/// <param name="ScaleShift">For each sample what is added to a factor 1 for the channels, then what is added to them (batch, 2 channels).</param>
public readonly record struct GroupNormAffine<T>(ArrayView<T> Weight, ArrayView<T> Bias, ArrayView<T> ScaleShift)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>The same views, of which the type is known at run time to be <typeparamref name="TOther"/>.</summary>
    internal GroupNormAffine<TOther> Cast<TOther>()
        where TOther : unmanaged, IFloatingPointIeee754<TOther> => new(Weight.Cast<TOther>(), Bias.Cast<TOther>(), ScaleShift.Cast<TOther>());
}
