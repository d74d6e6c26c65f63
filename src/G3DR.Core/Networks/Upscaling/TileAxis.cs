namespace G3DR.Core.Networks;

/// <summary>
/// Tiles along one side of a picture: as few as there can be, all of one length, spread evenly. Never do more than two share a pixel, and what they weigh there adds up to 1.
/// </summary>
internal sealed class TileAxis
{
    // The share of the overlap at a tile's border that is not used: convolutions see zeros beyond it.
    private const float Unused = 0.25f;

    private readonly int[] _starts;

    /// <summary>Cuts a side.</summary>
    /// <param name="length">Pixels of the side.</param>
    /// <param name="longest">Pixels of a tile at most.</param>
    /// <param name="overlap">Pixels that neighbours share at least: at most a quarter of a tile.</param>
    public TileAxis(int length, int longest, int overlap)
    {
        int count = length <= longest ? 1 : (length - overlap + longest - overlap - 1) / (longest - overlap);
        Length = (int)((length + ((long)(count - 1) * overlap) + count - 1) / count);
        _starts = [.. Enumerable.Range(0, count).Select(i => count == 1 ? 0 : (int)((long)i * (length - Length) / (count - 1)))];
    }

    /// <summary>Pixels of each tile.</summary>
    public int Length { get; }

    /// <summary>Number of tiles.</summary>
    public int Count => _starts.Length;

    /// <summary>First pixel of a tile.</summary>
    public int Start(int tile) => _starts[tile];

    /// <summary>First pixel that no later tile than this one adds to; the end of the side for the last.</summary>
    public int Finished(int tile) => tile + 1 < Count ? _starts[tile + 1] : _starts[tile] + Length;

    /// <summary>
    /// What each pixel of a tile weighs after enlarging: 1, and where a neighbour lies 0 in the quarter at the border, then linearly rising, or the mirror image of it.
    /// </summary>
    public float[] Weights(int tile, int scale)
    {
        float[] weights = new float[Length * scale];
        Array.Fill(weights, 1);
        int before = tile > 0 ? (_starts[tile - 1] + Length - _starts[tile]) * scale : 0;
        for (int i = 0; i < before; i++)
        {
            weights[i] = Rise(i, before);
        }

        int after = tile + 1 < Count ? (_starts[tile] + Length - _starts[tile + 1]) * scale : 0;
        for (int i = 0; i < after; i++)
        {
            weights[^(after - i)] = 1 - Rise(i, after);
        }

        return weights;
    }

    private static float Rise(int position, int length) => Math.Clamp((((position + 0.5f) / length) - Unused) / (1 - (2 * Unused)), 0, 1);
}
