using G3DR.Core.Tensors;

namespace G3DR.Core.Networks;

/// <summary>Sinusoids of a time, from which a small network makes the embedding that modulates every block.</summary>
internal static class TimeEmbedding
{
    private const double LongestPeriod = 10000;

    /// <summary>Time (N) to embedding (N, 4 channels): sinusoids, linear, GELU, linear.</summary>
    public static Sequential Network(Initializer initializer, int channels) => new(
        new FunctionLayer(time => Sinusoids(time, channels), shape => [shape[0], channels]),
        new Linear(initializer, channels, 4 * channels),
        new FunctionLayer(x => x.Gelu()),
        new Linear(initializer, 4 * channels, 4 * channels));

    /// <summary>Sines, then cosines, of the time at falling frequencies (Vaswani et al., 2017, in lucidrains' spacing).</summary>
    private static Tensor Sinusoids(Tensor time, int channels)
    {
        using var scope = TensorScope.Begin(time.Accelerator);
        double step = Math.Log(LongestPeriod) / ((channels / 2) - 1);
        double[] frequencies = [.. Enumerable.Range(0, channels / 2).Select(k => Math.Exp(-step * k))];
        Tensor angles = time.Reshape(-1, 1) * Tensor.FromArray(time.Accelerator, frequencies, [frequencies.Length], time.DType);
        return scope.Keep(Tensor.Concat([angles.Sin(), angles.Cos()], axis: -1));
    }
}
