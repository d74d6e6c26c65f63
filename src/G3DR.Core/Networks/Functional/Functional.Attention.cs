using G3DR.Core.Networks.Operations;
using G3DR.Core.Tensors;
using G3DR.Kernels.Attention;

namespace G3DR.Core.Networks;

/// <content>Attention.</content>
public static partial class Functional
{
    /// <summary>
    /// Scaled dot-product attention softmax(scale q k^T + mask) v for every head (Vaswani et al., "Attention is all you need", 2017). The matrix of weights is
    /// never in memory, so memory grows with L + S, not with L S.
    /// </summary>
    /// <param name="q">Queries (N, L, Heads * D).</param>
    /// <param name="k">Keys (N, S, Heads * D).</param>
    /// <param name="v">Values (N, S, Heads * Dv).</param>
    /// <param name="options">Heads, scale, masks.</param>
    /// <returns>Results (N, L, Heads * Dv).</returns>
    /// <exception cref="ArgumentException">Shapes do not fit each other or the heads.</exception>
    public static Tensor Attention(Tensor q, Tensor k, Tensor v, AttentionOptions options)
    {
        RequireSequence(q, "queries", "(N, L, Heads * D)", options.Heads, 1);
        RequireSequence(k, "keys", "(N, S, Heads * D)", options.Heads, 1);
        RequireSequence(v, "values", "(N, S, Heads * Dv)", options.Heads, 1);
        if (k.Shape[0] != q.Shape[0] || k.Shape[2] != q.Shape[2])
        {
            throw new ArgumentException($"The keys must have the batch and the channels of the queries {q.Shape}; got {k.Shape}.", nameof(k));
        }

        if (v.Shape[0] != k.Shape[0] || v.Shape[1] != k.Shape[1])
        {
            throw new ArgumentException($"The values must have the batch and the length of the keys {k.Shape}; got {v.Shape}.", nameof(v));
        }

        int heads = options.Heads;
        var shape = new AttentionShape(q.Shape[0], heads, q.Shape[1], k.Shape[1], q.Shape[2] / heads, v.Shape[2] / heads);
        return Attend(shape, options, q, k, v);
    }

    /// <summary>Attention among the positions of one sequence; see <see cref="Attention"/>.</summary>
    /// <param name="qkv">Queries, keys and values side by side (N, L, 3 * Heads * D), each with its heads side by side. They are read where they lie.</param>
    /// <param name="options">Heads, scale, masks.</param>
    /// <returns>Results (N, L, Heads * D).</returns>
    /// <exception cref="ArgumentException">The channels are not three times those of the heads, or the mask does not fit.</exception>
    public static Tensor SelfAttention(Tensor qkv, AttentionOptions options)
    {
        RequireSequence(qkv, "queries, keys and values", "(N, L, 3 * Heads * D)", options.Heads, 3);
        int length = qkv.Shape[1], channels = qkv.Shape[2], depth = channels / 3 / options.Heads;
        var shape = new AttentionShape(qkv.Shape[0], options.Heads, length, length, depth, depth)
        {
            QueryStep = channels,
            KeyStep = channels,
            ValueStep = channels,
        };
        return Attend(shape, options, qkv);
    }

    /// <summary>
    /// Attention whose cost grows with the length only (Shen et al., "Efficient attention", WACV 2021): softmax of the queries over the D channels of a head,
    /// of the keys over the L positions, and q (k^T v) instead of (q k^T) v. Queries are scaled by 1 / sqrt(D), values by 1 / L.
    /// </summary>
    /// <param name="qkv">Queries, keys and values side by side (N, L, 3 * heads * D), each with its heads side by side.</param>
    /// <param name="heads">Heads.</param>
    /// <returns>Results (N, L, heads * D).</returns>
    /// <exception cref="ArgumentException">The channels are not three times those of the heads.</exception>
    public static Tensor LinearAttention(Tensor qkv, int heads)
    {
        RequireSequence(qkv, "queries, keys and values", "(N, L, 3 * heads * D)", heads, 3);
        var shape = new LinearAttentionShape(qkv.Shape[0], qkv.Shape[1], heads, qkv.Shape[2] / 3 / heads);
        return new LinearAttentionOp(shape).Apply(qkv);
    }

    private static Tensor Attend(AttentionShape shape, AttentionOptions options, params Tensor[] operands)
    {
        bool packed = operands.Length == 1;
        double scale = options.Scale ?? (1 / Math.Sqrt(shape.Depth));
        shape = shape with { Causal = options.Causal ? 1 : 0 };
        if (options.Mask is not { } mask)
        {
            return new AttentionOp(shape, scale, packed, masked: false).Apply(operands);
        }

        bool fits = mask.Rank == 4 && mask.Shape[3] == shape.Keys;
        int[] lengths = [shape.Batch, shape.Heads, shape.Rows];
        for (int axis = 0; fits && axis < lengths.Length; axis++)
        {
            fits = mask.Shape[axis] == 1 || mask.Shape[axis] == lengths[axis];
        }

        if (!fits)
        {
            throw new ArgumentException(
                $"The mask must have shape (N or 1, Heads or 1, L or 1, S) with N = {shape.Batch}, Heads = {shape.Heads}, L = {shape.Rows}, S = {shape.Keys}; "
                + $"got {mask.Shape}.",
                nameof(options));
        }

        long[] steps = mask.Shape.DenseStrides();
        shape = shape with
        {
            MaskBatchStep = mask.Shape[0] == 1 ? 0 : steps[0],
            MaskHeadStep = mask.Shape[1] == 1 ? 0 : steps[1],
            MaskRowStep = mask.Shape[2] == 1 ? 0 : (int)steps[2],
        };
        return new AttentionOp(shape, scale, packed, masked: true).Apply([.. operands, mask]);
    }

    private static void RequireSequence(Tensor x, string what, string needed, int heads, int parts)
    {
        if (heads < 1)
        {
            throw new ArgumentException($"Attention needs at least one head; got {heads}.", nameof(heads));
        }

        if (x.Rank != 3 || x.Length == 0 || x.Shape[2] % (heads * parts) != 0)
        {
            throw new ArgumentException($"The {what} must have shape {needed} with {heads} heads; got {x.Shape}.");
        }
    }
}
