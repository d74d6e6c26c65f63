namespace G3DR.Kernels.Attention;

/// <summary>Linear attention and its gradient by the definition in double precision: softmax, its Jacobian, and products, one after another.</summary>
internal sealed class LinearAttentionReference
{
    private readonly LinearAttentionShape _shape;
    private readonly float[] _qkv;

    // Weights of queries and keys, laid out like the results.
    private readonly double[] _queries, _keys;

    /// <summary>Computes weights, statistics and contexts.</summary>
    public LinearAttentionReference(LinearAttentionShape shape, float[] qkv)
    {
        (_shape, _qkv) = (shape, qkv);
        int length = shape.Length, depth = shape.Depth;
        _queries = new double[(long)shape.Batch * length * shape.Channels];
        _keys = new double[_queries.Length];
        Statistics = new double[shape.StatisticsLength];
        Contexts = new double[shape.ContextLength];
        for (int product = 0; product < shape.Batch * shape.Heads; product++)
        {
            for (int position = 0; position < length; position++)
            {
                Normalize(_queries, depth, d => QueryAt(product, position) + d, d => ResultAt(product, position) + d, 1 / Math.Sqrt(depth));
            }

            for (int d = 0; d < depth; d++)
            {
                int line = (product * depth) + d, channel = d;
                (Statistics[line], Statistics[(shape.Batch * shape.Channels) + line]) = Normalize(
                    _keys, length, position => QueryAt(product, position) + shape.Channels + channel, position => ResultAt(product, position) + channel, 1);
                for (int e = 0; e < depth; e++)
                {
                    for (int position = 0; position < length; position++)
                    {
                        Contexts[(line * depth) + e] += _keys[ResultAt(product, position) + d] * Value(product, position, e) / length;
                    }
                }
            }
        }
    }

    /// <summary>Largest keys, and sums of exponentials relative to them.</summary>
    public double[] Statistics { get; }

    /// <summary>Contexts.</summary>
    public double[] Contexts { get; }

    /// <summary>Results.</summary>
    public double[] Results()
    {
        double[] y = new double[_queries.Length];
        ForEach((product, position, d, e) => y[ResultAt(product, position) + e] += _queries[ResultAt(product, position) + d] * Contexts[ContextAt(product, d, e)]);
        return y;
    }

    /// <summary>Gradient of the packed input.</summary>
    public double[] Backward(float[] g)
    {
        int length = _shape.Length, depth = _shape.Depth;
        double[] dContext = new double[Contexts.Length], dQuery = new double[_queries.Length], dKey = new double[_keys.Length];
        double[] gradient = new double[_qkv.Length];
        ForEach((product, position, d, e) =>
        {
            int row = ResultAt(product, position);
            dContext[ContextAt(product, d, e)] += _queries[row + d] * g[row + e];
            dQuery[row + d] += Contexts[ContextAt(product, d, e)] * g[row + e];
        });
        ForEach((product, position, d, e) =>
        {
            int row = ResultAt(product, position);
            double change = dContext[ContextAt(product, d, e)] / length;
            dKey[row + d] += change * Value(product, position, e);
            gradient[QueryAt(product, position) + (2 * _shape.Channels) + e] += change * _keys[row + d];
        });
        for (int product = 0; product < _shape.Batch * _shape.Heads; product++)
        {
            for (int position = 0; position < length; position++)
            {
                Differentiate(gradient, depth, d => QueryAt(product, position) + d, d => ResultAt(product, position) + d, _queries, dQuery, Math.Sqrt(depth));
            }

            for (int d = 0; d < depth; d++)
            {
                int channel = d;
                Differentiate(
                    gradient,
                    length,
                    position => QueryAt(product, position) + _shape.Channels + channel,
                    position => ResultAt(product, position) + channel,
                    _keys,
                    dKey,
                    1);
            }
        }

        return gradient;
    }

    // Softmax of some elements times a factor.
    private (double Largest, double Sum) Normalize(double[] weights, int count, Func<int, int> from, Func<int, int> to, double factor)
    {
        double largest = double.NegativeInfinity, sum = 0;
        for (int i = 0; i < count; i++)
        {
            largest = Math.Max(largest, _qkv[from(i)]);
        }

        for (int i = 0; i < count; i++)
        {
            sum += weights[to(i)] = Math.Exp(_qkv[from(i)] - largest);
        }

        for (int i = 0; i < count; i++)
        {
            weights[to(i)] *= factor / sum;
        }

        return (largest, sum);
    }

    // The gradient through Normalize; inverse is 1 / factor.
    private static void Differentiate(
        double[] gradient, int count, Func<int, int> from, Func<int, int> to, double[] weights, double[] changes, double inverse)
    {
        double mean = 0;
        for (int i = 0; i < count; i++)
        {
            mean += weights[to(i)] * changes[to(i)] * inverse;
        }

        for (int i = 0; i < count; i++)
        {
            gradient[from(i)] = weights[to(i)] * (changes[to(i)] - mean);
        }
    }

    private void ForEach(Action<int, int, int, int> visit)
    {
        for (int product = 0; product < _shape.Batch * _shape.Heads; product++)
        {
            for (int position = 0; position < _shape.Length; position++)
            {
                for (int i = 0; i < _shape.Depth * _shape.Depth; i++)
                {
                    visit(product, position, i / _shape.Depth, i % _shape.Depth);
                }
            }
        }
    }

    private double Value(int product, int position, int channel) => _qkv[QueryAt(product, position) + (2 * _shape.Channels) + channel];

    private int QueryAt(int product, int position) => (int)_shape.QueryAt(product / _shape.Heads, position, product % _shape.Heads);

    private int ResultAt(int product, int position) => (int)_shape.ResultAt(product / _shape.Heads, position, product % _shape.Heads);

    private int ContextAt(int product, int d, int e) => (((product * _shape.Depth) + d) * _shape.Depth) + e;
}
