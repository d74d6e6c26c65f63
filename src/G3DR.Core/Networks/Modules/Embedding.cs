using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>A table of vectors that are looked up by number.</summary>
public sealed class Embedding : Module
{
    private readonly Slot _weight;

    /// <summary>Makes the table: <c>weight</c> (count, channels) of standard normal numbers.</summary>
    /// <param name="initializer">Makes the values.</param>
    /// <param name="count">Number of vectors.</param>
    /// <param name="channels">Length of a vector.</param>
    public Embedding(Initializer initializer, int count, int channels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        _weight = AddParameter("weight", initializer.Normal([count, channels]));
    }

    /// <summary>The table (count, channels).</summary>
    public Tensor Weight => _weight.Tensor;

    /// <summary>Looks vectors up.</summary>
    /// <param name="indices">Their numbers.</param>
    /// <returns>The vectors (indices, channels).</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such vector.</exception>
    public Tensor Forward(ReadOnlySpan<int> indices) => Functional.Embedding(Weight, indices);
}
