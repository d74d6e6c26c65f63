using G3DR.Compute;

namespace G3DR.Kernels.Attention;

/// <content>What the kernels are made of. Every item of a group must call these; those with slices contain barriers.</content>
public static partial class AttentionTiles
{
    // Products of the rows of two operands: item (x, y) has those of rows y, y + 8, ... of the first with rows x, x + 8, ... of the second.
    private static void Products(
        ArrayView<float> a,
        long startA,
        int stepA,
        int rowsA,
        ArrayView<float> b,
        long startB,
        int stepB,
        int rowsB,
        int depth,
        ArrayView<float> left,
        ArrayView<float> right,
        Span<float> products)
    {
        for (int i = 0; i < PerItem * PerItem; i++)
        {
            products[i] = 0f;
        }

        for (int done = 0; done < depth; done += Slice)
        {
            int steps = XMath.Min(Slice, depth - done);
            LoadSlice(a, startA + done, stepA, rowsA, steps, left);
            LoadSlice(b, startB + done, stepB, rowsB, steps, right);
            Group.Barrier();
            for (int step = 0; step < Slice; step++)
            {
                for (int i = 0; i < PerItem; i++)
                {
                    float value = left[(step * Pitch) + Group.IdxY + (i * Side)];
                    for (int j = 0; j < PerItem; j++)
                    {
                        products[(i * PerItem) + j] = XMath.FusedMultiplyAdd(
                            value, right[(step * Pitch) + Group.IdxX + (j * Side)], products[(i * PerItem) + j]);
                    }
                }
            }

            // Before the next slice takes the place of this one.
            Group.Barrier();
        }
    }

    // Element (step, row) of a slice along the channels; zero outside.
    private static void LoadSlice(ArrayView<float> source, long start, int rowStep, int rows, int steps, ArrayView<float> slice)
    {
        int item = (Group.IdxY * Side) + Group.IdxX, step = item % Slice;
        for (int row = item / Slice; row < Tile; row += Items / Slice)
        {
            slice[(step * Pitch) + row] = row < rows && step < steps ? source[start + ((long)row * rowStep) + step] : 0f;
        }
    }

    // Rows of up to 64 channels; zero outside.
    private static void Load(ArrayView<float> source, long start, int rowStep, int rows, int channels, ArrayView<float> target)
    {
        int channel = (Group.IdxY * Side) + Group.IdxX;
        for (int row = 0; row < Tile; row++)
        {
            target[(row * Channels) + channel] = row < rows && channel < channels ? source[start + ((long)row * rowStep) + channel] : 0f;
        }
    }

    // Scores of a tile, -infinity where there is no key or it must not be seen.
    private static void StoreScores(
        Span<float> products,
        ArrayView<float> mask,
        AttentionShape shape,
        float scale,
        int product,
        int firstRow,
        int rows,
        int firstKey,
        int keys,
        ArrayView<float> scores)
    {
        for (int i = 0; i < PerItem; i++)
        {
            int row = Group.IdxY + (i * Side);
            for (int j = 0; j < PerItem; j++)
            {
                int key = Group.IdxX + (j * Side);
                bool seen = row < rows && key < keys && (shape.Causal == 0 || firstKey + key <= firstRow + row);
                float score = products[(i * PerItem) + j] * scale;
                if (seen && mask.Length > 0)
                {
                    score += mask[shape.MaskStart(product) + ((long)(firstRow + row) * shape.MaskRowStep) + firstKey + key];
                }

                scores[(row * Pitch) + key] = seen ? score : float.NegativeInfinity;
            }
        }
    }

    private static void StoreTile(Span<float> values, ArrayView<float> tile)
    {
        for (int i = 0; i < PerItem; i++)
        {
            for (int j = 0; j < PerItem; j++)
            {
                tile[((Group.IdxY + (i * Side)) * Pitch) + Group.IdxX + (j * Side)] = values[(i * PerItem) + j];
            }
        }
    }

    // Adds weights times rows: item (x, y) has lines y, y + 8, ... of the result and channels x, x + 8, ...
    private static void AddRows(ArrayView<float> weights, int lineStep, int rowStep, ArrayView<float> rows, Span<float> sums)
    {
        for (int row = 0; row < Tile; row++)
        {
            for (int i = 0; i < PerItem; i++)
            {
                float weight = weights[((Group.IdxY + (i * Side)) * lineStep) + (row * rowStep)];
                for (int c = 0; c < ChannelsPerItem; c++)
                {
                    sums[(i * ChannelsPerItem) + c] = XMath.FusedMultiplyAdd(
                        weight, rows[(row * Channels) + Group.IdxX + (c * Side)], sums[(i * ChannelsPerItem) + c]);
                }
            }
        }
    }

    private static void StoreRows(Span<float> sums, ArrayView<float> target, long start, int rowStep, int rows, int channels)
    {
        for (int i = 0; i < PerItem; i++)
        {
            int row = Group.IdxY + (i * Side);
            for (int c = 0; c < ChannelsPerItem; c++)
            {
                int channel = Group.IdxX + (c * Side);
                if (row < rows && channel < channels)
                {
                    target[start + ((long)row * rowStep) + channel] = sums[(i * ChannelsPerItem) + c];
                }
            }
        }
    }
}
