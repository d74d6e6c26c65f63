using G3DR.Compute;

namespace G3DR.Kernels.Normalization;

/// <summary>
/// How vectors walk over (positions, channels): as one line of numbers, along which what belongs to channels repeats. The period is a multiple of the channels and of
/// all vector lengths, so that any number of channels fills vectors.
/// </summary>
internal static class ChannelPeriod
{
    // Vectors have at most 16 lanes. In a shorter period sums would wait for each other; a longer one does not fit the first-level cache or the stack.
    private const int Lanes = 16, Shortest = 64, Longest = 1 << 14;

    /// <summary>Whether this number of channels has a period of bearable length; multiples of 16 have their own number.</summary>
    public static bool Fits(int channels) => channels <= Longest && Length(channels) <= Longest;

    /// <summary>Length of the period.</summary>
    public static int Length(int channels)
    {
        int length = channels * (Lanes / Math.Min(Lanes, channels & -channels));
        while (length < Shortest)
        {
            length *= 2;
        }

        return length;
    }

    /// <summary>Repeats rows (rows, channels) to full periods (rows, period).</summary>
    public static void Repeat(Accelerator device, ArrayView<float> rows, ArrayView<float> repeated, int channels)
    {
        int period = Length(channels);
        Shards.For(
            device,
            rows.Length / channels,
            (start, end) =>
            {
                for (long row = start; row < end; row++)
                {
                    Span<float> source = rows.SubView(row * channels, channels).AsSpan();
                    for (int at = 0; at < period; at += channels)
                    {
                        source.CopyTo(repeated.SubView((row * period) + at, channels).AsSpan());
                    }
                }
            },
            size: Math.Max(1, Shards.Elements / period));
    }
}

/// <summary>Shards of a tensor (batch, positions, channels): some positions of one sample.</summary>
internal readonly struct SampleShards
{
    // Sums of a shard are few numbers beside it.
    private const int FewestPositions = 16;

    private readonly GroupNormShape _shape;
    private readonly int _positions;

    public SampleShards(GroupNormShape shape)
    {
        _shape = shape;
        _positions = Math.Max(FewestPositions, Shards.Elements / shape.Channels);
        PerSample = Shards.Count(shape.Positions, _positions);
    }

    /// <summary>Shards of a sample.</summary>
    public int PerSample { get; }

    /// <summary>Shards of all samples.</summary>
    public int Count => checked(PerSample * _shape.Batch);

    /// <summary>Sample that a shard belongs to.</summary>
    public int Sample(int shard) => shard / PerSample;

    /// <summary>First element of a shard.</summary>
    public long Start(int shard) => (((long)Sample(shard) * _shape.Positions) + (shard % PerSample * (long)_positions)) * _shape.Channels;

    /// <summary>Positions of a shard.</summary>
    public int Positions(int shard) => Math.Min(_positions, _shape.Positions - (shard % PerSample * _positions));

    /// <summary>Elements of a shard.</summary>
    public int Length(int shard) => Positions(shard) * _shape.Channels;
}
