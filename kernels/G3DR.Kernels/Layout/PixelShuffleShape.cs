namespace G3DR.Kernels.Layout;

/// <summary>
/// Sizes of a pixel shuffle: the wide side (Batch, Height * Factor, Width * Factor, Channels) and the deep side (Batch, Height, Width, Channels * Factor^2),
/// whose channel c * Factor^2 + p * Factor + q is channel c of pixel (p, q) of a Factor x Factor block: the order of PyTorch's <c>pixel_shuffle</c>.
/// </summary>
/// <param name="Batch">Pictures.</param>
/// <param name="Height">Rows of the deep side.</param>
/// <param name="Width">Columns of the deep side.</param>
/// <param name="Channels">Channels of the wide side.</param>
/// <param name="Factor">Rows and columns of a block.</param>
public readonly record struct PixelShuffleShape(int Batch, int Height, int Width, int Channels, int Factor)
{
    /// <summary>Pixels of a block.</summary>
    public int Block => Factor * Factor;

    /// <summary>Elements of a row of the wide side.</summary>
    public long WideRow => (long)Width * Factor * Channels;

    /// <summary>Rows of the deep side, of the whole batch.</summary>
    public long DeepRows => (long)Batch * Height;

    /// <summary>Elements of either side.</summary>
    public long Length => DeepRows * Width * Channels * Block;
}
