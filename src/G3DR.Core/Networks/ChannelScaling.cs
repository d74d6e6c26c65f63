using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>Normalisation of pictures by fixed numbers.</summary>
internal static class ChannelScaling
{
    /// <summary>(x - mean) / deviation, channel by channel.</summary>
    /// <exception cref="ArgumentException">The channels are not as many as the numbers.</exception>
    public static Tensor Apply(Tensor x, IReadOnlyList<float> mean, IReadOnlyList<float> deviation)
    {
        if (x.Rank < 1 || x.Shape[^1] != mean.Count)
        {
            throw new ArgumentException($"Normalisation needs {mean.Count} channels, got {x.Shape}.", nameof(x));
        }

        using var scope = TensorScope.Begin(x.Accelerator);
        Tensor Channels(IReadOnlyList<float> values) => Tensor.FromArray(x.Accelerator, [.. values.Select(value => (double)value)], [values.Count], x.DType);
        return scope.Keep((x - Channels(mean)) / Channels(deviation));
    }
}
