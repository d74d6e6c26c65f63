using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Kernels.Reductions;

namespace G3DR.Kernels.Normalization;

/// <content>Kernels for devices with shared memory.</content>
public static partial class GroupNormKernels
{
    /// <summary>Mean and biased variance of groups of channels from those of their pieces; a group of items for each.</summary>
    /// <param name="partials">Means and sums of squared deviations (batch, pieces, 2, channels).</param>
    /// <param name="statistics">Results (batch, groups, 2).</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="pieceLength">Positions of a piece.</param>
    /// <param name="pieces">Pieces of a sample.</param>
    [GroupKernel(RowGroups.Items)]
    public static void MergeGroups(ArrayView<float> partials, ArrayView<float> statistics, GroupNormShape shape, int pieceLength, int pieces)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(RowGroups.Items);
        int group = Grid.IdxX, parts = pieces * shape.GroupChannels;
        float total = shape.GroupLength, pivot = partials[PartAt(shape, group, pieces, 0)], drift = 0f;
        for (int k = Group.IdxX; k < parts; k += RowGroups.Items)
        {
            drift += PartLength(shape, pieceLength, k) * (partials[PartAt(shape, group, pieces, k)] - pivot);
        }

        float mean = pivot + (RowGroups.Fold<SumReduction>(shared, drift, RowGroups.Items) / total), squares = 0f;
        drift = 0f;
        for (int k = Group.IdxX; k < parts; k += RowGroups.Items)
        {
            long at = PartAt(shape, group, pieces, k);
            float n = PartLength(shape, pieceLength, k), deviation = partials[at] - mean;
            drift += n * deviation;
            squares += partials[at + shape.Channels] + (n * deviation * deviation);
        }

        drift = RowGroups.Fold<SumReduction>(shared, drift, RowGroups.Items);
        squares = RowGroups.Fold<SumReduction>(shared, squares, RowGroups.Items);
        if (Group.IdxX == 0)
        {
            statistics[2L * group] = mean + (drift / total);
            statistics[(2L * group) + 1] = PartialSums.SquaresAroundMean(squares, drift, total) / total;
        }
    }

    /// <summary>The variant of the statistics for devices with shared memory.</summary>
    public static void StatisticsGroups(Accelerator device, GroupNormShape shape, ArrayView<float> x, ArrayView<float> statistics)
    {
        (int length, int pieces) = Pieces(shape);
        using MemoryBuffer<float> partials = device.Allocate<float>(2L * shape.Batch * pieces * shape.Channels);
        device.Launch(PieceStatisticsPlain, PieceExtent(shape, pieces), x, partials.View, shape, length, pieces);
        device.LaunchGroups(MergeGroups, new Index3D(checked(shape.Batch * shape.Groups), 1, 1), partials.View, statistics, shape, length, pieces);
    }
}
