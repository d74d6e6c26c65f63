using System.Runtime.CompilerServices;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.MatMul;

/// <summary>
/// C = activation(A B + bias) + residual for so few rows of A that B is read as fast as memory gives it and packing it would only cost time. A shard makes
/// some columns of C. The order of every sum depends on the sizes and the vector only.
/// </summary>
internal readonly unsafe struct FewRowsProduct(MatMulShape shape, float* a, float* b, float* bias, RowEpilogue epilogue, float* c) : IVectorKernel
{
    /// <summary>Most rows of A.</summary>
    public const int MostRows = 4;

    // Columns of C in a shard: of B stored row by row a part that stays in the first-level cache beside its sums, or rows of transposed B.
    private const int Columns = 512, TransposedColumns = 64, Together = 4;

    private readonly float* _a = a, _b = b, _bias = bias, _c = c;

    /// <summary>Number of shards.</summary>
    public int ShardCount => Shards.Count(shape.N, Width);

    private int Width => shape.TransposeB ? TransposedColumns : Columns;

    /// <summary>Whether a product is faster so.</summary>
    public static bool IsSuited(MatMulShape shape) => shape is { M: <= MostRows, TransposeA: false, K: > 0 } && shape.N >= TransposedColumns;

    public void Run<V>(int shard)
        where V : struct, ISimd<V>
    {
        int first = shard * Width, count = Math.Min(Width, shape.N - first);
        if (shape.TransposeB)
        {
            Dots<V>(first, count);
        }
        else
        {
            Sums<V>(first, count);
        }

        epilogue.Run<V>(_c + first, shape.M, shape.N, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Dots<V>(int first, int count)
        where V : struct, ISimd<V>
    {
        float* sums = stackalloc float[Together];
        for (int row = 0; row < shape.M; row++)
        {
            float* x = _a + ((long)row * shape.K);
            for (int column = first; column < first + count; column += Together)
            {
                // The last ones repeat where there are fewer than four.
                int last = Math.Min(Together, first + count - column) - 1;
                float* w = _b + ((long)column * shape.K);
                Dot<V>(x, w, w + ((long)Math.Min(1, last) * shape.K), w + ((long)Math.Min(2, last) * shape.K), w + ((long)last * shape.K), sums);
                float* to = _c + ((long)row * shape.N) + column;
                for (int i = 0; i <= last; i++)
                {
                    to[i] = sums[i] + (_bias == null ? 0f : _bias[column + i]);
                }
            }
        }
    }

    // Products of one row with four.
    private void Dot<V>(float* x, float* w0, float* w1, float* w2, float* w3, float* sums)
        where V : struct, ISimd<V>
    {
        V sum0 = V.Zero, sum1 = V.Zero, sum2 = V.Zero, sum3 = V.Zero;
        int k = 0;
        for (; k + V.Count <= shape.K; k += V.Count)
        {
            V value = V.Load(x + k);
            sum0 = V.MultiplyAdd(value, V.Load(w0 + k), sum0);
            sum1 = V.MultiplyAdd(value, V.Load(w1 + k), sum1);
            sum2 = V.MultiplyAdd(value, V.Load(w2 + k), sum2);
            sum3 = V.MultiplyAdd(value, V.Load(w3 + k), sum3);
        }

        if (k < shape.K)
        {
            int rest = shape.K - k;
            V value = VectorTail.Load<V>(x + k, rest);
            sum0 = V.MultiplyAdd(value, VectorTail.Load<V>(w0 + k, rest), sum0);
            sum1 = V.MultiplyAdd(value, VectorTail.Load<V>(w1 + k, rest), sum1);
            sum2 = V.MultiplyAdd(value, VectorTail.Load<V>(w2 + k, rest), sum2);
            sum3 = V.MultiplyAdd(value, VectorTail.Load<V>(w3 + k, rest), sum3);
        }

        V.SumFour(sum0, sum1, sum2, sum3, sums);
    }

    // Rows of B in their order, four at a time, times an element of A each.
    private void Sums<V>(int first, int count)
        where V : struct, ISimd<V>
    {
        for (int row = 0; row < shape.M; row++)
        {
            var to = new Span<float>(_c + ((long)row * shape.N) + first, count);
            if (_bias == null)
            {
                to.Clear();
            }
            else
            {
                new Span<float>(_bias + first, count).CopyTo(to);
            }
        }

        float* none = stackalloc float[Together];
        for (int k = 0; k < shape.K; k += Together)
        {
            int last = Math.Min(Together, shape.K - k) - 1;
            float* from = _b + ((long)k * shape.N) + first;
            for (int row = 0; row < shape.M; row++)
            {
                float* x = _a + ((long)row * shape.K) + k;
                for (int i = 0; i < Together; i++)
                {
                    none[i] = i <= last ? x[i] : 0f;
                }

                Add<V>(none, from, last, _c + ((long)row * shape.N) + first, count);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Add<V>(float* factors, float* from, int last, float* to, int count)
        where V : struct, ISimd<V>
    {
        V f0 = V.Create(factors[0]), f1 = V.Create(factors[1]), f2 = V.Create(factors[2]), f3 = V.Create(factors[3]);
        float* r0 = from;
        float* r1 = from + ((long)Math.Min(1, last) * shape.N);
        float* r2 = from + ((long)Math.Min(2, last) * shape.N);
        float* r3 = from + ((long)last * shape.N);
        int i = 0;
        for (; i + V.Count <= count; i += V.Count)
        {
            V sum = V.MultiplyAdd(f0, V.Load(r0 + i), V.Load(to + i));
            sum = last < 1 ? sum : V.MultiplyAdd(f1, V.Load(r1 + i), sum);
            sum = last < 2 ? sum : V.MultiplyAdd(f2, V.Load(r2 + i), sum);
            sum = last < 3 ? sum : V.MultiplyAdd(f3, V.Load(r3 + i), sum);
            sum.Store(to + i);
        }

        for (; i < count; i++)
        {
            float sum = to[i] + (factors[0] * r0[i]);
            sum = last < 1 ? sum : sum + (factors[1] * r1[i]);
            sum = last < 2 ? sum : sum + (factors[2] * r2[i]);
            to[i] = last < 3 ? sum : sum + (factors[3] * r3[i]);
        }
    }
}
