using G3DR.Compute;
using G3DR.Compute.Memory;

namespace G3DR.Kernels.Attention;

/// <summary>
/// Attention by groups with shared memory. A group has 32 queries (in <see cref="KeyGradients"/>: keys) of one head and 64 channels of its results; the other
/// side passes by in blocks of 32. Heads of more channels take several groups, which compute the scores again, so shared memory does not grow with the depth.
/// </summary>
public static class AttentionTiles
{
    /// <summary>Queries or keys of a tile.</summary>
    public const int Tile = 32;

    /// <summary>Channels of a group.</summary>
    public const int Channels = 64;

    private const int Side = 8, Items = Side * Side, PerItem = Tile / Side, ChannelsPerItem = Channels / Side, Slice = 16;

    // Neighbouring items then write to different memory banks.
    private const int Pitch = Tile + 1;

    /// <summary>Results of a tile of queries. Groups: (tiles of queries, heads, blocks of channels).</summary>
    /// <param name="q">Queries.</param>
    /// <param name="k">Keys.</param>
    /// <param name="v">Values.</param>
    /// <param name="mask">What is added to the scores; may be empty.</param>
    /// <param name="y">Results, overwritten.</param>
    /// <param name="logSum">Logarithms of the sums, overwritten.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="scale">Factor of the products.</param>
    [GroupKernel(Side, Side)]
    public static void ForwardTile(
        ArrayView<float> q,
        ArrayView<float> k,
        ArrayView<float> v,
        ArrayView<float> mask,
        ArrayView<float> y,
        ArrayView<float> logSum,
        AttentionShape shape,
        float scale)
    {
        ArrayView<float> left = SharedMemory.Allocate<float>(Slice * Pitch), right = SharedMemory.Allocate<float>(Slice * Pitch);
        ArrayView<float> weights = SharedMemory.Allocate<float>(Tile * Pitch), values = SharedMemory.Allocate<float>(Tile * Channels);
        ArrayView<float> corrections = SharedMemory.Allocate<float>(Tile);
        Span<float> scores = stackalloc float[PerItem * PerItem];
        Span<float> sums = stackalloc float[PerItem * ChannelsPerItem];
        int item = (Group.IdxY * Side) + Group.IdxX, product = Grid.IdxY, firstRow = Grid.IdxX * Tile, firstChannel = Grid.IdxZ * Channels;
        int rows = XMath.Min(Tile, shape.Rows - firstRow), channels = XMath.Min(Channels, shape.ValueDepth - firstChannel);
        int visible = shape.VisibleKeys(firstRow + rows - 1);
        long query = shape.QueryStart(product) + ((long)firstRow * shape.QueryStep), key = shape.KeyStart(product);
        long value = shape.ValueStart(product) + firstChannel;

        // Items below Tile keep maximum and sum of the query of their number.
        float largest = float.MinValue, sum = 0f;
        for (int first = 0; first < visible; first += Tile)
        {
            int count = XMath.Min(Tile, visible - first);
            Products(q, query, shape.QueryStep, rows, k, key + ((long)first * shape.KeyStep), shape.KeyStep, count, shape.Depth, left, right, scores);
            StoreScores(scores, mask, shape, scale, product, firstRow, rows, first, count, weights);
            Load(v, value + ((long)first * shape.ValueStep), shape.ValueStep, count, channels, values);
            Group.Barrier();
            if (item < Tile)
            {
                float raised = largest;
                for (int j = 0; j < Tile; j++)
                {
                    raised = XMath.Max(raised, weights[(item * Pitch) + j]);
                }

                float correction = XMath.Exp(largest - raised);
                sum *= correction;
                for (int j = 0; j < Tile; j++)
                {
                    float weight = XMath.Exp(weights[(item * Pitch) + j] - raised);
                    weights[(item * Pitch) + j] = weight;
                    sum += weight;
                }

                largest = raised;
                corrections[item] = correction;
            }

            Group.Barrier();
            for (int i = 0; i < PerItem; i++)
            {
                float correction = corrections[Group.IdxY + (i * Side)];
                for (int c = 0; c < ChannelsPerItem; c++)
                {
                    sums[(i * ChannelsPerItem) + c] *= correction;
                }
            }

            AddRows(weights, Pitch, 1, values, sums);

            // Before the next block takes the place of this one.
            Group.Barrier();
        }

        if (item < Tile)
        {
            corrections[item] = sum > 0f ? 1f / sum : sum;
            if (item < rows && Grid.IdxZ == 0)
            {
                logSum[((long)product * shape.Rows) + firstRow + item] = sum > 0f ? largest + XMath.Log(sum) : float.PositiveInfinity;
            }
        }

        Group.Barrier();
        for (int i = 0; i < PerItem; i++)
        {
            float factor = corrections[Group.IdxY + (i * Side)];
            for (int c = 0; c < ChannelsPerItem; c++)
            {
                sums[(i * ChannelsPerItem) + c] *= factor;
            }
        }

        StoreRows(sums, y, shape.ResultStart(product) + ((long)firstRow * shape.ResultStep) + firstChannel, shape.ResultStep, rows, channels);
    }

    /// <summary>Gradients of a tile of queries. Groups: (tiles of queries, heads, blocks of channels).</summary>
    /// <param name="q">Queries.</param>
    /// <param name="k">Keys.</param>
    /// <param name="v">Values.</param>
    /// <param name="mask">What is added to the scores; may be empty.</param>
    /// <param name="logSum">Logarithms of the sums.</param>
    /// <param name="deltas">Results times gradients.</param>
    /// <param name="g">Gradients of the results.</param>
    /// <param name="dq">Gradients of the queries, overwritten.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="scale">Factor of the products.</param>
    [GroupKernel(Side, Side)]
    public static void QueryGradients(
        ArrayView<float> q,
        ArrayView<float> k,
        ArrayView<float> v,
        ArrayView<float> mask,
        ArrayView<float> logSum,
        ArrayView<float> deltas,
        ArrayView<float> g,
        ArrayView<float> dq,
        AttentionShape shape,
        float scale)
    {
        ArrayView<float> left = SharedMemory.Allocate<float>(Slice * Pitch), right = SharedMemory.Allocate<float>(Slice * Pitch);
        ArrayView<float> weights = SharedMemory.Allocate<float>(Tile * Pitch), keys = SharedMemory.Allocate<float>(Tile * Channels);
        Span<float> scores = stackalloc float[PerItem * PerItem];
        Span<float> sums = stackalloc float[PerItem * ChannelsPerItem];
        int product = Grid.IdxY, firstRow = Grid.IdxX * Tile, firstChannel = Grid.IdxZ * Channels;
        int rows = XMath.Min(Tile, shape.Rows - firstRow), channels = XMath.Min(Channels, shape.Depth - firstChannel);
        int visible = shape.VisibleKeys(firstRow + rows - 1);
        long query = shape.QueryStart(product) + ((long)firstRow * shape.QueryStep);
        long result = shape.ResultStart(product) + ((long)firstRow * shape.ResultStep), row = ((long)product * shape.Rows) + firstRow;
        for (int first = 0; first < visible; first += Tile)
        {
            int count = XMath.Min(Tile, visible - first);
            long key = shape.KeyStart(product) + ((long)first * shape.KeyStep), value = shape.ValueStart(product) + ((long)first * shape.ValueStep);
            Products(q, query, shape.QueryStep, rows, k, key, shape.KeyStep, count, shape.Depth, left, right, scores);
            StoreScores(scores, mask, shape, scale, product, firstRow, rows, first, count, weights);
            Products(g, result, shape.ResultStep, rows, v, value, shape.ValueStep, count, shape.ValueDepth, left, right, scores);
            Load(k, key + firstChannel, shape.KeyStep, count, channels, keys);
            for (int i = 0; i < PerItem; i++)
            {
                int y = Group.IdxY + (i * Side);
                float sum = y < rows ? logSum[row + y] : float.PositiveInfinity, delta = y < rows ? deltas[row + y] : 0f;
                for (int j = 0; j < PerItem; j++)
                {
                    int at = (y * Pitch) + Group.IdxX + (j * Side);
                    weights[at] = scale * XMath.Exp(weights[at] - sum) * (scores[(i * PerItem) + j] - delta);
                }
            }

            Group.Barrier();
            AddRows(weights, Pitch, 1, keys, sums);

            // Before the next block takes the place of this one.
            Group.Barrier();
        }

        StoreRows(sums, dq, query + firstChannel, shape.QueryStep, rows, channels);
    }

    /// <summary>Gradients of a tile of keys and values. Groups: (tiles of keys, heads, blocks of channels).</summary>
    /// <param name="q">Queries.</param>
    /// <param name="k">Keys.</param>
    /// <param name="v">Values.</param>
    /// <param name="mask">What is added to the scores; may be empty.</param>
    /// <param name="logSum">Logarithms of the sums.</param>
    /// <param name="deltas">Results times gradients.</param>
    /// <param name="g">Gradients of the results.</param>
    /// <param name="dk">Gradients of the keys, overwritten.</param>
    /// <param name="dv">Gradients of the values, overwritten.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="scale">Factor of the products.</param>
    [GroupKernel(Side, Side)]
    public static void KeyGradients(
        ArrayView<float> q,
        ArrayView<float> k,
        ArrayView<float> v,
        ArrayView<float> mask,
        ArrayView<float> logSum,
        ArrayView<float> deltas,
        ArrayView<float> g,
        ArrayView<float> dk,
        ArrayView<float> dv,
        AttentionShape shape,
        float scale)
    {
        ArrayView<float> left = SharedMemory.Allocate<float>(Slice * Pitch), right = SharedMemory.Allocate<float>(Slice * Pitch);
        ArrayView<float> weights = SharedMemory.Allocate<float>(Tile * Pitch), others = SharedMemory.Allocate<float>(Tile * Channels);
        Span<float> scores = stackalloc float[PerItem * PerItem];
        Span<float> sums = stackalloc float[PerItem * ChannelsPerItem];
        Span<float> valueSums = stackalloc float[PerItem * ChannelsPerItem];
        int product = Grid.IdxY, first = Grid.IdxX * Tile, firstChannel = Grid.IdxZ * Channels;
        int count = XMath.Min(Tile, shape.Keys - first);
        int channels = XMath.Min(Channels, shape.Depth - firstChannel), valueChannels = XMath.Min(Channels, shape.ValueDepth - firstChannel);
        long key = shape.KeyStart(product) + ((long)first * shape.KeyStep), value = shape.ValueStart(product) + ((long)first * shape.ValueStep);
        for (int firstRow = shape.FirstRow(first) / Tile * Tile; firstRow < shape.Rows; firstRow += Tile)
        {
            int rows = XMath.Min(Tile, shape.Rows - firstRow);
            long query = shape.QueryStart(product) + ((long)firstRow * shape.QueryStep);
            long result = shape.ResultStart(product) + ((long)firstRow * shape.ResultStep), row = ((long)product * shape.Rows) + firstRow;
            Products(q, query, shape.QueryStep, rows, k, key, shape.KeyStep, count, shape.Depth, left, right, scores);
            StoreScores(scores, mask, shape, scale, product, firstRow, rows, first, count, weights);
            Products(g, result, shape.ResultStep, rows, v, value, shape.ValueStep, count, shape.ValueDepth, left, right, scores);
            Load(g, result + firstChannel, shape.ResultStep, rows, valueChannels, others);
            for (int i = 0; i < PerItem; i++)
            {
                int y = Group.IdxY + (i * Side);
                float sum = y < rows ? logSum[row + y] : float.PositiveInfinity, delta = y < rows ? deltas[row + y] : 0f;
                for (int j = 0; j < PerItem; j++)
                {
                    int at = (y * Pitch) + Group.IdxX + (j * Side);
                    float weight = XMath.Exp(weights[at] - sum);
                    weights[at] = weight;
                    scores[(i * PerItem) + j] = scale * weight * (scores[(i * PerItem) + j] - delta);
                }
            }

            Group.Barrier();
            AddRows(weights, 1, Pitch, others, valueSums);
            Group.Barrier();
            StoreTile(scores, weights);
            Load(q, query + firstChannel, shape.QueryStep, rows, channels, others);
            Group.Barrier();
            AddRows(weights, 1, Pitch, others, sums);

            // Before the next block takes the place of this one.
            Group.Barrier();
        }

        StoreRows(sums, dk, key + firstChannel, shape.KeyStep, count, channels);
        StoreRows(valueSums, dv, value + firstChannel, shape.ValueStep, count, valueChannels);
    }

    /// <summary>The forward pass.</summary>
    public static void Forward(Accelerator device, AttentionShape shape, double scale, AttentionInputs<float> inputs, AttentionResult<float> result) =>
        device.LaunchGroups(
            ForwardTile,
            Groups(shape, shape.Rows, shape.ValueDepth),
            inputs.Query,
            inputs.Key,
            inputs.Value,
            inputs.Mask,
            result.Value,
            result.LogSum,
            shape,
            (float)scale);

    /// <summary>The backward pass.</summary>
    public static void Backward(
        Accelerator device,
        AttentionShape shape,
        double scale,
        AttentionInputs<float> inputs,
        AttentionResult<float> result,
        ArrayView<float> cotangent,
        AttentionGradients<float> gradients)
    {
        using MemoryBuffer<float> deltas = device.Allocate<float>(result.LogSum.Length);
        device.Launch(AttentionKernels.Deltas, Shards.PlainExtent(result.LogSum.Length), result.Value, cotangent, deltas.View, shape);
        device.LaunchGroups(
            QueryGradients,
            Groups(shape, shape.Rows, shape.Depth),
            inputs.Query,
            inputs.Key,
            inputs.Value,
            inputs.Mask,
            result.LogSum,
            deltas.View,
            cotangent,
            gradients.Query,
            shape,
            (float)scale);
        device.LaunchGroups(
            KeyGradients,
            Groups(shape, shape.Keys, Math.Max(shape.Depth, shape.ValueDepth)),
            inputs.Query,
            inputs.Key,
            inputs.Value,
            inputs.Mask,
            result.LogSum,
            deltas.View,
            cotangent,
            gradients.Key,
            gradients.Value,
            shape,
            (float)scale);
    }

    private static Index3D Groups(AttentionShape shape, int lines, int channels) =>
        new(Shards.Count(lines, Tile), shape.Products, Shards.Count(channels, Channels));

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
