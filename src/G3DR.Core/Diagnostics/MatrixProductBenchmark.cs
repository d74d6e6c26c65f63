using G3DR.Compute;
using G3DR.Core.Tensors;

namespace G3DR.Core.Diagnostics;

/// <summary>A product of two dense matrices of normal random numbers, (M, K) x (K, N), into new memory: the work of <c>bench/peers/gemm.py</c>.</summary>
public sealed class MatrixProductBenchmark : IBenchmark
{
    private const int CheckedElements = 256;

    private readonly Accelerator _device;
    private readonly Tensor _left, _right;

    /// <summary>Prepares the matrices.</summary>
    /// <param name="device">Device.</param>
    /// <param name="m">Rows of the result.</param>
    /// <param name="n">Columns of the result.</param>
    /// <param name="k">Terms of each sum.</param>
    /// <exception cref="ArgumentException">A size is below 1, or a matrix would have more than 2^31 - 1 elements.</exception>
    public MatrixProductBenchmark(Accelerator device, int m, int n, int k)
    {
        if (m < 1 || n < 1 || k < 1 || (long)m * k > int.MaxValue || (long)k * n > int.MaxValue || (long)m * n > int.MaxValue)
        {
            throw new ArgumentException($"A matrix product needs sizes of at least 1 and matrices of at most {int.MaxValue} elements; got {m} x {n} x {k}.");
        }

        _device = device;
        _left = Tensor.Normal(device, [m, k], seed: 0, stream: 0);
        _right = Tensor.Normal(device, [k, n], seed: 0, stream: 1);
        Flops = 2.0 * m * n * k;
        Name = $"gemm {m}x{n}x{k}";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public Accelerator Device => _device;

    /// <inheritdoc/>
    public double Flops { get; }

    /// <inheritdoc/>
    public void Run()
    {
        using Tensor product = _left.MatMul(_right);
        _device.Synchronize();
    }

    /// <summary>Checks elements spread over the result against sums in double precision.</summary>
    /// <exception cref="KernelAccuracyException">An element is wrong.</exception>
    public void Check()
    {
        using Tensor product = _left.MatMul(_right);
        int k = _left.Shape[1], n = _right.Shape[1];
        float[] a = _left.ToSingles(), b = _right.ToSingles(), c = product.ToSingles();
        for (int sample = 0; sample < CheckedElements; sample++)
        {
            long element = (long)(Philox.Uniform(seed: 1, stream: 0, (ulong)sample) * (double)c.Length), row = element / n, column = element % n;
            double expected = 0, magnitude = 0;
            for (int i = 0; i < k; i++)
            {
                double term = (double)a[(row * k) + i] * b[((long)i * n) + column];
                expected += term;
                magnitude += Math.Abs(term);
            }

            // Far below the worst case of k roundings, far above what random roundings give.
            double allowed = 6e-8 * Math.Max(8, Math.Sqrt(k)) * magnitude;
            if (!(Math.Abs(c[element] - expected) <= allowed))
            {
                throw new KernelAccuracyException($"{Name}: element ({row}, {column}) is {c[element]:G9}, expected {expected:G9} within {allowed:G3}.");
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _left.Dispose();
        _right.Dispose();
    }
}
