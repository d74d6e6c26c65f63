namespace G3DR.Kernels.Attention;

/// <summary>Attention and its gradients by their definition in double precision, with the whole matrix of weights of a head.</summary>
internal sealed class AttentionReference
{
    private readonly AttentionShape _shape;
    private readonly double _scale;
    private readonly ArraySegment<float> _q, _k, _v;
    private readonly float[] _mask;

    /// <summary>Computes results and logarithms of sums.</summary>
    /// <param name="shape">Sizes.</param>
    /// <param name="scale">Factor of the products.</param>
    /// <param name="operands">Queries, keys, values, each from its first element.</param>
    /// <param name="mask">What is added to the scores; may be empty.</param>
    public AttentionReference(AttentionShape shape, double scale, IReadOnlyList<ArraySegment<float>> operands, float[] mask)
    {
        (_shape, _scale, _mask) = (shape, scale, mask);
        (_q, _k, _v) = (operands[0], operands[1], operands[2]);
        Results = new double[(long)shape.Batch * shape.Rows * shape.ResultStep];
        LogSums = new double[(long)shape.Products * shape.Rows];
        Parallel.For(0, shape.Products, product =>
        {
            for (int row = 0; row < shape.Rows; row++)
            {
                double[] weights = Weights(product, row);
                for (int key = 0; key < shape.Keys; key++)
                {
                    for (int c = 0; c < shape.ValueDepth; c++)
                    {
                        Results[ResultAt(product, row) + c] += weights[key] * _v[ValueAt(product, key) + c];
                    }
                }
            }
        });
    }

    /// <summary>Results (Batch, Rows, Heads * ValueDepth).</summary>
    public double[] Results { get; }

    /// <summary>Logarithms of the sums (Batch, Heads, Rows).</summary>
    public double[] LogSums { get; }

    /// <summary>Adds the gradients of queries, keys and values.</summary>
    /// <param name="cotangent">Gradients of the results.</param>
    /// <param name="gradients">Gradients, laid out like the operands.</param>
    public void Backward(float[] cotangent, IReadOnlyList<ArraySegment<double>> gradients)
    {
        ArraySegment<double> dq = gradients[0], dk = gradients[1], dv = gradients[2];
        for (int product = 0; product < _shape.Products; product++)
        {
            for (int row = 0; row < _shape.Rows; row++)
            {
                double[] weights = Weights(product, row), changes = new double[_shape.Keys];
                double mean = 0;
                for (int key = 0; key < _shape.Keys; key++)
                {
                    for (int c = 0; c < _shape.ValueDepth; c++)
                    {
                        double g = cotangent[ResultAt(product, row) + c];
                        changes[key] += g * _v[ValueAt(product, key) + c];
                        dv[ValueAt(product, key) + c] += weights[key] * g;
                    }

                    mean += weights[key] * changes[key];
                }

                for (int key = 0; key < _shape.Keys; key++)
                {
                    double change = _scale * weights[key] * (changes[key] - mean);
                    for (int c = 0; c < _shape.Depth; c++)
                    {
                        dq[QueryAt(product, row) + c] += change * _k[KeyAt(product, key) + c];
                        dk[KeyAt(product, key) + c] += change * _q[QueryAt(product, row) + c];
                    }
                }
            }
        }
    }

    private double[] Weights(int product, int row)
    {
        double[] weights = new double[_shape.Keys];
        double sum = 0;
        for (int key = 0; key < _shape.VisibleKeys(row); key++)
        {
            double score = 0;
            for (int c = 0; c < _shape.Depth; c++)
            {
                score += (double)_q[QueryAt(product, row) + c] * _k[KeyAt(product, key) + c];
            }

            double added = _mask.Length == 0 ? 0 : _mask[_shape.MaskStart(product) + (row * _shape.MaskRowStep) + key];
            sum += weights[key] = Math.Exp((score * _scale) + added);
        }

        LogSums[(product * _shape.Rows) + row] = Math.Log(sum);
        return Array.ConvertAll(weights, weight => weight / sum);
    }

    private int QueryAt(int product, int row) => (int)_shape.QueryStart(product) + (row * _shape.QueryStep);

    private int KeyAt(int product, int key) => (int)_shape.KeyStart(product) + (key * _shape.KeyStep);

    private int ValueAt(int product, int key) => (int)_shape.ValueStart(product) + (key * _shape.ValueStep);

    private int ResultAt(int product, int row) => (int)_shape.ResultStart(product) + (row * _shape.ResultStep);
}
