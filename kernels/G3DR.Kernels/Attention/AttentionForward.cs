using G3DR.Compute;
using G3DR.Compute.Simd;
using G3DR.Kernels.MatMul;

namespace G3DR.Kernels.Attention;

/// <summary>
/// The forward pass on vectors. A shard has some queries of one head. Its scores are computed transposed, one query in each lane: the queries are the packed
/// panel, keys and values are read row by row, and maximum, exponential and sum of all lanes are plain vector operations. The weights of a block of keys are
/// at once the panel of the product with the values.
/// </summary>
internal readonly unsafe struct AttentionForward : IVectorKernel
{
    // Keys of a block: with a panel of queries and one of results its operands stay near the first-level cache.
    private const int BlockKeys = 64;

    // Queries of a shard, multiples of a panel's width on every instruction set: as many as repay copying keys and values, fewer where there are few shards.
    private const int MostQueries = 128, FewestQueries = 32, EnoughTasks = 16;

    private readonly CpuAccelerator _device;
    private readonly AttentionShape _shape;
    private readonly float _scale;
    private readonly float* _q, _k, _v, _mask, _y, _logSum;
    private readonly int _queries, _chunks;

    public AttentionForward(CpuAccelerator device, AttentionShape shape, float scale, AttentionInputs<float> inputs, AttentionResult<float> result)
    {
        (_device, _shape, _scale) = (device, shape, scale);
        _q = inputs.Query.Pointer;
        _k = inputs.Key.Pointer;
        _v = inputs.Value.Pointer;
        _mask = inputs.Mask.Length == 0 ? null : inputs.Mask.Pointer;
        _y = result.Value.Pointer;
        _logSum = result.LogSum.Pointer;
        _queries = MostQueries;
        while (_queries > FewestQueries && (long)shape.Products * Shards.Count(shape.Rows, _queries) < EnoughTasks)
        {
            _queries /= 2;
        }

        _chunks = Shards.Count(shape.Rows, _queries);
    }

    /// <summary>Number of shards.</summary>
    public int Tasks => checked(_shape.Products * _chunks);

    public void Run<V>(int shard)
        where V : struct, ISimd<V>
    {
        int width = PanelKernel.Width<V>(), depth = _shape.Depth, valueDepth = _shape.ValueDepth;
        int product = shard / _chunks, first = shard % _chunks * _queries;
        int rows = Math.Min(_queries, _shape.Rows - first), panels = Shards.Count(rows, width);
        int visible = _shape.VisibleKeys(first + rows - 1);
        int blockKeys = Shards.Count(visible, Shards.Count(visible, BlockKeys));
        using var scratch = new Scratch(
            _device,
            panels * depth * width,
            panels * valueDepth * width,
            panels * 2 * width,
            blockKeys * width,
            blockKeys * depth,
            blockKeys * valueDepth,
            _mask == null ? 0 : blockKeys * width);
        float* queries = scratch.Next(), results = scratch.Next(), states = scratch.Next(), scores = scratch.Next();
        float* keys = scratch.Next(), values = scratch.Next(), masked = scratch.Next();
        for (int panel = 0; panel < panels; panel++)
        {
            int row = first + (panel * width);
            float* packed = queries + (panel * depth * width);
            PanelLayout.PackLanes<V>(
                _q + _shape.QueryStart(product) + ((long)row * _shape.QueryStep), _shape.QueryStep, Math.Min(width, _shape.Rows - row), depth, packed);
            PanelLayout.Scale(packed, depth, V.Create(_scale), V.Create(_scale));
        }

        for (int key = 0; key < visible; key += blockKeys)
        {
            int count = Math.Min(blockKeys, visible - key);
            PanelLayout.CopyRows(_k + _shape.KeyStart(product) + ((long)key * _shape.KeyStep), _shape.KeyStep, count, depth, keys, depth);
            PanelLayout.CopyRows(_v + _shape.ValueStart(product) + ((long)key * _shape.ValueStep), _shape.ValueStep, count, valueDepth, values, valueDepth);
            for (int panel = 0; panel < panels; panel++)
            {
                int row = first + (panel * width), lanes = Math.Min(width, _shape.Rows - row);
                if (key >= _shape.VisibleKeys(row + lanes - 1))
                {
                    continue;
                }

                PanelProducts.Multiply<V>(keys, depth, count, depth, queries + (panel * depth * width), scores, width, accumulate: false);
                if (_mask != null)
                {
                    float* mask = _mask + _shape.MaskStart(product) + ((long)row * _shape.MaskRowStep) + key;
                    PanelLayout.PackLanes<V>(mask, _shape.MaskRowStep, lanes, count, masked);
                    Add<V>(masked, scores, count);
                }

                if (_shape.Causal != 0 && key + count - 1 > row)
                {
                    HideLater<V>(scores, count, row - key);
                }

                float* result = results + (panel * valueDepth * width), state = states + (panel * 2 * width);
                Weigh<V>(scores, count, state, result, isFirst: key == 0);
                Weigh<V>(scores + V.Count, count, state + V.Count, result + V.Count, isFirst: key == 0);
                PanelProducts.MultiplyTransposed<V>(values, valueDepth, count, valueDepth, scores, result, accumulate: key > 0);
            }
        }

        for (int panel = 0; panel < panels; panel++)
        {
            int row = first + (panel * width);
            Finish<V>(product, row, Math.Min(width, _shape.Rows - row), states + (panel * 2 * width), results + (panel * valueDepth * width));
        }
    }

    private static void Add<V>(float* mask, float* scores, int count)
        where V : struct, ISimd<V>
    {
        for (int i = 0; i < count * 2 * V.Count; i += V.Count)
        {
            (V.Load(scores + i) + V.Load(mask + i)).Store(scores + i);
        }
    }

    // Keys after the query of a lane; query is that of the first lane, relative to the first key.
    private static void HideLater<V>(float* scores, int count, int query)
        where V : struct, ISimd<V>
    {
        V left = V.Create(query) + V.Iota, right = left + V.Create(V.Count), hidden = V.Create(float.NegativeInfinity);
        for (int key = 0; key < count; key++)
        {
            V at = V.Create(key);
            V.Select(V.Greater(at, left), hidden, V.Load(scores)).Store(scores);
            V.Select(V.Greater(at, right), hidden, V.Load(scores + V.Count)).Store(scores + V.Count);
            scores += 2 * V.Count;
        }
    }

    // Scores of one vector of queries become weights relative to the largest score so far; what was computed before is made relative to it as well.
    private void Weigh<V>(float* scores, int count, float* state, float* result, bool isFirst)
        where V : struct, ISimd<V>
    {
        int width = 2 * V.Count;

        // The smallest finite number: a score of -infinity then has the weight 0 even if no other came before.
        V before = isFirst ? V.Create(float.MinValue) : V.Load(state);
        V largest = before, largestOdd = before;
        int key = 0;
        for (; key + 2 <= count; key += 2)
        {
            largest = V.Max(largest, V.Load(scores + (key * width)));
            largestOdd = V.Max(largestOdd, V.Load(scores + ((key + 1) * width)));
        }

        largest = V.Max(largest, largestOdd);
        if (key < count)
        {
            largest = V.Max(largest, V.Load(scores + (key * width)));
        }

        V sum = V.Zero;
        for (key = 0; key < count; key++)
        {
            V weight = SimdMath.Exp(V.Load(scores + (key * width)) - largest);
            weight.Store(scores + (key * width));
            sum += weight;
        }

        if (!isFirst)
        {
            V correction = SimdMath.Exp(before - largest);
            sum = V.MultiplyAdd(V.Load(state + width), correction, sum);
            if (V.CountTrue(V.GreaterOrEqual(correction, V.Create(1f))) < V.Count)
            {
                for (int c = 0; c < _shape.ValueDepth; c++)
                {
                    (V.Load(result + (c * width)) * correction).Store(result + (c * width));
                }
            }
        }

        largest.Store(state);
        sum.Store(state + width);
    }

    private void Finish<V>(int product, int row, int lanes, float* state, float* result)
        where V : struct, ISimd<V>
    {
        int width = 2 * V.Count;
        for (int half = 0; half < width; half += V.Count)
        {
            V sum = V.Load(state + width + half), seen = V.Greater(sum, V.Zero);
            V total = V.Select(seen, V.Load(state + half) + SimdMath.Log(sum), V.Create(float.PositiveInfinity));
            total.Store(state + half);
            V.Select(seen, V.Create(1f) / sum, sum).Store(state + width + half);
        }

        new ReadOnlySpan<float>(state, lanes).CopyTo(new(_logSum + ((long)product * _shape.Rows) + row, lanes));
        PanelLayout.Scale(result, _shape.ValueDepth, V.Load(state + width), V.Load(state + width + V.Count));
        float* target = _y + _shape.ResultStart(product) + ((long)row * _shape.ResultStep);
        PanelLayout.UnpackLanes<V>(result, _shape.ValueDepth, lanes, target, _shape.ResultStep);
    }
}
