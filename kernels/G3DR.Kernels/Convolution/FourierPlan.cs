namespace G3DR.Kernels.Convolution;

/// <summary>How a convolution by Fourier transforms is cut: sizes of tiles and what is in memory at a time.</summary>
/// <param name="Step">Outputs of a tile's side: 17 - the side of the kernel.</param>
/// <param name="TileRows">Tiles over the height of the output.</param>
/// <param name="TileColumns">Tiles over the width of the output.</param>
/// <param name="Tiles">Tiles of all pictures.</param>
/// <param name="Band">Tiles at a time.</param>
/// <param name="Groups">Parts of the frequencies, one of which is in memory at a time before it is multiplied.</param>
internal readonly unsafe record struct FourierPlan(int Step, int TileRows, int TileColumns, int Tiles, int Band, int Groups)
{
    // Floats of all memory in use, as far as the sizes allow; and channels of the widest panels.
    private const long MostMemory = 1 << 24;
    private const int Columns = FourierTransform.HalfSize, Line = 16, MostWidth = 32;

    /// <summary>A plan of a convolution: products [frequency][tile][channel] of inputs and weights.</summary>
    /// <param name="shape">Sizes of the convolution.</param>
    public static FourierPlan ForOutput(in ConvolutionShape shape)
    {
        long weights = (long)shape.InputChannels * RowStep(shape.OutputChannels);
        return For(shape, new(RowStep(shape.OutputChannels), 0, RowStep(shape.InputChannels), weights));
    }

    /// <summary>A plan of a gradient of weights: products [frequency][panel][part][input channel][output channel] of inputs and gradients of outputs.</summary>
    /// <param name="shape">Sizes of the convolution.</param>
    public static FourierPlan ForWeights(in ConvolutionShape shape)
    {
        long results = 2L * shape.InputChannels * Half(shape.OutputChannels);
        return For(shape, new(0, results, RowStep(shape.InputChannels) + RowStep(shape.OutputChannels), 0));
    }

    /// <summary>Elements between real and imaginary parts of a row of channels.</summary>
    public static int Half(int channels) => Shards.Count(channels, MostWidth) * MostWidth;

    /// <summary>Elements between rows of channels: an odd number of cache lines, so that rows do not evict each other.</summary>
    public static int RowStep(int channels) => (2 * Half(channels)) + Line;

    /// <summary>Elements between frequencies: an odd number of cache lines, so that these do not evict each other.</summary>
    /// <param name="length">Elements of a frequency.</param>
    public static long FrequencyStep(long length) => ((length + Line - 1) / Line | 1) * Line;

    /// <summary>The columns of a group of frequencies.</summary>
    public FourierColumns Group(int group) => new(Columns * group / Groups, Columns * (group + 1) / Groups);

    /// <summary>Most frequencies of a group.</summary>
    public int GroupFrequencies
    {
        get
        {
            int most = 0;
            for (int group = 0; group < Groups; group++)
            {
                most = Math.Max(most, Group(group).Count);
            }

            return most;
        }
    }

    /// <summary>The input in tiles.</summary>
    public TiledPicture Input(in ConvolutionShape shape, float* data) => new(
        (nint)data, shape.InputHeight, shape.InputWidth, shape.InputChannels, TileRows, TileColumns, Step, FourierTransform.Size, -shape.PadTop, -shape.PadLeft);

    /// <summary>The output in tiles.</summary>
    public TiledPicture Output(in ConvolutionShape shape, float* data) => new(
        (nint)data, shape.OutputHeight, shape.OutputWidth, shape.OutputChannels, TileRows, TileColumns, Step, Step, 0, 0);

    private static FourierPlan For(in ConvolutionShape shape, FrequencyLengths lengths)
    {
        int step = FourierTransform.Size + 1 - Math.Max(shape.KernelHeight, shape.KernelWidth);
        int rows = Shards.Count(shape.OutputHeight, step), columns = Shards.Count(shape.OutputWidth, step), tiles = checked(shape.Batch * rows * columns);

        // Products take at most half of the memory, and three groups at most the rest. Bands of one length.
        long most = Math.Min(Limit(MostMemory / 2, lengths.TileProducts), Limit(MostMemory, lengths.TileOperands));
        int band = tiles == 0 ? 0 : Shards.Count(tiles, Shards.Count(tiles, Math.Max(Line, most)));
        var plan = new FourierPlan(step, rows, columns, tiles, band, 1);
        long products = FourierTile.Frequencies * (lengths.Products + (band * lengths.TileProducts)), operands = lengths.Operands + (band * lengths.TileOperands);
        while (plan.Groups < Columns && products + (plan.GroupFrequencies * operands) > MostMemory)
        {
            plan = plan with { Groups = 3 * plan.Groups };
        }

        return plan;

        static long Limit(long memory, long tile) => tile == 0 ? int.MaxValue : memory / (FourierTile.Frequencies * tile);
    }

    // Elements of one frequency: for each tile, and for all.
    private readonly record struct FrequencyLengths(long TileProducts, long Products, long TileOperands, long Operands);
}
