using System.Runtime.CompilerServices;
using G3DR.Compute;
using G3DR.Compute.Memory;
using G3DR.Compute.Simd;

namespace G3DR.Kernels.Convolution;

/// <summary>
/// Direct convolution to so few channels that a panel would be mostly empty: the lanes of a vector are channels of the input, four pixels share a vector of weights,
/// and the lanes are added at the end. Depth maps, pictures, and gradients of pictures are such results.
/// </summary>
/// <param name="device">Where to run.</param>
/// <param name="plan">How the convolution is cut; its panels are shared and the tiles are those of the plan.</param>
/// <param name="operands">Input, bias, result and what follows.</param>
/// <param name="weights">Weights (lines, taps in use, channels).</param>
internal readonly unsafe struct NarrowConvolution(CpuAccelerator device, DirectPlan plan, DirectOperands operands, float* weights) : IVectorKernel
{
    private const int Pixels = 4;

    private readonly DirectOperands _o = operands;
    private readonly float* _weights = weights;

    /// <summary>Whether a convolution is faster so than with panels of a width.</summary>
    public static bool IsSuited(TapConvolution c, int width) => c.Groups == 1 && c.Taps > 0 && 4 * c.Lines <= width && 2 * c.Depth >= width;

    /// <summary>Elements of the weights.</summary>
    public static long Length(TapConvolution c) => (long)c.Lines * c.Taps * c.Depth;

    /// <summary>Brings weights into order, standardised on the way if there are statistics of output channels.</summary>
    public static void Pack(TapConvolution c, float* from, float* statistics, float* to)
    {
        for (int line = 0; line < c.Lines; line++)
        {
            foreach ((_, int row) in c.Y.Taps)
            {
                foreach ((_, int column) in c.X.Taps)
                {
                    float* tap = from + ((long)line * c.LineStep) + (row * c.KernelWidth) + column;
                    for (int channel = 0; channel < c.Depth; channel++)
                    {
                        float* of = statistics == null ? null : statistics + (2 * (c.Transposed ? channel : line));
                        float weight = tap[(long)channel * c.DepthStep];
                        *to++ = of == null ? weight : (weight - of[0]) * of[1];
                    }
                }
            }
        }
    }

    public void Run<V>(int shard)
        where V : struct, ISimd<V>
    {
        TapConvolution c = plan.C;
        DirectTile tile = plan.Tile(shard);
        using MemoryBuffer<float> scratch = device.Allocate<float>(plan.TileCopyLength);
        float* from = _o.Input.Read(tile, 0, scratch.View.Pointer);
        float* to = _o.Result + (plan.Place(tile) * c.ResultChannels);
        long pixelStep = (long)c.X.Stride * plan.PixelStep, resultStep = (long)c.X.Step * c.ResultChannels;
        for (int y = 0; y < tile.Rows; y++)
        {
            float* a = from + ((long)y * c.Y.Stride * plan.RowPixels * plan.PixelStep);
            float* result = to + plan.RowOffset(y);
            for (int x = 0; x < tile.Columns; x += Pixels)
            {
                // The last pixels repeat where there are fewer than four.
                int last = Math.Min(Pixels, tile.Columns - x) - 1;
                Compute<V>(a + (x * pixelStep), pixelStep, last, result + (x * resultStep), resultStep);
            }

            _o.Epilogue.Run<V>(result, tile.Columns, resultStep, c.Lines);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Compute<V>(float* a, long step, int last, float* result, long resultStep)
        where V : struct, ISimd<V>
    {
        TapConvolution c = plan.C;
        int depth = c.Depth, taps = c.Taps;
        float* sums = stackalloc float[Pixels];
        float* w = _weights;
        long second = Math.Min(1, last) * step, third = Math.Min(2, last) * step, fourth = last * step;
        for (int line = 0; line < c.Lines; line++)
        {
            V sum0 = V.Zero, sum1 = V.Zero, sum2 = V.Zero, sum3 = V.Zero;
            for (int tap = 0; tap < taps; tap++)
            {
                float* x = a + _o.InputOffsets[tap];
                int channel = 0;
                for (; channel + V.Count <= depth; channel += V.Count)
                {
                    V weight = V.Load(w + channel);
                    sum0 = V.MultiplyAdd(weight, V.Load(x + channel), sum0);
                    sum1 = V.MultiplyAdd(weight, V.Load(x + second + channel), sum1);
                    sum2 = V.MultiplyAdd(weight, V.Load(x + third + channel), sum2);
                    sum3 = V.MultiplyAdd(weight, V.Load(x + fourth + channel), sum3);
                }

                if (channel < depth)
                {
                    int rest = depth - channel;
                    V weight = VectorTail.Load<V>(w + channel, rest);
                    sum0 = V.MultiplyAdd(weight, VectorTail.Load<V>(x + channel, rest), sum0);
                    sum1 = V.MultiplyAdd(weight, VectorTail.Load<V>(x + second + channel, rest), sum1);
                    sum2 = V.MultiplyAdd(weight, VectorTail.Load<V>(x + third + channel, rest), sum2);
                    sum3 = V.MultiplyAdd(weight, VectorTail.Load<V>(x + fourth + channel, rest), sum3);
                }

                w += depth;
            }

            V.SumFour(sum0, sum1, sum2, sum3, sums);
            float bias = _o.Bias == null ? 0f : _o.Bias[line];
            for (int i = 0; i <= last; i++)
            {
                result[(i * resultStep) + line] = sums[i] + bias;
            }
        }
    }
}
