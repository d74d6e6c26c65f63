using G3DR.Compute.Simd;
using G3DR.Kernels.MatMul;

namespace G3DR.Kernels.Convolution;

/// <summary>
/// Weights (output channels, input channels, 3, 3) as a convolution reads them: forward, or with the channels' roles swapped and the taps rotated, which makes
/// the gradient of the input. Standardised on the way if there are statistics.
/// </summary>
/// <param name="Weight">First weight.</param>
/// <param name="Statistics">Mean and reciprocal deviation of each output channel, or zero.</param>
/// <param name="OutputChannels">Output channels of the weights.</param>
/// <param name="InputChannels">Input channels of the weights.</param>
/// <param name="Swapped">Whether for the gradient of the input.</param>
internal readonly unsafe record struct WinogradWeightSource(nint Weight, nint Statistics, int OutputChannels, int InputChannels, bool Swapped)
{
    private const int Taps = 9;

    /// <summary>Channels that the convolution makes.</summary>
    public int Lanes => Swapped ? InputChannels : OutputChannels;

    /// <summary>Channels that it reads.</summary>
    public int Depth => Swapped ? OutputChannels : InputChannels;

    /// <summary>Reads weights [input][tap][output] of one panel; outputs beyond the last are zero.</summary>
    /// <typeparam name="V">Vector type.</typeparam>
    /// <param name="lane">First output.</param>
    /// <param name="first">First input.</param>
    /// <param name="depth">Number of inputs.</param>
    /// <param name="to">Result.</param>
    public void Read<V>(int lane, int first, int depth, float* to)
        where V : struct, ISimd<V>
    {
        float* weight = (float*)Weight, statistics = (float*)Statistics;
        int width = PanelKernel.Width<V>(), count = Math.Min(width, Lanes - lane);
        if (!Swapped)
        {
            int row = InputChannels * Taps;
            Packing.Pack<V>(weight + ((long)lane * row) + ((long)first * Taps), row, 1, count, depth * Taps, width, to);
            if (statistics != null)
            {
                Standardize<V>(statistics + (2L * lane), count, depth * Taps, to);
            }

            return;
        }

        float* taps = stackalloc float[Taps * width];
        for (int k = 0; k < depth; k++)
        {
            long channel = first + k;
            Packing.Pack<V>(weight + (((channel * InputChannels) + lane) * Taps), Taps, 1, count, Taps, width, taps);
            V mean = V.Zero, scale = V.Create(1);
            if (statistics != null)
            {
                mean = V.Create(statistics[2 * channel]);
                scale = V.Create(statistics[(2 * channel) + 1]);
            }

            for (int tap = 0; tap < Taps; tap++)
            {
                float* from = taps + ((Taps - 1 - tap) * width);
                ((V.Load(from) - mean) * scale).Store(to);
                ((V.Load(from + V.Count) - mean) * scale).Store(to + V.Count);
                to += width;
            }
        }
    }

    private static void Standardize<V>(float* statistics, int count, int rows, float* weights)
        where V : struct, ISimd<V>
    {
        int width = PanelKernel.Width<V>();
        float* means = stackalloc float[2 * width];
        float* scales = means + width;
        for (int i = 0; i < width; i++)
        {
            means[i] = i < count ? statistics[2 * i] : 0;
            scales[i] = i < count ? statistics[(2 * i) + 1] : 0;
        }

        for (int row = 0; row < rows; row++)
        {
            for (int i = 0; i < width; i += V.Count)
            {
                ((V.Load(weights + i) - V.Load(means + i)) * V.Load(scales + i)).Store(weights + i);
            }

            weights += width;
        }
    }
}
