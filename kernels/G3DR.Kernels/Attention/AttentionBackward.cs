using G3DR.Compute;
using G3DR.Compute.Simd;
using G3DR.Kernels.MatMul;

namespace G3DR.Kernels.Attention;

/// <summary>
/// The backward pass on vectors, one sweep with five products for each pair of blocks. A shard has one head and a part of its keys, one key in each lane.
/// Blocks of queries pass by: their scores and weights are computed again, gradients of keys and values stay in transposed panels, the gradient of the
/// queries is written out block by block. With several parts each has queries' gradients of its own, which <see cref="AttentionQueryParts"/> adds in order.
/// </summary>
internal readonly unsafe struct AttentionBackward : IVectorKernel
{
    // Queries of a block, and keys whose panels (four of them, and two of gradients) stay in the second-level cache meanwhile.
    private const int BlockRows = 64, BlockKeys = 512;

    // Parts end at panels of all instruction sets; a part must repay a gradient of the queries of its own.
    private const int PartKeys = 32, FewestPartKeys = 128, EnoughTasks = 16;

    private readonly CpuAccelerator _device;
    private readonly AttentionShape _shape;
    private readonly float _scale;
    private readonly float* _q, _k, _v, _mask, _logSum, _deltas, _g, _dq, _dk, _dv, _partials;
    private readonly int _parts;

    public AttentionBackward(
        CpuAccelerator device,
        AttentionShape shape,
        float scale,
        AttentionInputs<float> inputs,
        ArrayView<float> logSum,
        ArrayView<float> deltas,
        ArrayView<float> cotangent,
        AttentionGradients<float> gradients,
        ArrayView<float> partials,
        int parts)
    {
        (_device, _shape, _scale, _parts) = (device, shape, scale, parts);
        _q = inputs.Query.Pointer;
        _k = inputs.Key.Pointer;
        _v = inputs.Value.Pointer;
        _mask = inputs.Mask.Length == 0 ? null : inputs.Mask.Pointer;
        _logSum = logSum.Pointer;
        _deltas = deltas.Pointer;
        _g = cotangent.Pointer;
        _dq = gradients.Query.Pointer;
        _dk = gradients.Key.Pointer;
        _dv = gradients.Value.Pointer;
        _partials = partials.Length == 0 ? null : partials.Pointer;
    }

    /// <summary>Parts into which the keys are cut: 1 if there are enough heads.</summary>
    public static int Parts(AttentionShape shape)
    {
        int wanted = Math.Clamp(EnoughTasks / shape.Products, 1, Math.Max(1, shape.Keys / FewestPartKeys));
        return Shards.Count(shape.Keys, KeysOfPart(shape, wanted));
    }

    public void Run<V>(int shard)
        where V : struct, ISimd<V>
    {
        int width = PanelKernel.Width<V>(), depth = _shape.Depth, valueDepth = _shape.ValueDepth;
        int product = shard / _parts, part = shard % _parts, partKeys = KeysOfPart(_shape, _parts);
        int start = part * partKeys, end = Math.Min(_shape.Keys, start + partKeys);
        int panels = Shards.Count(Math.Min(BlockKeys, end - start), width), columns = Shards.Count(depth, width);
        int blockRows = Shards.Count(_shape.Rows, Shards.Count(_shape.Rows, BlockRows));
        long perPanel = (2 * depth) + (2 * valueDepth) + (columns * width);
        using var scratch = new Scratch(
            _device,
            panels * perPanel * width,
            blockRows * depth,
            blockRows * valueDepth,
            blockRows * width,
            blockRows * width,
            blockRows * columns * width,
            width);
        var work = new Work
        {
            Product = product,
            Panels = scratch.Next(),
            PerPanel = perPanel * width,
            Queries = scratch.Next(),
            Cotangents = scratch.Next(),
            Weights = scratch.Next(),
            Gradients = scratch.Next(),
            QueryGradients = scratch.Next(),
            Edge = scratch.Next(),
            Columns = columns,
        };
        for (int key = start; key < end; key += BlockKeys)
        {
            int count = Math.Min(BlockKeys, end - key);
            Pack<V>(work, key, count);
            for (int row = 0; row < _shape.Rows; row += blockRows)
            {
                RunRows<V>(work, key, count, row, Math.Min(blockRows, _shape.Rows - row), part, accumulate: key > start);
            }

            Unpack<V>(work, key, count);
        }
    }

    private static int KeysOfPart(AttentionShape shape, int parts) => Shards.Count(Shards.Count(shape.Keys, parts), PartKeys) * PartKeys;

    private void Pack<V>(in Work work, int key, int count)
        where V : struct, ISimd<V>
    {
        int width = 2 * V.Count, depth = _shape.Depth, valueDepth = _shape.ValueDepth;
        for (int first = 0; first < count; first += width)
        {
            int lanes = Math.Min(width, count - first);
            Panel panel = At(work, first / width, width);
            float* k = _k + _shape.KeyStart(work.Product) + ((long)(key + first) * _shape.KeyStep);
            float* v = _v + _shape.ValueStart(work.Product) + ((long)(key + first) * _shape.ValueStep);
            PanelLayout.PackLanes<V>(k, _shape.KeyStep, lanes, depth, panel.Keys);
            PanelLayout.Scale(panel.Keys, depth, V.Create(_scale), V.Create(_scale));
            PanelLayout.PackLanes<V>(v, _shape.ValueStep, lanes, valueDepth, panel.Values);
            PanelLayout.Clear<V>(panel.KeyGradients, depth + valueDepth);

            // The keys themselves, in columns of a panel's width: right operand of the product that gives the queries' gradients.
            PanelLayout.Clear<V>(panel.KeyRows, work.Columns * width);
            for (int column = 0; column < depth; column += width)
            {
                PanelLayout.CopyRows(k + column, _shape.KeyStep, lanes, Math.Min(width, depth - column), panel.KeyRows + (column * width), width);
            }
        }
    }

    private void RunRows<V>(in Work work, int key, int count, int row, int rows, int part, bool accumulate)
        where V : struct, ISimd<V>
    {
        int width = 2 * V.Count, depth = _shape.Depth, valueDepth = _shape.ValueDepth;
        long step = work.Columns * width;
        int seen = _shape.VisibleKeys(row + rows - 1) - key;
        new Span<float>(work.QueryGradients, rows * (int)step).Clear();
        if (seen > 0)
        {
            float* q = _q + _shape.QueryStart(work.Product) + ((long)row * _shape.QueryStep);
            float* g = _g + _shape.ResultStart(work.Product) + ((long)row * _shape.ResultStep);
            PanelLayout.CopyRows(q, _shape.QueryStep, rows, depth, work.Queries, depth);
            PanelLayout.CopyRows(g, _shape.ResultStep, rows, valueDepth, work.Cotangents, valueDepth);
        }

        for (int first = 0; first < Math.Min(count, seen); first += width)
        {
            Panel panel = At(work, first / width, width);
            PanelProducts.Multiply<V>(work.Queries, depth, rows, depth, panel.Keys, work.Weights, width, accumulate: false);
            PanelProducts.Multiply<V>(work.Cotangents, valueDepth, rows, valueDepth, panel.Values, work.Gradients, width, accumulate: false);
            Differentiate<V>(work, row, rows, key + first, Math.Min(width, count - first));
            PanelProducts.MultiplyTransposed<V>(
                work.Cotangents, valueDepth, rows, valueDepth, work.Weights, panel.ValueGradients, accumulate: true);
            PanelProducts.MultiplyTransposed<V>(work.Queries, depth, rows, depth, work.Gradients, panel.KeyGradients, accumulate: true);
            for (int column = 0; column < work.Columns; column++)
            {
                float* target = work.QueryGradients + (column * width);
                PanelProducts.Multiply<V>(work.Gradients, width, rows, width, panel.KeyRows + (column * width * width), target, step, accumulate: true);
            }
        }

        WriteQueryGradients(work, row, rows, step, part, accumulate);
    }

    // Scores become weights, gradients of the weights become those of the scores.
    private void Differentiate<V>(in Work work, int row, int rows, int key, int lanes)
        where V : struct, ISimd<V>
    {
        int width = 2 * V.Count;
        float* mask = _mask == null ? null : _mask + _shape.MaskStart(work.Product) + ((long)row * _shape.MaskRowStep) + key;
        bool hides = _shape.Causal != 0 && key + lanes - 1 > row;
        float* sums = _logSum + ((long)work.Product * _shape.Rows) + row, deltas = _deltas + ((long)work.Product * _shape.Rows) + row;
        for (int i = 0; i < rows; i++)
        {
            if (mask != null)
            {
                VectorTail.Load(mask + ((long)i * _shape.MaskRowStep), work.Edge, lanes);
            }

            V sum = V.Create(sums[i]), delta = V.Create(deltas[i]);
            for (int half = 0; half < width; half += V.Count)
            {
                float* weights = work.Weights + (i * width) + half, gradients = work.Gradients + (i * width) + half;
                V score = V.Load(weights);
                if (mask != null)
                {
                    score += V.Load(work.Edge + half);
                }

                if (hides)
                {
                    score = V.Select(V.Greater(V.Create(key + half - row) + V.Iota, V.Create(i)), V.Create(float.NegativeInfinity), score);
                }

                V weight = SimdMath.Exp(score - sum);
                weight.Store(weights);
                (weight * (V.Load(gradients) - delta)).Store(gradients);
            }
        }
    }

    private void WriteQueryGradients(in Work work, int row, int rows, long step, int part, bool accumulate)
    {
        int depth = _shape.Depth;
        bool direct = _partials == null;
        long targetStep = direct ? _shape.QueryStep : depth;
        float* target = direct
            ? _dq + _shape.QueryStart(work.Product) + (row * targetStep)
            : _partials + (((((long)part * _shape.Products) + work.Product) * _shape.Rows) + row) * depth;
        for (int i = 0; i < rows; i++)
        {
            float* from = work.QueryGradients + (i * step), to = target + (i * targetStep);
            for (int c = 0; c < depth; c++)
            {
                to[c] = (accumulate ? to[c] : 0f) + (from[c] * _scale);
            }
        }
    }

    private void Unpack<V>(in Work work, int key, int count)
        where V : struct, ISimd<V>
    {
        int width = 2 * V.Count;
        for (int first = 0; first < count; first += width)
        {
            int lanes = Math.Min(width, count - first);
            Panel panel = At(work, first / width, width);
            PanelLayout.Scale(panel.KeyGradients, _shape.Depth, V.Create(_scale), V.Create(_scale));
            float* dk = _dk + _shape.KeyStart(work.Product) + ((long)(key + first) * _shape.KeyStep);
            float* dv = _dv + _shape.ValueStart(work.Product) + ((long)(key + first) * _shape.ValueStep);
            PanelLayout.UnpackLanes<V>(panel.KeyGradients, _shape.Depth, lanes, dk, _shape.KeyStep);
            PanelLayout.UnpackLanes<V>(panel.ValueGradients, _shape.ValueDepth, lanes, dv, _shape.ValueStep);
        }
    }

    private Panel At(in Work work, int index, int width)
    {
        float* start = work.Panels + (index * work.PerPanel);
        float* gradients = start + ((_shape.Depth + _shape.ValueDepth) * width);
        return new()
        {
            Keys = start,
            Values = start + (_shape.Depth * width),
            KeyGradients = gradients,
            ValueGradients = gradients + (_shape.Depth * width),
            KeyRows = gradients + ((_shape.Depth + _shape.ValueDepth) * width),
        };
    }

    private struct Work
    {
        public int Product, Columns;
        public long PerPanel;
        public float* Panels, Queries, Cotangents, Weights, Gradients, QueryGradients, Edge;
    }

    private struct Panel
    {
        public float* Keys, Values, KeyGradients, ValueGradients, KeyRows;
    }
}

/// <summary>Products of results and their gradients, row by row; see <see cref="AttentionKernels.Deltas{T}"/>.</summary>
internal readonly unsafe struct AttentionDeltas(AttentionShape shape, ArrayView<float> y, ArrayView<float> g, ArrayView<float> deltas) : IVectorKernel
{
    private const int RowsPerShard = 128;

    private readonly float* _y = y.Pointer, _g = g.Pointer, _deltas = deltas.Pointer;

    /// <summary>Number of shards.</summary>
    public static int Tasks(AttentionShape shape) => checked(shape.Products * Shards.Count(shape.Rows, RowsPerShard));

    public void Run<V>(int shard)
        where V : struct, ISimd<V>
    {
        int chunks = Shards.Count(shape.Rows, RowsPerShard), product = shard / chunks, first = shard % chunks * RowsPerShard;
        int end = Math.Min(shape.Rows, first + RowsPerShard);
        for (int row = first; row < end; row++)
        {
            long start = shape.ResultStart(product) + ((long)row * shape.ResultStep);
            float* y = _y + start, g = _g + start;
            V sums = V.Zero;
            int c = 0;
            for (; c + V.Count <= shape.ValueDepth; c += V.Count)
            {
                sums = V.MultiplyAdd(V.Load(y + c), V.Load(g + c), sums);
            }

            float sum = V.Sum(sums);
            for (; c < shape.ValueDepth; c++)
            {
                sum += y[c] * g[c];
            }

            _deltas[((long)product * shape.Rows) + row] = sum;
        }
    }
}

/// <summary>Adds the queries' gradients of all parts of the keys, in order; a head for each shard.</summary>
internal readonly unsafe struct AttentionQueryParts(AttentionShape shape, ArrayView<float> partials, ArrayView<float> dq, int parts) : IVectorKernel
{
    private readonly float* _partials = partials.Pointer, _dq = dq.Pointer;

    public void Run<V>(int shard)
        where V : struct, ISimd<V>
    {
        long perPart = (long)shape.Products * shape.Rows * shape.Depth;
        for (int row = 0; row < shape.Rows; row++)
        {
            float* from = _partials + ((((long)shard * shape.Rows) + row) * shape.Depth);
            float* to = _dq + shape.QueryStart(shard) + ((long)row * shape.QueryStep);
            for (int c = 0; c < shape.Depth; c++)
            {
                float sum = from[c];
                for (int part = 1; part < parts; part++)
                {
                    sum += from[(part * perPart) + c];
                }

                to[c] = sum;
            }
        }
    }
}
