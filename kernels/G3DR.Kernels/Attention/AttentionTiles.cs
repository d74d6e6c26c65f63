using G3DR.Compute;
using G3DR.Compute.Memory;

namespace G3DR.Kernels.Attention;

/// <summary>
/// Attention by groups with shared memory. A group has 32 queries (in <see cref="KeyGradients"/>: keys) of one head and 64 channels of its results; the other
/// side passes by in blocks of 32. Heads of more channels take several groups, which compute the scores again, so shared memory does not grow with the depth.
/// </summary>
public static partial class AttentionTiles
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
}
