namespace G3DR.Core.Tensors;

/// <content>Matrix products.</content>
public sealed partial class Tensor
{
    /// <summary>
    /// Matrix product over the last two axes: (..., M, K) times (..., K, N) gives (..., M, N). The axes before broadcast.
    /// </summary>
    /// <param name="other">Right operand.</param>
    /// <param name="transposeLeft">This tensor's last two axes are (K, M).</param>
    /// <param name="transposeRight">The other's last two axes are (N, K), as in the weights of a linear layer.</param>
    /// <exception cref="ArgumentException">An operand has fewer than two axes, or the lengths do not fit.</exception>
    public Tensor MatMul(Tensor other, bool transposeLeft = false, bool transposeRight = false)
    {
        ThrowIfDisposed();
        other.ThrowIfDisposed();
        if (Rank < 2 || other.Rank < 2)
        {
            throw new ArgumentException($"matmul: operands need at least two axes, got {Shape} and {other.Shape}.", nameof(other));
        }

        int k = transposeLeft ? Shape[^2] : Shape[^1], otherK = transposeRight ? other.Shape[^1] : other.Shape[^2];
        if (k != otherK)
        {
            string left = transposeLeft ? "(..., K, M)" : "(..., M, K)", right = transposeRight ? "(..., N, K)" : "(..., K, N)";
            throw new ArgumentException($"matmul: {left} times {right} got {Shape} and {other.Shape}; K is {k} on the left and {otherK} on the right.", nameof(other));
        }

        // One matrix for the whole batch: the batch is more rows of one product, and the gradient of the matrix needs no sum over products.
        if (other.Rank == 2 && Rank > 2 && !transposeLeft)
        {
            int rows = checked((int)(Length / Math.Max(1, k)));
            if (k > 0)
            {
                Tensor flat = Reshape([rows, k]).MatMul(other, transposeRight: transposeRight);
                return flat.Reshape([.. Shape.AsSpan()[..^1], flat.Shape[1]]);
            }
        }

        return new MatMulTensorOp(transposeLeft, transposeRight).Apply(this, other);
    }
}
