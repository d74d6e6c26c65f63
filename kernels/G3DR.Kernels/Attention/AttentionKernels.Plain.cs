using System.Numerics;
using G3DR.Compute;

namespace G3DR.Kernels.Attention;

/// <content>The plain kernels: the definition, and the variant for double precision.</content>
public static partial class AttentionKernels
{
    /// <summary>One query of one head: its result, and the logarithm of its sum.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="item">(Sequence * heads + head) * rows + row.</param>
    /// <param name="q">Queries.</param>
    /// <param name="k">Keys.</param>
    /// <param name="v">Values.</param>
    /// <param name="mask">What is added to the scores; may be empty.</param>
    /// <param name="y">Results, overwritten.</param>
    /// <param name="logSum">Logarithms of the sums, overwritten.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="scale">Factor of the products.</param>
    [Kernel]
    public static void ForwardRow<T>(
        Index1D item,
        ArrayView<T> q,
        ArrayView<T> k,
        ArrayView<T> v,
        ArrayView<T> mask,
        ArrayView<T> y,
        ArrayView<T> logSum,
        AttentionShape shape,
        T scale)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int product = item.X / shape.Rows, row = item.X % shape.Rows, keys = shape.VisibleKeys(row);
        long query = shape.QueryStart(product) + ((long)row * shape.QueryStep), key = shape.KeyStart(product);
        long masked = shape.MaskStart(product) + ((long)row * shape.MaskRowStep);

        T largest = T.NegativeInfinity, sum = T.Zero;
        for (int j = 0; j < keys; j++)
        {
            T score = Score(q, query, k, key + ((long)j * shape.KeyStep), mask, masked + j, shape.Depth, scale);
            if (score != T.NegativeInfinity)
            {
                T raised = score > largest ? score : largest;
                sum = (sum * T.Exp(largest - raised)) + T.Exp(score - raised);
                largest = raised;
            }
        }

        // Without any key all weights are e^(-infinity - infinity) = 0, here and in the backward pass.
        T total = sum > T.Zero ? largest + T.Log(sum) : T.PositiveInfinity;
        logSum[item] = total;
        long result = shape.ResultStart(product) + ((long)row * shape.ResultStep), value = shape.ValueStart(product);
        for (int c = 0; c < shape.ValueDepth; c++)
        {
            y[result + c] = T.Zero;
        }

        for (int j = 0; j < keys; j++)
        {
            T weight = T.Exp(Score(q, query, k, key + ((long)j * shape.KeyStep), mask, masked + j, shape.Depth, scale) - total);
            AddScaled(v, value + ((long)j * shape.ValueStep), weight, y, result, shape.ValueDepth);
        }
    }

    /// <summary>Product of a result and its gradient: what the weights of a query lose because they sum to 1.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="item">(Sequence * heads + head) * rows + row.</param>
    /// <param name="y">Results.</param>
    /// <param name="g">Gradients of the results.</param>
    /// <param name="deltas">Products (Batch, Heads, Rows), overwritten.</param>
    /// <param name="shape">Sizes.</param>
    [Kernel]
    public static void Deltas<T>(Index1D item, ArrayView<T> y, ArrayView<T> g, ArrayView<T> deltas, AttentionShape shape)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        long row = shape.ResultStart(item.X / shape.Rows) + ((long)(item.X % shape.Rows) * shape.ResultStep);
        deltas[item] = Dot(y, row, g, row, shape.ValueDepth);
    }

    /// <summary>Gradient of one query of one head.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="item">(Sequence * heads + head) * rows + row.</param>
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
    [Kernel]
    public static void QueryGradient<T>(
        Index1D item,
        ArrayView<T> q,
        ArrayView<T> k,
        ArrayView<T> v,
        ArrayView<T> mask,
        ArrayView<T> logSum,
        ArrayView<T> deltas,
        ArrayView<T> g,
        ArrayView<T> dq,
        AttentionShape shape,
        T scale)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int product = item.X / shape.Rows, row = item.X % shape.Rows, keys = shape.VisibleKeys(row);
        long query = shape.QueryStart(product) + ((long)row * shape.QueryStep);
        long result = shape.ResultStart(product) + ((long)row * shape.ResultStep);
        long masked = shape.MaskStart(product) + ((long)row * shape.MaskRowStep);
        for (int c = 0; c < shape.Depth; c++)
        {
            dq[query + c] = T.Zero;
        }

        for (int j = 0; j < keys; j++)
        {
            long key = shape.KeyStart(product) + ((long)j * shape.KeyStep), value = shape.ValueStart(product) + ((long)j * shape.ValueStep);
            T weight = T.Exp(Score(q, query, k, key, mask, masked + j, shape.Depth, scale) - logSum[item]);
            T gradient = weight * (Dot(g, result, v, value, shape.ValueDepth) - deltas[item]);
            AddScaled(k, key, gradient * scale, dq, query, shape.Depth);
        }
    }

    /// <summary>Gradients of one key and its value of one head.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="item">(Sequence * heads + head) * keys + key.</param>
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
    [Kernel]
    public static void KeyGradient<T>(
        Index1D item,
        ArrayView<T> q,
        ArrayView<T> k,
        ArrayView<T> v,
        ArrayView<T> mask,
        ArrayView<T> logSum,
        ArrayView<T> deltas,
        ArrayView<T> g,
        ArrayView<T> dk,
        ArrayView<T> dv,
        AttentionShape shape,
        T scale)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int product = item.X / shape.Keys, column = item.X % shape.Keys;
        long key = shape.KeyStart(product) + ((long)column * shape.KeyStep), value = shape.ValueStart(product) + ((long)column * shape.ValueStep);
        long masked = shape.MaskStart(product) + column, sums = (long)product * shape.Rows;
        for (int c = 0; c < shape.Depth; c++)
        {
            dk[key + c] = T.Zero;
        }

        for (int c = 0; c < shape.ValueDepth; c++)
        {
            dv[value + c] = T.Zero;
        }

        for (int i = shape.FirstRow(column); i < shape.Rows; i++)
        {
            long query = shape.QueryStart(product) + ((long)i * shape.QueryStep), result = shape.ResultStart(product) + ((long)i * shape.ResultStep);
            T score = Score(q, query, k, key, mask, masked + ((long)i * shape.MaskRowStep), shape.Depth, scale);
            T weight = T.Exp(score - logSum[sums + i]);
            T gradient = weight * (Dot(g, result, v, value, shape.ValueDepth) - deltas[sums + i]);
            AddScaled(g, result, weight, dv, value, shape.ValueDepth);
            AddScaled(q, query, gradient * scale, dk, key, shape.Depth);
        }
    }

    private static T Score<T>(ArrayView<T> q, long query, ArrayView<T> k, long key, ArrayView<T> mask, long masked, int depth, T scale)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T score = Dot(q, query, k, key, depth) * scale;
        return mask.Length == 0 ? score : score + mask[masked];
    }

    private static T Dot<T>(ArrayView<T> a, long startA, ArrayView<T> b, long startB, int length)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T sum = T.Zero;
        for (int c = 0; c < length; c++)
        {
            sum += a[startA + c] * b[startB + c];
        }

        return sum;
    }

    private static void AddScaled<T>(ArrayView<T> x, long startX, T factor, ArrayView<T> sums, long startSums, int length)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int c = 0; c < length; c++)
        {
            sums[startSums + c] += factor * x[startX + c];
        }
    }
}
