namespace G3DR.Kernels.MatMul;

/// <summary>Sizes of C = A B with A (M, K), B (K, N) and C (M, N), all dense and row-major.</summary>
/// <param name="M">Rows of A and C.</param>
/// <param name="N">Columns of B and C.</param>
/// <param name="K">Columns of A and rows of B.</param>
/// <param name="TransposeA">A is stored as (K, M).</param>
/// <param name="TransposeB">B is stored as (N, K).</param>
public readonly record struct MatMulShape(int M, int N, int K, bool TransposeA = false, bool TransposeB = false)
{
    /// <summary>Elements between rows of A.</summary>
    public int RowStepA => TransposeA ? 1 : K;

    /// <summary>Elements between columns of A.</summary>
    public int ColumnStepA => TransposeA ? M : 1;

    /// <summary>Elements between rows of B.</summary>
    public int RowStepB => TransposeB ? 1 : N;

    /// <summary>Elements between columns of B.</summary>
    public int ColumnStepB => TransposeB ? K : 1;

    /// <summary>Elements of A.</summary>
    public long LengthA => (long)M * K;

    /// <summary>Elements of B.</summary>
    public long LengthB => (long)K * N;

    /// <summary>Elements of C.</summary>
    public long LengthC => (long)M * N;
}

/// <summary>Which matrices of A and B each product of a batch takes: products may share operands.</summary>
/// <param name="A">First element of A for each product.</param>
/// <param name="B">First element of B for each product.</param>
public sealed record MatMulBatch(IReadOnlyList<long> A, IReadOnlyList<long> B)
{
    /// <summary>A single product.</summary>
    public static MatMulBatch Single { get; } = new([0], [0]);

    /// <summary>Number of products.</summary>
    public int Count => A.Count;
}
