namespace G3DR.Kernels.Attention;

/// <summary>
/// Sizes of linear attention over packed queries, keys and values (Batch, Length, 3 * Heads * Depth). Sums over positions are cut into chunks, by the length alone,
/// whose partial sums are added in order.
/// </summary>
/// <param name="Batch">Sequences.</param>
/// <param name="Length">Positions of a sequence.</param>
/// <param name="Heads">Heads.</param>
/// <param name="Depth">Channels of a head.</param>
public readonly record struct LinearAttentionShape(int Batch, int Length, int Heads, int Depth)
{
    /// <summary>Positions of a chunk.</summary>
    public const int ChunkLength = 512;

    /// <summary>Channels of all heads.</summary>
    public int Channels => Heads * Depth;

    /// <summary>Elements from a position to the next.</summary>
    public int Step => 3 * Heads * Depth;

    /// <summary>Chunks of a sequence.</summary>
    public int Chunks => (Length + ChunkLength - 1) / ChunkLength;

    /// <summary>Elements of the statistics of the keys (2, Batch, Channels): largest key, and sum of the exponentials of the others relative to it.</summary>
    public int StatisticsLength => 2 * Batch * Channels;

    /// <summary>Elements of the contexts (Batch, Channels, Depth): for every channel of the keys the weighted mean of each channel of the values.</summary>
    public int ContextLength => Batch * Channels * Depth;

    /// <summary>First position of a chunk.</summary>
    public static int First(int chunk) => chunk * ChunkLength;

    /// <summary>Position behind the last one of a chunk.</summary>
    public int End(int chunk) => (chunk + 1) * ChunkLength < Length ? (chunk + 1) * ChunkLength : Length;

    /// <summary>Query of a head at a position; the key follows after <see cref="Channels"/> elements, the value after twice as many.</summary>
    public long QueryAt(int sequence, int position, int head) => ((((long)sequence * Length) + position) * Step) + (head * Depth);

    /// <summary>Result of a head at a position.</summary>
    public long ResultAt(int sequence, int position, int head) => ((((long)sequence * Length) + position) * Channels) + (head * Depth);
}
