using System.Runtime.CompilerServices;
using G3DR.Compute.Simd;
using G3DR.Kernels.MatMul;

namespace G3DR.Kernels.Convolution;

/// <summary>
/// Convolution of each channel by itself (Howard et al., "MobileNets", 2017): the lanes of a vector are channels, and four pixels share a vector of weights. A shard
/// makes some rows of the result. The order of the sums is that of the taps.
/// </summary>
/// <param name="convolution">The convolution, of groups of one channel.</param>
/// <param name="input">Input.</param>
/// <param name="weights">Weights (taps of the kernel, channels).</param>
/// <param name="bias">Bias of each channel, or null.</param>
/// <param name="epilogue">What follows.</param>
/// <param name="result">Result.</param>
internal readonly unsafe struct DepthwiseConvolution(
    TapConvolution convolution, float* input, float* weights, float* bias, RowEpilogue epilogue, float* result) : IVectorKernel
{
    private const int Pixels = 4;

    // Multiplications of a shard that repay handing it out.
    private const long EnoughWork = 1 << 17;

    private readonly float* _input = input, _weights = weights, _bias = bias, _result = result;

    private int Rows => (int)Math.Clamp(EnoughWork / Math.Max(1, (long)convolution.X.Count * convolution.Groups * convolution.Taps), 1, convolution.Y.Count);

    /// <summary>Number of shards.</summary>
    public int ShardCount => checked(convolution.Batch * Shards.Count(convolution.Y.Count, Rows));

    /// <summary>Whether a convolution is one of single channels.</summary>
    public static bool IsSuited(TapConvolution c) => c is { Depth: 1, Lines: 1, Groups: > 1 };

    /// <summary>Brings weights (channels, taps) into order, standardised on the way if there are statistics of output channels.</summary>
    public static void Pack(TapConvolution c, float* from, float* statistics, float* to)
    {
        for (int channel = 0; channel < c.Groups; channel++)
        {
            (float mean, float factor) = statistics == null ? (0f, 1f) : (statistics[2 * channel], statistics[(2 * channel) + 1]);
            for (int tap = 0; tap < c.KernelTaps; tap++)
            {
                to[((long)tap * c.Groups) + channel] = (from[((long)channel * c.KernelTaps) + tap] - mean) * factor;
            }
        }
    }

    public void Run<V>(int shard)
        where V : struct, ISimd<V>
    {
        TapConvolution c = convolution;
        int channels = c.Groups, bands = Shards.Count(c.Y.Count, Rows), picture = shard / bands, first = shard % bands * Rows;
        float* source = _input + ((long)picture * c.Y.Input * c.X.Input * channels);
        float** taps = stackalloc float*[c.KernelTaps];
        float** weights = stackalloc float*[c.KernelTaps];
        long step = (long)c.X.Step * channels;
        for (int y = first; y < Math.Min(c.Y.Count, first + Rows); y++)
        {
            float* row = _result + (((((long)picture * c.Y.Result) + c.Y.First + ((long)y * c.Y.Step)) * c.X.Result) + c.X.First) * channels;
            for (int x = 0; x < c.X.Count;)
            {
                bool together = x + Pixels <= c.X.Count && IsInside(x) && IsInside(x + Pixels - 1);
                int count = Find(source, y, x, taps, weights);
                float* to = row + (x * step);
                if (together)
                {
                    Compute<V>(taps, weights, count, to, step);
                    x += Pixels;
                }
                else
                {
                    ComputeOne<V>(taps, weights, count, to);
                    x++;
                }
            }

            epilogue.Run<V>(row, c.X.Count, step, channels);
        }
    }

    // Whether all columns of taps of a position are inside the picture.
    private bool IsInside(int x) => (x * convolution.X.Stride) + convolution.X.Low >= 0 && (x * convolution.X.Stride) + convolution.X.High < convolution.X.Input;

    // Pixels and weights of the taps of a position that are inside the picture.
    private int Find(float* source, int y, int x, float** taps, float** weights)
    {
        TapConvolution c = convolution;
        int count = 0;
        foreach ((int down, int row) in c.Y.Taps)
        {
            int inputRow = (y * c.Y.Stride) + down;
            if (inputRow < 0 || inputRow >= c.Y.Input)
            {
                continue;
            }

            foreach ((int right, int column) in c.X.Taps)
            {
                int inputColumn = (x * c.X.Stride) + right;
                if (inputColumn >= 0 && inputColumn < c.X.Input)
                {
                    taps[count] = source + ((((long)inputRow * c.X.Input) + inputColumn) * c.Groups);
                    weights[count++] = _weights + ((long)((row * c.KernelWidth) + column) * c.Groups);
                }
            }
        }

        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Compute<V>(float** taps, float** weights, int count, float* to, long step)
        where V : struct, ISimd<V>
    {
        int channels = convolution.Groups, channel = 0;
        long second = (long)convolution.X.Stride * channels, third = 2 * second, fourth = 3 * second;
        for (; channel + V.Count <= channels; channel += V.Count)
        {
            V sum0 = _bias == null ? V.Zero : V.Load(_bias + channel), sum1 = sum0, sum2 = sum0, sum3 = sum0;
            for (int tap = 0; tap < count; tap++)
            {
                float* x = taps[tap] + channel;
                V weight = V.Load(weights[tap] + channel);
                sum0 = V.MultiplyAdd(weight, V.Load(x), sum0);
                sum1 = V.MultiplyAdd(weight, V.Load(x + second), sum1);
                sum2 = V.MultiplyAdd(weight, V.Load(x + third), sum2);
                sum3 = V.MultiplyAdd(weight, V.Load(x + fourth), sum3);
            }

            sum0.Store(to + channel);
            sum1.Store(to + step + channel);
            sum2.Store(to + (2 * step) + channel);
            sum3.Store(to + (3 * step) + channel);
        }

        for (int pixel = 0; pixel < Pixels && channel < channels; pixel++)
        {
            ComputeLast<V>(taps, weights, count, pixel * second, channel, to + (pixel * step));
        }
    }

    private void ComputeOne<V>(float** taps, float** weights, int count, float* to)
        where V : struct, ISimd<V>
    {
        int channels = convolution.Groups, channel = 0;
        for (; channel + V.Count <= channels; channel += V.Count)
        {
            V sum = _bias == null ? V.Zero : V.Load(_bias + channel);
            for (int tap = 0; tap < count; tap++)
            {
                sum = V.MultiplyAdd(V.Load(weights[tap] + channel), V.Load(taps[tap] + channel), sum);
            }

            sum.Store(to + channel);
        }

        if (channel < channels)
        {
            ComputeLast<V>(taps, weights, count, 0, channel, to);
        }
    }

    // The channels beyond the last whole vector.
    private void ComputeLast<V>(float** taps, float** weights, int count, long offset, int channel, float* to)
        where V : struct, ISimd<V>
    {
        int rest = convolution.Groups - channel;
        V sum = _bias == null ? V.Zero : VectorTail.Load<V>(_bias + channel, rest);
        for (int tap = 0; tap < count; tap++)
        {
            sum = V.MultiplyAdd(VectorTail.Load<V>(weights[tap] + channel, rest), VectorTail.Load<V>(taps[tap] + offset + channel, rest), sum);
        }

        float* buffer = stackalloc float[V.Count];
        sum.Store(buffer);
        VectorTail.Store(buffer, to + channel, rest);
    }
}
